"""ReceiveMessage, and what is done with what was received."""

import json
import socket
import threading
import time
import unittest

from sqs import SqsTest, in_both_protocols, json_only, md5

GONE = "Message does not exist or is not available for visibility timeout change."


@in_both_protocols
class Receiving(SqsTest):
    def test_an_empty_queue_answers_nothing(self):
        self.assertEqual(self.call("ReceiveMessage", QueueUrl=self.queue()), {})

    def test_a_message_as_it_is_received(self):
        url = self.queue()
        sent = self.send(url, "hello")
        message = self.received(url)
        self.assertEqual(set(message), {"MessageId", "ReceiptHandle", "MD5OfBody", "Body"})
        self.assertEqual((message["MessageId"], message["MD5OfBody"]), (sent["MessageId"], md5("hello")))

    def test_one_message_where_the_request_does_not_say(self):
        url = self.queue()
        for n in range(3):
            self.send(url, str(n))
        self.assertEqual(len(self.call("ReceiveMessage", QueueUrl=url)["Messages"]), 1)
        self.assertEqual(len(self.receive(url, MaxNumberOfMessages=10)), 2)

    def test_what_was_received_is_invisible_for_the_queues_timeout(self):
        url = self.queue(VisibilityTimeout="60")
        self.send(url)
        self.received(url)
        self.assertEqual((self.receive(url), self.counts(url)), ([], (0, 1, 0)))
        self.advance("59s")
        self.assertEqual(self.receive(url), [])
        self.advance("2s")
        self.received(url)

    def test_a_receive_may_have_a_timeout_of_its_own(self):
        url = self.queue(VisibilityTimeout="600")
        self.send(url)
        self.received(url, VisibilityTimeout=5)
        self.advance("6s")
        self.received(url, VisibilityTimeout=0)
        self.received(url)

    def test_ranges(self):
        url = self.queue()
        for name, values, reason in (
                ("MaxNumberOfMessages", (0, 11), "Must be between 1 and 10, if provided."),
                ("WaitTimeSeconds", (-1, 21), "Must be >= 0 and <= 20, if provided."),
                ("VisibilityTimeout", (-1, 43_201), "Must be >= 0 and <= 43200, if provided.")):
            for value in values:
                with self.subTest(name=name, value=value):
                    self.not_valid(value, name, reason, "ReceiveMessage", QueueUrl=url, **{name: value})

    # ---- attributes ----

    def test_system_attributes_are_answered_when_they_are_asked_for(self):
        url = self.queue()
        self.send(url)
        self.received(url, VisibilityTimeout=0)
        message = self.received(url, AttributeNames=["All"])
        attributes = message["Attributes"]
        self.assertEqual((attributes["SenderId"], attributes["ApproximateReceiveCount"]), ("000000000000", "2"))
        self.assertRegex(attributes["SentTimestamp"], r"^\d{13}$")
        self.assertGreaterEqual(attributes["ApproximateFirstReceiveTimestamp"], attributes["SentTimestamp"])
        self.assertEqual(set(attributes), {"SenderId", "SentTimestamp", "ApproximateReceiveCount",
                                           "ApproximateFirstReceiveTimestamp"})

    def test_system_attributes_by_name(self):
        url = self.queue()
        self.send(url)
        self.assertEqual(self.received(url, AttributeNames=["ApproximateReceiveCount", "SequenceNumber"])["Attributes"],
                         {"ApproximateReceiveCount": "1"})
        self.refused("InvalidAttributeName", "Unknown Attribute Colour.", "ReceiveMessage", QueueUrl=url,
                     AttributeNames=["Colour"])

    @json_only
    def test_system_attributes_by_their_newer_member(self):
        url = self.queue()
        self.send(url)
        self.assertEqual(self.received(url, MessageSystemAttributeNames=["ApproximateReceiveCount"])["Attributes"],
                         {"ApproximateReceiveCount": "1"})

    def test_message_attributes_by_name_prefix_and_all(self):
        url = self.queue(VisibilityTimeout="0")
        self.send(url, MessageAttributes={name: {"DataType": "String", "StringValue": "x"}
                                          for name in ("foo.a", "foo.b", "bar")})
        for asked, expected in ((["bar"], {"bar"}), (["foo.*"], {"foo.a", "foo.b"}), (["none", "foo.a"], {"foo.a"}),
                                (["All"], {"foo.a", "foo.b", "bar"}), ([".*"], {"foo.a", "foo.b", "bar"})):
            with self.subTest(asked):
                message = self.received(url, MessageAttributeNames=asked)
                self.assertEqual(set(message["MessageAttributes"]), expected)
        self.assertNotIn("MessageAttributes", self.received(url))
        self.assertNotIn("MessageAttributes", self.received(url, MessageAttributeNames=["none"]))

    # ---- waiting ----

    def test_a_long_poll_ends_with_the_first_message(self):
        url = self.queue()
        sender = threading.Timer(0.3, self.send, (url, "woken"))
        sender.start()
        began = time.monotonic()
        self.assertEqual(self.bodies(url, WaitTimeSeconds=20), ["woken"])
        self.assertLess(time.monotonic() - began, 15, "it did not wait for its end")
        sender.join()

    def test_a_long_poll_without_a_message_ends_by_itself(self):
        self.assertEqual(self.receive(self.queue(), WaitTimeSeconds=1), [])

    def test_a_queue_may_have_a_wait_of_its_own(self):
        url = self.queue(ReceiveMessageWaitTimeSeconds="20")
        sender = threading.Timer(0.3, self.send, (url, "woken"))
        sender.start()
        self.assertEqual(self.bodies(url), ["woken"])
        sender.join()

    def test_a_client_that_leaves_during_a_long_poll_is_given_nothing(self):
        url = self.queue()
        body = json.dumps({"QueueUrl": url, "WaitTimeSeconds": 20})
        request = (f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.0\r\n"
                   f"X-Amz-Target: AmazonSQS.ReceiveMessage\r\nContent-Length: {len(body)}\r\n\r\n{body}")
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", self.daemon.port)) as leaving:
                leaving.sendall(request.encode())
                time.sleep(0.3)  # until it waits
        self.send(url, "still here")
        message = self.received(url, AttributeNames=["ApproximateReceiveCount"])
        self.assertEqual((message["Body"], message["Attributes"]),
                         ("still here", {"ApproximateReceiveCount": "1"}))

    # ---- deleting ----

    def test_a_deleted_message_does_not_come_again(self):
        url = self.queue(VisibilityTimeout="1")
        self.send(url)
        self.delete(url, self.received(url))
        self.advance("2s")
        self.assertEqual((self.receive(url), self.counts(url)), ([], (0, 0, 0)))

    def test_deleting_twice_succeeds(self):
        url = self.queue()
        self.send(url)
        message = self.received(url)
        self.delete(url, message)
        self.delete(url, message)

    def test_an_older_handle_deletes_too(self):
        url = self.queue(VisibilityTimeout="0")
        self.send(url)
        first = self.received(url)
        self.received(url)
        self.delete(url, first)

    def test_handles_that_are_none(self):
        url, other = self.queue(), self.queue()
        self.send(other)
        foreign = self.received(other)["ReceiptHandle"]
        for handle in ("nonsense", foreign[:-4], foreign):
            with self.subTest(handle):
                error = self.refused("ReceiptHandleIsInvalid",
                                     f'The input receipt handle "{handle}" is not a valid receipt handle.',
                                     "DeleteMessage", QueueUrl=url, ReceiptHandle=handle)
                self.assertEqual(error.status, 404)
        self.refused("MissingParameter", "The request must contain the parameter ReceiptHandle.", "DeleteMessage",
                     QueueUrl=url)

    def test_a_batch_of_deletes(self):
        url = self.queue()
        for n in range(3):
            self.send(url, str(n))
        entries = [{"Id": f"m{n}", "ReceiptHandle": each["ReceiptHandle"]} for n, each in enumerate(self.receive(url))]
        answer = self.call("DeleteMessageBatch", QueueUrl=url,
                           Entries=[*entries, {"Id": "bad", "ReceiptHandle": "nonsense"}])
        self.assertEqual([each["Id"] for each in answer["Successful"]], ["m0", "m1", "m2"])
        failed, = answer["Failed"]
        self.assertEqual((failed["Id"], failed["Code"], failed["SenderFault"]), ("bad", "ReceiptHandleIsInvalid", True))
        self.assertEqual(self.counts(url), (0, 0, 0))

    # ---- visibility ----

    def change(self, url, message, seconds):
        self.call("ChangeMessageVisibility", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"],
                  VisibilityTimeout=seconds)

    def test_a_message_is_given_back(self):
        url = self.queue()
        self.send(url)
        self.change(url, self.received(url), 0)
        self.received(url)

    def test_a_message_is_kept_for_longer(self):
        url = self.queue(VisibilityTimeout="10")
        self.send(url)
        self.change(url, self.received(url), 100)
        self.advance("99s")
        self.assertEqual(self.receive(url), [])
        self.advance("2s")
        self.received(url)

    def test_timeouts_are_of_zero_to_twelve_hours(self):
        url = self.queue()
        self.send(url)
        message = self.received(url)
        for seconds in (-1, 43_201):
            with self.subTest(seconds):
                self.not_valid(seconds, "VisibilityTimeout", "VisibilityTimeout must be an integer between 0 and 43200.",
                               "ChangeMessageVisibility", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"],
                               VisibilityTimeout=seconds)
        self.refused("MissingParameter", "The request must contain the parameter VisibilityTimeout.",
                     "ChangeMessageVisibility", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def test_the_visibility_of_what_is_visible_cannot_be_changed(self):
        url = self.queue(VisibilityTimeout="1")
        self.send(url)
        message = self.received(url)
        self.advance("2s")
        self.refused("AWS.SimpleQueueService.MessageNotInflight", None, "ChangeMessageVisibility", QueueUrl=url,
                     ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=5)

    def test_nor_of_what_is_gone(self):
        url = self.queue()
        self.send(url)
        message = self.received(url)
        self.delete(url, message)
        self.not_valid(message["ReceiptHandle"], "ReceiptHandle", GONE, "ChangeMessageVisibility", QueueUrl=url,
                       ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=5)

    def test_a_batch_of_changes(self):
        url = self.queue()
        self.send(url, "a")
        self.send(url, "b")
        first, second = self.receive(url)
        answer = self.call("ChangeMessageVisibilityBatch", QueueUrl=url, Entries=[
            {"Id": "back", "ReceiptHandle": first["ReceiptHandle"], "VisibilityTimeout": 0},
            {"Id": "long", "ReceiptHandle": second["ReceiptHandle"], "VisibilityTimeout": 43_201},
            {"Id": "none", "ReceiptHandle": "nonsense", "VisibilityTimeout": 0}])
        self.assertEqual([each["Id"] for each in answer["Successful"]], ["back"])
        self.assertEqual([(each["Id"], each["Code"]) for each in answer["Failed"]],
                         [("long", "InvalidParameterValue"), ("none", "ReceiptHandleIsInvalid")])
        self.assertEqual(self.bodies(url), [first["Body"]])

    # ---- what nobody deletes ----

    def test_messages_end_with_their_retention(self):
        url = self.queue(MessageRetentionPeriod="60")
        self.send(url)
        self.advance("61s")
        self.assertEqual(self.receive(url), [])

    def test_after_max_receive_count_receives_a_message_moves(self):
        dead = self.queue("dead")
        url = self.queue(VisibilityTimeout="0", RedrivePolicy=self.redrive_to(dead, 2))
        sent = self.send(url, "poison", MessageAttributes={"a": {"DataType": "String", "StringValue": "b"}})
        self.received(url)
        self.received(url)
        self.assertEqual(self.receive(url), [])
        letter = self.received(dead, AttributeNames=["All"], MessageAttributeNames=["All"])
        self.assertEqual((letter["Body"], letter["MessageId"]), ("poison", sent["MessageId"]))
        self.assertEqual(set(letter["MessageAttributes"]), {"a"})
        self.assertEqual(letter["Attributes"]["DeadLetterQueueSourceArn"], self.arn(url))


if __name__ == "__main__":
    unittest.main()
