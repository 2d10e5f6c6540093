"""SendMessage and SendMessageBatch: what is answered, and what is refused."""

import unittest

from sqs import SqsTest, in_both_protocols, md5, md5_of_attributes

LIMIT = 262_144
TOO_LONG = f"One or more parameters are invalid. Reason: Message must be shorter than {LIMIT} bytes."


def text(value, kind="String"):
    return {"DataType": kind, "StringValue": value}


def binary(value, kind="Binary"):
    return {"DataType": kind, "BinaryValue": value}


@in_both_protocols
class Sending(SqsTest):
    def test_a_sent_message_is_answered_with_its_id_and_the_md5_of_its_body(self):
        url = self.queue()
        answer = self.send(url, "hällo wörld & <more>")
        self.assertRegex(answer.pop("MessageId"), r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
        self.assertEqual(answer, {"MD5OfMessageBody": md5("hällo wörld & <more>")})
        self.assertEqual(self.received(url)["Body"], "hällo wörld & <more>")

    def test_attributes_arrive_with_their_types_and_md5(self):
        url = self.queue()
        attributes = {"city": text("Köln"), "count": text("-1.5e3", "Number"), "id": text("7", "Number.int"),
                      "raw": binary(b"\x00\xff\n"), "gif": binary(b"GIF", "Binary.gif"), "Zed": text("z")}
        sent = self.send(url, MessageAttributes=attributes)
        self.assertEqual(sent["MD5OfMessageAttributes"], md5_of_attributes(attributes))
        message = self.received(url, MessageAttributeNames=["All"])
        self.assertEqual(message["MessageAttributes"], attributes)
        self.assertEqual(message["MD5OfMessageAttributes"], md5_of_attributes(attributes))

    def test_the_trace_header_has_an_md5_of_its_own(self):
        url = self.queue()
        header = {"AWSTraceHeader": text("Root=1-5759e988-bd862e3fe1be46a994272793")}
        self.assertEqual(self.send(url, MessageSystemAttributes=header)["MD5OfMessageSystemAttributes"],
                         md5_of_attributes(header))
        message = self.received(url, AttributeNames=["AWSTraceHeader"])
        self.assertEqual(message["Attributes"], {"AWSTraceHeader": header["AWSTraceHeader"]["StringValue"]})
        self.assertNotIn("MessageAttributes", message)

    def test_other_system_attributes_are_refused(self):
        self.refused("InvalidParameterValue", None, "SendMessage", QueueUrl=self.queue(), MessageBody="x",
                     MessageSystemAttributes={"Other": text("x")})

    def test_a_body_is_needed(self):
        url = self.queue()
        self.refused("MissingParameter", "The request must contain the parameter MessageBody.", "SendMessage",
                     QueueUrl=url)
        self.refused("MissingParameter", "The request must contain the parameter MessageBody.", "SendMessage",
                     QueueUrl=url, MessageBody="")

    def test_characters_of_a_body(self):
        url = self.queue()
        body = "tab\tline\nreturn\rä€\U0001f600\ufffd"
        self.send(url, body)
        self.assertEqual(self.received(url)["Body"], body)
        for bad in ("\x00", "\x08", "\x1f", "\ufffe", "\uffff"):
            with self.subTest(repr(bad)):
                self.refused("InvalidMessageContents", None, "SendMessage", QueueUrl=url, MessageBody=f"a{bad}b")

    def test_the_size_of_a_message_counts_its_attributes(self):
        url = self.queue()
        self.send(url, "x" * LIMIT)
        self.refused("InvalidParameterValue", TOO_LONG, "SendMessage", QueueUrl=url, MessageBody="x" * (LIMIT + 1))
        attributes = {"a": text("b")}  # 1 + 6 + 1 bytes
        self.send(url, "x" * (LIMIT - 8), MessageAttributes=attributes)
        self.refused("InvalidParameterValue", TOO_LONG, "SendMessage", QueueUrl=url, MessageBody="x" * (LIMIT - 7),
                     MessageAttributes=attributes)

    def test_the_size_is_counted_in_bytes(self):
        url = self.queue(MaximumMessageSize="1024")
        self.send(url, "ä" * 512)
        self.refused("InvalidParameterValue",
                     "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.",
                     "SendMessage", QueueUrl=url, MessageBody="ä" * 512 + "x")

    def test_a_delay_hides_a_message(self):
        url = self.queue()
        self.send(url, "later", DelaySeconds=900)
        self.send(url, "now", DelaySeconds=0)
        self.assertEqual(self.bodies(url), ["now"])
        self.advance("901s")
        self.assertIn("later", self.bodies(url))

    def test_a_queue_has_a_delay_for_messages_without_one(self):
        url = self.queue(DelaySeconds="60")
        self.send(url, "later")
        self.send(url, "now", DelaySeconds=0)
        self.assertEqual(self.counts(url), (1, 0, 1))
        self.assertEqual(self.bodies(url), ["now"])

    def test_delays_are_of_zero_to_900_seconds(self):
        url = self.queue()
        for delay in (-1, 901):
            with self.subTest(delay):
                self.not_valid(delay, "DelaySeconds", "DelaySeconds must be >= 0 and <= 900.", "SendMessage",
                               QueueUrl=url, MessageBody="x", DelaySeconds=delay)

    def test_a_deduplication_id_is_for_fifo_queues(self):
        self.refused("InvalidParameterValue", None, "SendMessage", QueueUrl=self.queue(), MessageBody="x",
                     MessageDeduplicationId="d")

    def test_a_group_on_a_standard_queue_is_told_again(self):
        url = self.queue()
        self.send(url, MessageGroupId="tenant-1")
        self.assertEqual(self.received(url, AttributeNames=["MessageGroupId"])["Attributes"],
                         {"MessageGroupId": "tenant-1"})


@in_both_protocols
class MessageAttributes(SqsTest):
    def attribute_refused(self, message, name, value):
        self.refused("InvalidParameterValue", message, "SendMessage", QueueUrl=self.queue(), MessageBody="x",
                     MessageAttributes={name: value})

    def test_types_are_string_number_and_binary(self):
        for kind in ("Text", "string", "StringX", "List"):
            with self.subTest(kind):
                self.attribute_refused("The message attribute 'a' has an invalid message attribute type, the set of "
                                       "supported type prefixes is Binary, Number, and String.", "a", text("x", kind))

    def test_a_type_is_needed(self):
        self.attribute_refused("The message attribute 'a' must contain non-empty message attribute type.", "a",
                               text("x", ""))

    def test_a_value_is_needed(self):
        self.attribute_refused("The message attribute 'a' must contain non-empty message attribute value for message "
                               "attribute type 'String'.", "a", text(""))

    def test_a_number_is_one(self):
        for value in ("one", "1,5", "0x10", "nan", ""):
            with self.subTest(value):
                self.attribute_refused(None, "a", text(value, "Number"))

    def test_a_value_is_in_the_field_of_its_type(self):
        self.attribute_refused("The message attribute 'a' with type 'String' must use field 'String'.", "a",
                               binary(b"x", "String"))
        self.attribute_refused("The message attribute 'a' with type 'Binary' must use field 'Binary'.", "a",
                               text("x", "Binary"))

    def test_names(self):
        url = self.queue()
        for name in ("a b", ".a", "a.", "a..b", "ä", "x" * 257, "AWS.a", "amazon.a"):
            with self.subTest(name):
                self.refused("InvalidParameterValue", None, "SendMessage", QueueUrl=url, MessageBody="x",
                             MessageAttributes={name: text("x")})
        self.send(url, MessageAttributes={"a.b-c_D9": text("x"), "x" * 256: text("x")})

    def test_ten_are_the_most(self):
        url = self.queue()
        self.send(url, MessageAttributes={f"a{n}": text("x") for n in range(10)})
        self.refused("InvalidParameterValue", "Number of message attributes [11] exceeds the allowed maximum [10].",
                     "SendMessage", QueueUrl=url, MessageBody="x",
                     MessageAttributes={f"a{n}": text("x") for n in range(11)})


@in_both_protocols
class Batches(SqsTest):
    def entries(self, *bodies):
        return [{"Id": f"id-{n}", "MessageBody": body} for n, body in enumerate(bodies)]

    def batch_refused(self, code, message, entries, operation="SendMessageBatch"):
        self.refused("AWS.SimpleQueueService." + code, message, operation, QueueUrl=self.queue(), Entries=entries)

    def test_each_entry_is_answered_by_its_id(self):
        url = self.queue()
        answer = self.call("SendMessageBatch", QueueUrl=url, Entries=self.entries("a", "b"))
        self.assertEqual([(each["Id"], each["MD5OfMessageBody"]) for each in answer["Successful"]],
                         [("id-0", md5("a")), ("id-1", md5("b"))])
        self.assertEqual(answer.get("Failed", []), [])
        self.assertEqual(self.bodies(url), ["a", "b"])

    def test_an_entry_that_is_wrong_fails_alone(self):
        url = self.queue()
        entries = self.entries("good", "\x01", "", "late", "also good")
        entries[3]["DelaySeconds"] = 901
        answer = self.call("SendMessageBatch", QueueUrl=url, Entries=entries)
        self.assertEqual([each["Id"] for each in answer["Successful"]], ["id-0", "id-4"])
        self.assertEqual([(each["Id"], each["Code"], each["SenderFault"]) for each in answer["Failed"]],
                         [("id-1", "InvalidMessageContents", True), ("id-2", "MissingParameter", True),
                          ("id-3", "InvalidParameterValue", True)])
        self.assertEqual(self.bodies(url), ["also good", "good"])

    def test_entries_may_have_attributes_and_delays(self):
        url = self.queue()
        attributes = {"a": text("b")}
        entry = {"Id": "x", "MessageBody": "m", "DelaySeconds": 5, "MessageAttributes": attributes}
        sent, = self.call("SendMessageBatch", QueueUrl=url, Entries=[entry])["Successful"]
        self.assertEqual(sent["MD5OfMessageAttributes"], md5_of_attributes(attributes))
        self.assertEqual(self.counts(url), (0, 0, 1))

    def test_a_batch_has_entries(self):
        for operation in ("SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch"):
            with self.subTest(operation):
                self.batch_refused("EmptyBatchRequest",
                                   f"There should be at least one {operation}RequestEntry in the request.", [],
                                   operation)

    def test_ten_entries_are_the_most(self):
        message = "Maximum number of entries per request are 10. You have sent 11."
        self.batch_refused("TooManyEntriesInBatchRequest", message, self.entries(*"abcdefghijk"))
        handles = [{"Id": str(n), "ReceiptHandle": "x"} for n in range(11)]
        for operation, more in (("DeleteMessageBatch", {}), ("ChangeMessageVisibilityBatch", {"VisibilityTimeout": 0})):
            with self.subTest(operation):
                self.batch_refused("TooManyEntriesInBatchRequest", message, [{**each, **more} for each in handles],
                                   operation)

    def test_ids_are_distinct(self):
        entries = self.entries("a", "b")
        entries[1]["Id"] = "id-0"
        self.batch_refused("BatchEntryIdsNotDistinct", "Id id-0 repeated.", entries)
        self.batch_refused("BatchEntryIdsNotDistinct", "Id a repeated.",
                           [{"Id": "a", "ReceiptHandle": "x"}, {"Id": "a", "ReceiptHandle": "y"}], "DeleteMessageBatch")

    def test_ids_have_letters_digits_hyphens_and_underscores(self):
        for bad in ("a b", "a.b", "x" * 81, "ä", ""):
            with self.subTest(bad):
                self.batch_refused("InvalidBatchEntryId",
                                   "A batch entry id can only contain alphanumeric characters, hyphens and "
                                   "underscores. It can be at most 80 letters long.", [{"Id": bad, "MessageBody": "x"}])

    def test_the_entries_together_have_a_size_too(self):
        half = "x" * (LIMIT // 2)
        url = self.queue()
        self.assertEqual(len(self.call("SendMessageBatch", QueueUrl=url, Entries=self.entries(half, half))["Successful"]),
                         2)
        self.batch_refused("BatchRequestTooLong",
                           f"Batch requests cannot be longer than {LIMIT} bytes. You have sent {LIMIT + 1} bytes.",
                           self.entries(half, half, "y"))


if __name__ == "__main__":
    unittest.main()
