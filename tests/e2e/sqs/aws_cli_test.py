"""The AWS CLI of Debian: what people have in their scripts. Each call costs a second, so these are few and long."""

import json
import unittest

from sqs import SqsTest, md5


class AwsCli(SqsTest):
    def aws(self, *args, code=0):
        return self.daemon.aws("sqs", *args, code=code)

    def test_the_life_of_a_queue(self):
        url = self.aws("create-queue", "--queue-name", "cli", "--attributes", "VisibilityTimeout=5", "--tags",
                       "team=blue")["QueueUrl"]
        self.assertEqual(self.aws("get-queue-url", "--queue-name", "cli"), {"QueueUrl": url})
        self.assertEqual(self.aws("list-queue-tags", "--queue-url", url), {"Tags": {"team": "blue"}})
        sent = self.aws("send-message", "--queue-url", url, "--message-body", "hello & more", "--message-attributes",
                        '{"kind":{"DataType":"String","StringValue":"test"}}')
        self.assertEqual(sent["MD5OfMessageBody"], md5("hello & more"))
        message, = self.aws("receive-message", "--queue-url", url, "--attribute-names", "All",
                            "--message-attribute-names", "All")["Messages"]
        self.assertEqual((message["Body"], message["MessageAttributes"]["kind"]["StringValue"]), ("hello & more", "test"))
        self.aws("delete-message", "--queue-url", url, "--receipt-handle", message["ReceiptHandle"])
        shown = self.aws("get-queue-attributes", "--queue-url", url, "--attribute-names", "All")["Attributes"]
        self.assertEqual((shown["VisibilityTimeout"], shown["ApproximateNumberOfMessages"]), ("5", "0"))
        self.aws("delete-queue", "--queue-url", url)
        self.assertIn("The specified queue does not exist.", self.aws("purge-queue", "--queue-url", url, code=254))

    def test_batches_and_errors(self):
        url = self.aws("create-queue", "--queue-name", "cli-batch")["QueueUrl"]
        answer = self.aws("send-message-batch", "--queue-url", url, "--entries", json.dumps(
            [{"Id": "a", "MessageBody": "1"}, {"Id": "b", "MessageBody": "2", "DelaySeconds": 901}]))
        self.assertEqual(([each["Id"] for each in answer["Successful"]], [each["Id"] for each in answer["Failed"]]),
                         (["a"], ["b"]))
        said = self.aws("set-queue-attributes", "--queue-url", url, "--attributes", "DelaySeconds=901", code=254)
        self.assertEqual(said.strip(), "An error occurred (InvalidAttributeValue) when calling the SetQueueAttributes "
                                       "operation: Invalid value for the parameter DelaySeconds.")

    def test_pages_are_put_together(self):
        for number in range(3):
            self.call("CreateQueue", QueueName=f"cli-paged-{number}")
        listed = self.aws("list-queues", "--queue-name-prefix", "cli-paged-", "--page-size", "1")
        self.assertEqual([url.rsplit("/", 1)[1] for url in listed["QueueUrls"]],
                         ["cli-paged-0", "cli-paged-1", "cli-paged-2"])


if __name__ == "__main__":
    unittest.main()
