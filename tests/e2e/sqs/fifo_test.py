"""FIFO queues: order in groups, deduplication."""

import unittest

from sqs import SqsTest, in_both_protocols

NEEDS_ID = "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"


@in_both_protocols
class Fifo(SqsTest):
    def put(self, url, body, group="g", **members):
        return self.send(url, body, MessageGroupId=group, **{"MessageDeduplicationId": body, **members})

    def order(self, url, **members):
        return [message["Body"] for message in self.receive(url, **members)]

    def test_a_group_is_needed(self):
        self.refused("MissingParameter", "The request must contain the parameter MessageGroupId.", "SendMessage",
                     QueueUrl=self.queue("fifo"), MessageBody="x", MessageDeduplicationId="d")

    def test_a_deduplication_id_is_needed_or_content_stands_for_it(self):
        self.refused("InvalidParameterValue", NEEDS_ID, "SendMessage", QueueUrl=self.queue("fifo"), MessageBody="x",
                     MessageGroupId="g")
        self.send(self.queue("fifo", ContentBasedDeduplication="true"), MessageGroupId="g")

    def test_ids_have_letters_digits_and_punctuation(self):
        url = self.queue("fifo")
        for bad in ("a b", "x" * 129, "ä"):
            with self.subTest(bad):
                self.refused("InvalidParameterValue", None, "SendMessage", QueueUrl=url, MessageBody="x",
                             MessageGroupId=bad, MessageDeduplicationId="d")
                self.refused("InvalidParameterValue", None, "SendMessage", QueueUrl=url, MessageBody="x",
                             MessageGroupId="g", MessageDeduplicationId=bad)
        self.put(url, "fine", group="a-Z_0.!~", MessageDeduplicationId="x" * 128)

    def test_a_message_has_no_delay_of_its_own(self):
        self.not_valid(5, "DelaySeconds", "The request include parameter that is not valid for this queue type.",
                       "SendMessage", QueueUrl=self.queue("fifo"), MessageBody="x", MessageGroupId="g",
                       MessageDeduplicationId="d", DelaySeconds=5)

    def test_messages_are_numbered_in_their_order(self):
        url = self.queue("fifo")
        numbers = [self.put(url, body)["SequenceNumber"] for body in ("a", "b")]
        self.assertEqual([len(number) for number in numbers], [20, 20])
        self.assertLess(*numbers)
        message = self.receive(url, AttributeNames=["All"])[0]
        self.assertEqual([message["Attributes"][name] for name in
                          ("SequenceNumber", "MessageGroupId", "MessageDeduplicationId")], [numbers[0], "g", "a"])

    def test_a_group_comes_in_its_order(self):
        url = self.queue("fifo")
        for body in "abcde":
            self.put(url, body)
        self.assertEqual(self.order(url), list("abcde"))

    def test_a_group_waits_for_what_is_in_flight_of_it_and_others_do_not(self):
        url = self.queue("fifo")
        for body, group in (("a1", "a"), ("a2", "a"), ("b1", "b")):
            self.put(url, body, group)
        first = self.received(url, MaxNumberOfMessages=1)
        self.assertEqual(first["Body"], "a1")
        self.assertEqual(self.order(url), ["b1"])
        self.delete(url, first)
        self.assertEqual(self.order(url), ["a2"])

    def test_a_message_that_comes_again_comes_before_what_follows_it(self):
        url = self.queue("fifo", VisibilityTimeout="5")
        for body in "ab":
            self.put(url, body)
        self.assertEqual(self.order(url, MaxNumberOfMessages=1), ["a"])
        self.advance("6s")
        self.assertEqual(self.order(url), ["a", "b"])

    def test_a_duplicate_is_answered_like_the_first_and_not_stored(self):
        url = self.queue("fifo")
        first = self.put(url, "once")
        again = self.put(url, "other body", MessageDeduplicationId="once")
        self.assertEqual((again["MessageId"], again["SequenceNumber"]), (first["MessageId"], first["SequenceNumber"]))
        message = self.received(url)
        self.assertEqual(message["Body"], "once")
        self.delete(url, message)
        self.put(url, "once")
        self.assertEqual(self.receive(url), [])

    def test_duplicates_are_known_for_five_minutes(self):
        url = self.queue("fifo")
        self.put(url, "once")
        self.advance("301s")
        self.put(url, "once")
        self.assertEqual(self.order(url), ["once", "once"])

    def test_content_stands_for_a_deduplication_id(self):
        url = self.queue("fifo", ContentBasedDeduplication="true")
        for body in ("a", "a", "b"):
            self.send(url, body, MessageGroupId="g")
        self.assertEqual(self.order(url), ["a", "b"])

    def test_with_the_scope_of_a_group_others_may_use_the_same_id(self):
        url = self.queue("fifo", DeduplicationScope="messageGroup")
        self.put(url, "same", "a")
        self.put(url, "same", "b")
        self.put(url, "same", "b")
        self.assertEqual(self.order(url), ["same", "same"])

    def test_a_batch_keeps_its_order(self):
        url = self.queue("fifo")
        answer = self.call("SendMessageBatch", QueueUrl=url, Entries=[
            {"Id": body, "MessageBody": body, "MessageGroupId": "g", "MessageDeduplicationId": body} for body in "cab"])
        numbers = [each["SequenceNumber"] for each in answer["Successful"]]
        self.assertEqual(numbers, sorted(numbers))
        self.assertEqual(self.order(url), ["c", "a", "b"])

    def test_an_entry_without_a_group_fails_alone(self):
        url = self.queue("fifo")
        answer = self.call("SendMessageBatch", QueueUrl=url, Entries=[
            {"Id": "a", "MessageBody": "a", "MessageGroupId": "g", "MessageDeduplicationId": "a"},
            {"Id": "b", "MessageBody": "b", "MessageDeduplicationId": "b"}])
        self.assertEqual([each["Id"] for each in answer["Successful"]], ["a"])
        self.assertEqual([(each["Id"], each["Code"]) for each in answer["Failed"]], [("b", "MissingParameter")])


if __name__ == "__main__":
    unittest.main()
