"""The SNS API as its clients see it: Debian's boto3 and AWS CLI."""

import base64
import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from botocore.exceptions import ClientError  # noqa: E402  pylint: disable=C0413
from daemon import Daemon, DaemonTest, wait_until  # noqa: E402  pylint: disable=C0413
from webhook_test import Receiver, sns_of  # noqa: E402  pylint: disable=C0413

ARN = "arn:aws:sns:us-east-1:000000000000:"


class SnsApiTest(DaemonTest):
    @classmethod
    def setUpClass(cls):
        cls.peer = Receiver(secure=False)
        cls.addClassCleanup(cls.peer.close)
        cls.daemon = Daemon(rules=None).start()
        cls.addClassCleanup(cls.daemon.remove)
        cls.sns = sns_of(cls.daemon)

    def refused(self, code, status, call, **arguments):
        with self.assertRaises(ClientError) as caught:
            call(**arguments)
        error = caught.exception.response
        self.assertEqual((error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"]), (code, status))
        self.assertTrue(error["ResponseMetadata"]["RequestId"])
        return error["Error"]["Message"]

    def raw_hook(self, topic, path):
        """A confirmed subscription that gets the message alone."""
        url = self.peer.url(path)
        arn = self.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=url, ReturnSubscriptionArn=True,
                                 Attributes={"RawMessageDelivery": "true"})["SubscriptionArn"]
        wait_until(lambda: self.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"][
            "PendingConfirmation"] == "false", 10)
        return arn

    def bodies(self, path, count):
        wait_until(lambda: len(self.peer.notifications(path)) >= count, 10, f"{count} notifications at {path}")
        return sorted(each.body.decode() for each in self.peer.notifications(path))

    def test_a_topic_is_made_once_and_can_be_listed_and_deleted(self):
        made = self.sns.create_topic(Name="life", Attributes={"DisplayName": "Life"})["TopicArn"]
        self.assertEqual(made, ARN + "life")
        self.assertEqual(self.sns.create_topic(Name="life")["TopicArn"], made)
        self.refused("InvalidParameter", 400, self.sns.create_topic, Name="life", Attributes={"DisplayName": "Other"})
        self.assertIn({"TopicArn": made}, self.sns.list_topics()["Topics"])
        self.sns.delete_topic(TopicArn=made)
        self.assertNotIn({"TopicArn": made}, self.sns.list_topics()["Topics"])
        self.sns.delete_topic(TopicArn=made)

    def test_lengths_are_counted_in_characters(self):
        topic = self.sns.create_topic(Name="long", Attributes={"DisplayName": "é" * 100})["TopicArn"]
        self.sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "é" * 128, "Value": ""}])
        self.sns.publish(TopicArn=topic, Subject="é" * 100, Message="m")
        self.refused("InvalidParameter", 400, self.sns.set_topic_attributes, TopicArn=topic,
                     AttributeName="DisplayName", AttributeValue="é" * 101)
        self.refused("InvalidParameter", 400, self.sns.tag_resource, ResourceArn=topic,
                     Tags=[{"Key": "é" * 129, "Value": ""}])
        self.refused("InvalidParameter", 400, self.sns.publish, TopicArn=topic, Subject="é" * 101, Message="m")

    def test_an_action_of_another_service_is_an_error_that_clients_read(self):
        import boto3  # pylint: disable=import-outside-toplevel
        stacks = boto3.client("cloudformation", endpoint_url=self.daemon.url, region_name="us-east-1",
                              aws_access_key_id="x", aws_secret_access_key="x")
        message = self.refused("InvalidAction", 400, stacks.describe_stacks)
        self.assertEqual(message, "The operation DescribeStacks is not supported by Waybill.")

    def test_names_that_are_none_are_refused(self):
        for name in ("", "a b", "x" * 257, "a.b", "orders.fifo"):
            with self.subTest(name):
                self.refused("InvalidParameter", 400, self.sns.create_topic, Name=name)

    def test_attributes_of_a_topic(self):
        topic = self.sns.create_topic(Name="attributes")["TopicArn"]
        attributes = self.sns.get_topic_attributes(TopicArn=topic)["Attributes"]
        self.assertEqual((attributes["TopicArn"], attributes["Owner"], attributes["SubscriptionsConfirmed"]),
                         (topic, "000000000000", "0"))
        json.loads(attributes["Policy"])
        json.loads(attributes["EffectiveDeliveryPolicy"])
        for name, value in (("DisplayName", "A <& B>"), ("SignatureVersion", "2"),
                            ("DeliveryPolicy", '{"http":{"defaultHealthyRetryPolicy":{"numRetries":1}}}')):
            self.sns.set_topic_attributes(TopicArn=topic, AttributeName=name, AttributeValue=value)
            self.assertEqual(self.sns.get_topic_attributes(TopicArn=topic)["Attributes"][name], value)
        for name, value in (("SignatureVersion", "3"), ("Colour", "red"), ("DeliveryPolicy", "[]")):
            self.refused("InvalidParameter", 400, self.sns.set_topic_attributes, TopicArn=topic, AttributeName=name,
                         AttributeValue=value)
        self.refused("NotFound", 404, self.sns.get_topic_attributes, TopicArn=ARN + "none")
        self.refused("InvalidParameter", 400, self.sns.get_topic_attributes, TopicArn="none")

    def test_lists_come_in_pages_of_a_hundred(self):
        topic = self.sns.create_topic(Name="pages")["TopicArn"]
        for i in range(103):
            self.sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=f"a{i}@example.com")
        pages = list(self.sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic))
        self.assertEqual([len(page["Subscriptions"]) for page in pages], [100, 3])
        self.assertEqual(len({each["Endpoint"] for page in pages for each in page["Subscriptions"]}), 103)

    def test_a_subscription_and_its_attributes(self):
        topic = self.sns.create_topic(Name="subscribed")["TopicArn"]
        arn = self.sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com",
                                 Attributes={"FilterPolicy": '{"a": ["b"]}'})["SubscriptionArn"]
        self.assertTrue(arn.startswith(topic + ":"))
        self.assertEqual(self.sns.subscribe(TopicArn=topic, Protocol="email",
                                            Endpoint="a@example.com")["SubscriptionArn"], arn)
        listed = {"SubscriptionArn": arn, "Owner": "000000000000", "Protocol": "email", "Endpoint": "a@example.com",
                  "TopicArn": topic}
        self.assertIn(listed, self.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"])
        attributes = self.sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        self.assertEqual({name: attributes[name] for name in ("FilterPolicy", "FilterPolicyScope",
                                                              "RawMessageDelivery", "PendingConfirmation")},
                         {"FilterPolicy": '{"a": ["b"]}', "FilterPolicyScope": "MessageAttributes",
                          "RawMessageDelivery": "false", "PendingConfirmation": "false"})
        change = self.sns.set_subscription_attributes
        change(SubscriptionArn=arn, AttributeName="FilterPolicyScope", AttributeValue="MessageBody")
        change(SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue='{"a": {"b": ["c"]}}')
        self.assertIn("nested", self.refused("InvalidParameter", 400, change, SubscriptionArn=arn,
                                             AttributeName="FilterPolicyScope", AttributeValue="MessageAttributes"))
        self.refused("InvalidParameter", 400, change, SubscriptionArn=arn, AttributeName="RawMessageDelivery",
                     AttributeValue="maybe")
        self.refused("InvalidParameter", 400, change, SubscriptionArn=arn, AttributeName="RedrivePolicy",
                     AttributeValue='{"deadLetterTargetArn": "x"}')
        self.sns.unsubscribe(SubscriptionArn=arn)
        self.sns.unsubscribe(SubscriptionArn=arn)
        self.refused("NotFound", 404, self.sns.get_subscription_attributes, SubscriptionArn=arn)

    def test_who_cannot_be_told_cannot_subscribe(self):
        topic = self.sns.create_topic(Name="strict")["TopicArn"]
        for protocol, endpoint in (("sms", "+100"), ("https", "http://a.example"), ("email", "nobody"),
                                   ("lambda", "f"), ("http", "http://")):
            with self.subTest(protocol):
                self.refused("InvalidParameter", 400, self.sns.subscribe, TopicArn=topic, Protocol=protocol,
                             Endpoint=endpoint)
        self.refused("NotFound", 404, self.sns.subscribe, TopicArn=ARN + "none", Protocol="email",
                     Endpoint="a@example.com")

    def test_a_receiver_that_has_not_agreed_is_pending_and_is_asked_again_when_it_subscribes_again(self):
        topic = self.sns.create_topic(Name="pending")["TopicArn"]
        self.peer.silent.add("/ok/pending")
        url = self.peer.url("/ok/pending")
        subscribe = lambda: self.sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=url)["SubscriptionArn"]
        self.assertEqual(subscribe(), "pending confirmation")
        wait_until(lambda: len(self.peer.requests_to_confirm("/ok/pending")) == 1, 10)
        self.assertEqual(self.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["SubscriptionArn"],
                         "PendingConfirmation")
        self.assertEqual(self.sns.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsPending"], "1")
        self.assertEqual(subscribe(), "pending confirmation")
        _, second = wait_until(lambda: len(self.peer.requests_to_confirm("/ok/pending")) == 2 and
                               self.peer.requests_to_confirm("/ok/pending"), 10)
        arn = self.sns.confirm_subscription(TopicArn=topic, Token=second.json()["Token"])["SubscriptionArn"]
        self.assertEqual(self.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["SubscriptionArn"],
                         arn)

    def test_what_is_published_arrives(self):
        topic = self.sns.create_topic(Name="published")["TopicArn"]
        self.raw_hook(topic, "/ok/published")
        self.assertRegex(self.sns.publish(TopicArn=topic, Message="one & <two>")["MessageId"], "^[0-9a-f-]{36}$")
        self.sns.publish(TargetArn=topic, Message=json.dumps({"default": "long", "http": "short"}),
                         MessageStructure="json")
        self.sns.publish(TopicArn=topic, Message="binary", MessageAttributes={
            "b": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}})
        self.assertEqual(self.bodies("/ok/published", 3), ["binary", "one & <two>", "short"])

    def test_attributes_of_a_message_arrive_with_their_types(self):
        topic = self.sns.create_topic(Name="typed")["TopicArn"]
        arn = self.raw_hook(topic, "/ok/typed")
        self.sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="RawMessageDelivery",
                                             AttributeValue="false")
        self.sns.publish(TopicArn=topic, Message="m", MessageAttributes={
            "n": {"DataType": "Number", "StringValue": "1.5"}, "b": {"DataType": "Binary", "BinaryValue": b"\x00"},
            "l": {"DataType": "String.Array", "StringValue": '["a"]'}})
        [request] = wait_until(lambda: self.peer.notifications("/ok/typed"), 10)
        self.assertEqual(request.json()["MessageAttributes"], {
            "n": {"Type": "Number", "Value": "1.5"}, "l": {"Type": "String.Array", "Value": '["a"]'},
            "b": {"Type": "Binary", "Value": base64.b64encode(b"\x00").decode()}})

    def test_what_cannot_be_published_is_refused(self):
        topic = self.sns.create_topic(Name="refusing")["TopicArn"]
        publish = self.sns.publish
        self.refused("NotFound", 404, publish, TopicArn=ARN + "none", Message="m")
        self.refused("InvalidParameter", 400, publish, TopicArn=topic, Message="")
        self.refused("InvalidParameter", 400, publish, TopicArn=topic, Message="m", Subject="a\nb")
        self.refused("InvalidParameter", 400, publish, TopicArn=topic, Message="m", Subject="x" * 101)
        self.refused("InvalidParameter", 400, publish, TopicArn=topic, Message="x" * 262145)
        self.refused("InvalidParameter", 400, publish, TopicArn=topic, Message="no json", MessageStructure="json")
        self.refused("InvalidParameter", 400, publish, TopicArn=topic, Message="{}", MessageStructure="json")
        self.refused("InvalidParameter", 400, publish, PhoneNumber="+100", Message="m")
        for value in ({"DataType": "Number", "StringValue": "x"}, {"DataType": "Colour", "StringValue": "x"},
                      {"DataType": "String", "StringValue": ""}):
            self.refused("ParameterValueInvalid", 400, publish, TopicArn=topic, Message="m",
                         MessageAttributes={"a": value})

    def test_a_batch_says_of_each_entry_what_became_of_it(self):
        topic = self.sns.create_topic(Name="batch")["TopicArn"]
        self.raw_hook(topic, "/ok/batch")
        answer = self.sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[
            {"Id": "a", "Message": "1"}, {"Id": "b", "Message": "2", "Subject": "x" * 101}, {"Id": "c", "Message": "3"}])
        self.assertEqual([each["Id"] for each in answer["Successful"]], ["a", "c"])
        [failed] = answer["Failed"]
        self.assertEqual((failed["Id"], failed["Code"], failed["SenderFault"]), ("b", "InvalidParameter", True))
        self.assertEqual(self.bodies("/ok/batch", 2), ["1", "3"])
        batch = self.sns.publish_batch
        twice = [{"Id": "a", "Message": "1"}, {"Id": "a", "Message": "2"}]
        self.refused("BatchEntryIdsNotDistinct", 400, batch, TopicArn=topic, PublishBatchRequestEntries=twice)
        eleven = [{"Id": str(i), "Message": "m"} for i in range(11)]
        self.refused("TooManyEntriesInBatchRequest", 400, batch, TopicArn=topic, PublishBatchRequestEntries=eleven)
        self.refused("EmptyBatchRequest", 400, batch, TopicArn=topic, PublishBatchRequestEntries=[])
        for wrong in ("a b", "ü", "x" * 81):
            self.refused("InvalidBatchEntryId", 400, batch, TopicArn=topic,
                         PublishBatchRequestEntries=[{"Id": wrong, "Message": "m"}])
        large = [{"Id": str(i), "Message": "m" * 131_073} for i in range(2)]
        self.refused("BatchRequestTooLong", 400, batch, TopicArn=topic, PublishBatchRequestEntries=large)
        self.assertEqual(len(batch(TopicArn=topic, PublishBatchRequestEntries=[
            {"Id": "A-b_9", "Message": "m" * 131_072}, {"Id": "2", "Message": "m" * 131_072}])["Successful"]), 2)

    def test_tags_of_a_topic(self):
        topic = self.sns.create_topic(Name="tagged", Tags=[{"Key": "a", "Value": "1"}])["TopicArn"]
        self.sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "3"}])
        self.assertEqual(self.sns.list_tags_for_resource(ResourceArn=topic)["Tags"],
                         [{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "3"}])
        self.sns.untag_resource(ResourceArn=topic, TagKeys=["a"])
        self.assertEqual(self.sns.list_tags_for_resource(ResourceArn=topic)["Tags"], [{"Key": "b", "Value": "3"}])
        self.refused("ResourceNotFound", 404, self.sns.list_tags_for_resource, ResourceArn=ARN + "none")

    def test_what_the_api_made_is_there_after_a_restart(self):
        daemon = self.own_daemon(rules=None).start()
        sns = sns_of(daemon)
        topic = sns.create_topic(Name="kept", Attributes={"DisplayName": "Kept"})["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")
        daemon.restart()
        sns = sns_of(daemon)
        self.assertEqual(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["DisplayName"], "Kept")
        self.assertEqual(len(sns.list_subscriptions()["Subscriptions"]), 1)

    def test_the_aws_cli(self):
        topic = self.daemon.aws("sns", "create-topic", "--name", "cli")["TopicArn"]
        self.raw_hook(topic, "/ok/cli")
        self.daemon.aws("sns", "publish", "--topic-arn", topic, "--message", "from the shell")
        self.assertEqual(self.bodies("/ok/cli", 1), ["from the shell"])
        self.assertIn("NotFound", self.daemon.aws("sns", "publish", "--topic-arn", ARN + "none", "--message", "m",
                                                  code=254))

    def test_a_web_page_cannot_make_a_browser_publish(self):
        topic = self.sns.create_topic(Name="browser")["TopicArn"]
        for action in ("Publish&Message=m", "DeleteTopic"):
            answer = self.daemon.http("GET", f"/?Action={action}&TopicArn={topic}")
            self.assertEqual(answer.status, 405)
            self.assertIn("POST", answer.body)
        self.assertIn({"TopicArn": topic}, self.sns.list_topics()["Topics"])
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": "http://evil.example"}
        self.assertEqual(self.daemon.http("POST", "/", f"Action=DeleteTopic&TopicArn={topic}", form).status, 403)

    def test_an_action_that_is_not_there_says_so(self):
        answer = self.daemon.http("POST", "/", "Action=CreatePlatformApplication&Version=2010-03-31",
                                  {"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(answer.status, 400)
        self.assertIn("CreatePlatformApplication is not supported", answer.body)


if __name__ == "__main__":
    unittest.main()
