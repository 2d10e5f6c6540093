"""The two protocols themselves, as bytes: what tells SQS from other services, where a call may be sent, how errors look."""

import json
import threading
import unittest
from urllib.parse import urlencode

from sqs import ACCOUNT, Daemon, JsonClient, QueryClient, Refused, SqsTest, wait_until

NAMESPACE = 'xmlns="http://queue.amazonaws.com/doc/2012-11-05/"'
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


class Protocols(SqsTest):
    def form(self, path="/", **members):
        return self.daemon.http("POST", path, urlencode(members).encode(), FORM)

    def json(self, operation, body, path="/"):
        text = body if isinstance(body, str) else json.dumps(body)
        return self.daemon.http("POST", path, text.encode(), {"Content-Type": "application/x-amz-json-1.0",
                                                              "X-Amz-Target": f"AmazonSQS.{operation}"})

    def test_an_error_in_json(self):
        answer = self.json("GetQueueUrl", {"QueueName": "none"})
        self.assertEqual((answer.status, answer.headers["Content-Type"], answer.headers["x-amzn-query-error"]),
                         (400, "application/x-amz-json-1.0", "AWS.SimpleQueueService.NonExistentQueue;Sender"))
        self.assertEqual(answer.json(), {"__type": "com.amazonaws.sqs#QueueDoesNotExist",
                                         "message": "The specified queue does not exist."})

    def test_an_error_in_xml(self):
        answer = self.form(Action="GetQueueUrl", Version="2012-11-05", QueueName="none")
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (400, "text/xml"))
        request_id = answer.headers["x-amzn-RequestId"]
        self.assertEqual(answer.body.strip(),
                         f"<ErrorResponse {NAMESPACE}><Error><Type>Sender</Type>"
                         "<Code>AWS.SimpleQueueService.NonExistentQueue</Code>"
                         f"<Message>The specified queue does not exist.</Message></Error>"
                         f"<RequestId>{request_id}</RequestId></ErrorResponse>")

    def test_the_types_of_parameter_errors_in_json(self):
        url = self.queue()
        self.assertEqual(self.json("SendMessage", {"QueueUrl": url}).json()["__type"],
                         "com.amazon.coral.service#MissingRequiredParameterException")
        self.assertEqual(self.json("ReceiveMessage", {"QueueUrl": url, "MaxNumberOfMessages": 0}).json()["__type"],
                         "com.amazon.coral.service#InvalidParameterValueException")

    def test_values_of_another_type_in_json(self):
        url = self.queue()
        for members, message in (({"DelaySeconds": "1"}, "DelaySeconds must be an integer."),
                                 ({"DelaySeconds": 1.5}, "DelaySeconds must be an integer."),
                                 ({"MessageBody": 5}, "MessageBody must be a string."),
                                 ({"MessageAttributes": []}, "MessageAttributes must be an object."),
                                 ({"MessageAttributes": {"a": {"DataType": 1}}},
                                  "MessageAttributes.a.DataType must be a string.")):
            with self.subTest(message):
                answer = self.json("SendMessage", {"QueueUrl": url, "MessageBody": "x", **members})
                self.assertEqual((answer.status, answer.json()),
                                 (400, {"__type": "com.amazon.coral.service#SerializationException", "message": message}))

    def test_a_body_that_is_no_json_object(self):
        for body in ("[]", "{", "null", '"x"'):
            with self.subTest(body):
                answer = self.json("ListQueues", body)
                self.assertEqual((answer.status, answer.json()["message"]),
                                 (400, "The body of the request must be a JSON object of at most 100 levels."))
        self.assertEqual(self.json("ListQueues", "").status, 200)

    def test_a_number_that_is_none_in_a_form(self):
        answer = self.form(Action="ReceiveMessage", Version="2012-11-05", QueueUrl=self.queue(), WaitTimeSeconds="long")
        self.assertIn("<Code>InvalidParameterValue</Code><Message>Value long for parameter WaitTimeSeconds is invalid. "
                      "Reason: Must be an integer.</Message>", answer.body)

    def test_members_that_nobody_knows_are_let_be(self):
        self.assertEqual(self.json("ListQueues", {"QueueNamePrefix": "none", "Colour": "red"}).json(), {})

    def test_operations_that_there_are_not(self):
        answer = self.json("SendMesage", {})
        self.assertEqual((answer.status, answer.json()), (400, {
            "__type": "com.amazon.coral.service#UnknownOperationException",
            "message": "The operation SendMesage is not supported by Waybill; the nearest one that it has is "
                       "SendMessage."}))
        answer = self.form(Action="SendMesage", Version="2012-11-05")
        self.assertEqual(answer.status, 400)
        self.assertIn("<Code>InvalidAction</Code>", answer.body)

    def test_a_version_tells_the_services_apart_and_without_one_the_action(self):
        self.assertIn(NAMESPACE, self.form(Action="ListQueues", Version="2012-11-05").body)
        self.assertIn(NAMESPACE, self.form(Action="ListQueues").body)
        self.assertIn("sns.amazonaws.com", self.form(Action="ListTopics", Version="2010-03-31").body)
        self.assertIn("sns.amazonaws.com", self.form(Action="ListTopics").body)
        self.assertEqual(self.form(Action="ListTopics", Version="2012-11-05").status, 400)

    def test_calls_may_go_to_the_address_of_the_queue(self):
        url = self.queue()
        path = url.removeprefix(self.daemon.url)
        self.assertEqual(self.form(path, Action="SendMessage", Version="2012-11-05", MessageBody="a").status, 200)
        self.assertEqual(self.json("SendMessage", {"QueueUrl": url, "MessageBody": "b"}, path).status, 200)
        answer = self.form(f"/{ACCOUNT}/none", Action="SendMessage", Version="2012-11-05", MessageBody="a")
        self.assertIn("NonExistentQueue", answer.body)
        self.assertEqual(self.bodies(url), ["a", "b"])

    def test_an_address_without_an_operation(self):
        answer = self.daemon.http("POST", f"/{ACCOUNT}/any", b"", FORM)
        self.assertEqual((answer.status, answer.json()["__type"]), (400, "UnknownOperationException"))

    def test_a_get_changes_nothing(self):
        url = self.queue()
        answer = self.daemon.http("GET", "/?" + urlencode({"Action": "DeleteQueue", "Version": "2012-11-05",
                                                           "QueueUrl": url}))
        self.assertEqual(answer.status, 405)
        self.assertEqual(self.daemon.http("GET", url.removeprefix(self.daemon.url)).status, 404)
        self.attributes(url)

    def test_a_foreign_page_is_refused(self):
        answer = self.daemon.http("POST", "/", urlencode({"Action": "ListQueues"}).encode(),
                                  {**FORM, "Origin": "http://evil.example"})
        self.assertEqual(answer.status, 403)

    def test_nothing_comes_back_where_an_operation_answers_nothing(self):
        url = self.queue()
        self.assertEqual(self.json("PurgeQueue", {"QueueUrl": url}).body, "")
        answer = self.form(Action="DeleteQueue", Version="2012-11-05", QueueUrl=url)
        self.assertRegex(answer.body, f"^<DeleteQueueResponse {NAMESPACE}><ResponseMetadata><RequestId>[-0-9a-f]+"
                                      "</RequestId></ResponseMetadata></DeleteQueueResponse>\n$")

    def test_a_form_may_nest_deeply_without_harm(self):
        deep = "MessageAttribute" + ".1" * 100_000
        answer = self.daemon.http("POST", "/", f"Action=SendMessage&QueueUrl={self.queue()}&{deep}=x".encode(), FORM)
        self.assertEqual(answer.status, 400)


class Lives(SqsTest):
    """Daemons that end, and their settings."""

    flags = ()

    def own(self, *flags):
        daemon = Daemon(*flags, rules=None).start()
        self.addCleanup(daemon.remove)
        return daemon, JsonClient(daemon)

    def test_queues_and_messages_survive_a_kill(self):
        daemon, client = self.own()
        url = client.call("CreateQueue", QueueName="kept", Attributes={"DelaySeconds": "0"})["QueueUrl"]
        for body in ("in flight", "waiting"):
            client.call("SendMessage", QueueUrl=url, MessageBody=body)
        message, = client.call("ReceiveMessage", QueueUrl=url)["Messages"]
        daemon.kill()
        daemon.start()
        client = JsonClient(daemon)
        second, = client.call("ReceiveMessage", QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
        self.assertEqual({message["Body"], second["Body"]}, {"in flight", "waiting"})
        client.call("DeleteMessage", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        counts = client.call("GetQueueAttributes", QueueUrl=url, AttributeNames=["All"])["Attributes"]
        self.assertEqual((counts["ApproximateNumberOfMessages"], counts["ApproximateNumberOfMessagesNotVisible"]),
                         ("0", "1"))

    def test_a_stop_answers_the_polls_that_wait(self):
        daemon, client = self.own()
        url = client.call("CreateQueue", QueueName="polled")["QueueUrl"]
        answers = []
        poll = threading.Thread(target=lambda: answers.append(
            client.call("ReceiveMessage", QueueUrl=url, WaitTimeSeconds=20)))
        poll.start()
        wait_until(lambda: daemon.metric("waybill_http_connections") >= 2 or answers, what="the poll")
        self.assertLess(daemon.terminate(), 10)
        poll.join()
        self.assertEqual(answers, [{}])

    def test_the_size_of_messages_is_a_setting(self):
        _, client = self.own("--set", "limits.queue_message_bytes=1048576")
        url = client.call("CreateQueue", QueueName="large")["QueueUrl"]
        client.call("SendMessage", QueueUrl=url, MessageBody="x" * 1_048_576)
        shown = client.call("GetQueueAttributes", QueueUrl=url, AttributeNames=["MaximumMessageSize"])
        self.assertEqual(shown, {"Attributes": {"MaximumMessageSize": "1048576"}})

    def test_with_tenancy_aws_accounts_and_regions_are_apart(self):
        daemon, _ = self.own("--set", "tenancy=aws")
        here, there, other = (QueryClient(daemon, region, key) for region, key in (
            ("us-east-1", "111122223333"), ("eu-west-1", "111122223333"), ("us-east-1", "444455556666")))
        for client in (here, there, other):
            self.addCleanup(client.close)
        url = here.call("CreateQueue", QueueName="mine")["QueueUrl"]
        self.assertEqual(url, f"{daemon.url}/111122223333/mine")
        for client in (there, other):
            with self.assertRaises(Refused):
                client.call("GetQueueUrl", QueueName="mine")
        # A queue URL names its account, whoever asks.
        self.assertEqual(other.call("GetQueueAttributes", QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"],
                         {"QueueArn": "arn:aws:sqs:us-east-1:111122223333:mine"})
        self.assertEqual(other.call("GetQueueUrl", QueueName="mine", QueueOwnerAWSAccountId="111122223333"),
                         {"QueueUrl": url})


if __name__ == "__main__":
    unittest.main()
