"""Notifications to web servers: real receivers that confirm, check signatures with openssl, fail, throttle and die."""

import base64
import json
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from daemon import Daemon, DaemonTest, wait_until  # noqa: E402  pylint: disable=C0413
from https_peer import HttpsPeer  # noqa: E402  pylint: disable=C0413

QUICK = json.dumps({"healthyRetryPolicy": {"numRetries": 2, "numNoDelayRetries": 2}})
SIGNED = {"Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
          "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")}


def sns_of(daemon):
    import boto3  # pylint: disable=import-outside-toplevel
    from botocore.config import Config  # pylint: disable=import-outside-toplevel
    return boto3.client("sns", endpoint_url=daemon.url, region_name="us-east-1", aws_access_key_id="waybill",
                        aws_secret_access_key="waybill", config=Config(retries={"max_attempts": 0}, proxies={}))


def fetch(url, data=None):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, data=data, timeout=20) as answer:
        return answer.read()


def is_signed(envelope):
    """As AWS documents it, with the openssl command and nothing but what the message names."""
    certificate = fetch(envelope["SigningCertURL"])
    text = "".join(f"{name}\n{envelope[name]}\n" for name in SIGNED[envelope["Type"]] if name in envelope)
    with tempfile.TemporaryDirectory() as folder:
        pem, key, signature = (Path(folder) / name for name in ("cert.pem", "key.pem", "signature"))
        pem.write_bytes(certificate)
        key.write_bytes(subprocess.run(["openssl", "x509", "-in", pem, "-pubkey", "-noout"], check=True,
                                       capture_output=True, timeout=20).stdout)
        signature.write_bytes(base64.b64decode(envelope["Signature"]))
        digest = "-sha256" if envelope["SignatureVersion"] == "2" else "-sha1"
        done = subprocess.run(["openssl", "dgst", digest, "-verify", key, "-signature", signature],
                              input=text.encode(), capture_output=True, timeout=20, check=False)
    return done.returncode == 0


class Receiver(HttpsPeer):
    """A web server that confirms its subscriptions where a test does not forbid it."""

    def __init__(self, **options):
        self.silent = set()  # paths that confirm nothing
        self.before_answer = {}  # by path: called with the request
        super().__init__(**options)

    def answer_to(self, request, handler):
        answer = super().answer_to(request, handler)
        if request.headers.get("x-amz-sns-message-type") == "SubscriptionConfirmation":
            if request.path not in self.silent:
                fetch(request.json()["SubscribeURL"])
            return 200, {}, ""
        act = self.before_answer.get(request.path)
        if act:
            act(request)
        return answer

    def notifications(self, path):
        return [each for each in self.received(path)
                if each.headers.get("x-amz-sns-message-type") != "SubscriptionConfirmation"]

    def requests_to_confirm(self, path):
        return [each for each in self.received(path)
                if each.headers.get("x-amz-sns-message-type") == "SubscriptionConfirmation"]


class WebhookTest(DaemonTest):
    @classmethod
    def setUpClass(cls):
        cls.peer = Receiver()
        cls.addClassCleanup(cls.peer.close)
        cls.plain = Receiver(secure=False)
        cls.addClassCleanup(cls.plain.close)
        cls.trust = ("--set", f"outbound.ca_file={cls.peer.ca}")
        cls.daemon = Daemon(*cls.trust, "--set", "topics.webhook_shapes=localhost=slack", rules=None).start()
        cls.addClassCleanup(cls.daemon.remove)
        cls.sns = sns_of(cls.daemon)

    def subscribe(self, name, path, wait=True, url=None, sns=None, topic_attributes=None, **attributes):
        """A topic of that name with one subscription, confirmed unless the receiver is silent; their ARNs."""
        sns = sns or self.sns
        topic = sns.create_topic(Name=name, Attributes=topic_attributes or {})["TopicArn"]
        url = url or self.peer.url(path)
        arn = sns.subscribe(TopicArn=topic, Protocol=url.split(":")[0], Endpoint=url, Attributes=attributes,
                            ReturnSubscriptionArn=True)["SubscriptionArn"]
        if wait:
            wait_until(lambda: self.pending_confirmation(arn, sns) == "false", 10, "the confirmation")
        return topic, arn

    def pending_confirmation(self, arn, sns=None):
        return (sns or self.sns).get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["PendingConfirmation"]

    def one(self, path, limit=10):
        """The one notification at the path."""
        found = wait_until(lambda: self.peer.notifications(path), limit, f"a notification at {path}")
        self.assertEqual(len(found), 1)
        return found[0]

    def letter(self, arn, daemon=None):
        path = f"/_waybill/dead-letters?target={urllib.parse.quote(arn)}"
        found = wait_until(lambda: (daemon or self.daemon).http("GET", path).json()["dead_letters"], 20, "a dead letter")
        self.assertEqual(len(found), 1)
        return found[0]

    def test_a_receiver_is_told_nothing_before_it_visits_the_address_that_it_was_sent(self):
        self.peer.silent.add("/ok/shy")
        topic, arn = self.subscribe("shy", "/ok/shy", wait=False)
        [asked] = wait_until(lambda: self.peer.requests_to_confirm("/ok/shy"), 10)
        message = asked.json()
        self.assertEqual(message["Type"], "SubscriptionConfirmation")
        self.assertTrue(is_signed(message))
        self.assertNotIn("x-amz-sns-subscription-arn", asked.headers)
        self.sns.publish(TopicArn=topic, Message="too early")
        answer = fetch(message["SubscribeURL"]).decode()
        self.assertIn(f"<SubscriptionArn>{arn}</SubscriptionArn>", answer)
        self.assertIn("ConfirmSubscriptionResponse", answer)
        self.sns.publish(TopicArn=topic, Message="now")
        self.assertEqual(self.one("/ok/shy").json()["Message"], "now")

    def test_a_wrong_token_confirms_nothing(self):
        self.peer.silent.add("/ok/stranger")
        topic, arn = self.subscribe("stranger", "/ok/stranger", wait=False)
        with self.assertRaises(self.sns.exceptions.InvalidParameterException):
            self.sns.confirm_subscription(TopicArn=topic, Token="ab" * 64)
        self.assertEqual(self.pending_confirmation(arn), "true")

    def test_a_notification_has_the_form_and_the_headers_of_sns_and_a_signature_that_openssl_accepts(self):
        topic, arn = self.subscribe("plain", "/ok/plain")
        sent = self.sns.publish(TopicArn=topic, Subject="Grüße", Message='{"a": "ü"}\nsecond line',
                                MessageAttributes={"kind": {"DataType": "String", "StringValue": "x"}})
        request = self.one("/ok/plain")
        message = request.json()
        self.assertEqual(list(message), ["Type", "MessageId", "TopicArn", "Subject", "Message", "Timestamp",
                                         "SignatureVersion", "Signature", "SigningCertURL", "UnsubscribeURL",
                                         "MessageAttributes"])
        self.assertEqual(message["MessageId"], sent["MessageId"])
        self.assertEqual(message["Subject"], "Grüße")
        self.assertEqual(message["MessageAttributes"], {"kind": {"Type": "String", "Value": "x"}})
        self.assertEqual(message["SignatureVersion"], "1")
        self.assertEqual(
            {name: request.headers[name] for name in ("x-amz-sns-message-type", "x-amz-sns-message-id",
                                                      "x-amz-sns-topic-arn", "x-amz-sns-subscription-arn",
                                                      "Content-Type")},
            {"x-amz-sns-message-type": "Notification", "x-amz-sns-message-id": sent["MessageId"],
             "x-amz-sns-topic-arn": topic, "x-amz-sns-subscription-arn": arn,
             "Content-Type": "text/plain; charset=UTF-8"})
        self.assertRegex(request.headers["Idempotency-Key"], "^[0-9a-f]{32}$")
        self.assertTrue(is_signed(message))
        self.assertFalse(is_signed({**message, "Message": message["Message"] + " "}))

    def test_signature_version_2_is_sha256(self):
        topic, _ = self.subscribe("sha256", "/ok/sha256", topic_attributes={"SignatureVersion": "2"})
        self.sns.publish(TopicArn=topic, Message="text")
        message = self.one("/ok/sha256").json()
        self.assertEqual(message["SignatureVersion"], "2")
        self.assertTrue(is_signed(message))
        self.assertFalse(is_signed({**message, "SignatureVersion": "1"}))

    def test_only_the_owner_can_read_the_key_and_only_the_certificate_is_served(self):
        topic, _ = self.subscribe("key", "/ok/key")
        self.sns.publish(TopicArn=topic, Message="text")
        url = self.one("/ok/key").json()["SigningCertURL"]
        self.assertEqual((self.daemon.data / "notification-signing.pem").stat().st_mode & 0o777, 0o600)
        self.assertNotIn(b"PRIVATE", fetch(url))
        self.assertEqual(self.daemon.http("GET", "/SimpleNotificationService-00.pem").status, 404)

    def test_raw_delivery_is_the_message_itself(self):
        topic, _ = self.subscribe("raw", "/ok/raw", RawMessageDelivery="true")
        self.sns.publish(TopicArn=topic, Message="naked", Subject="not seen")
        request = self.one("/ok/raw")
        self.assertEqual(request.body, b"naked")
        self.assertEqual(request.headers["x-amz-sns-rawdelivery"], "true")

    def test_http_without_tls(self):
        topic, _ = self.subscribe("http", "/ok/http", url=self.plain.url("/ok/http"))
        self.sns.publish(TopicArn=topic, Message="text")
        [request] = wait_until(lambda: self.plain.notifications("/ok/http"), 10)
        self.assertTrue(is_signed(request.json()))

    def test_a_server_that_fails_is_tried_again_with_the_same_ids_and_then_there_is_a_dead_letter(self):
        topic, arn = self.subscribe("failing", "/status/500", DeliveryPolicy=QUICK)
        sent = self.sns.publish(TopicArn=topic, Message="text")
        letter = self.letter(arn)
        tries = self.peer.notifications("/status/500")
        self.assertEqual(len(tries), 3)
        self.assertEqual({each.headers["x-amz-sns-message-id"] for each in tries}, {sent["MessageId"]})
        self.assertEqual(len({each.headers["Idempotency-Key"] for each in tries}), 1)
        self.assertEqual(len({each.body for each in tries}), 1)
        self.assertEqual((letter["error_code"], letter["exhausted_retry_condition"], letter["attempts"]),
                         ("ERROR_FROM_TARGET", "MaximumRetryAttempts", 3))

    def test_what_cannot_pass_is_not_tried_again(self):
        for name, path, words in (("gone", "/status/410", "status 410"), ("moved", "/redirect/x", "not followed")):
            with self.subTest(path):
                topic, arn = self.subscribe(name, path, DeliveryPolicy=QUICK)
                self.sns.publish(TopicArn=topic, Message="text")
                self.assertIn(words, self.letter(arn)["error_message"])
                self.assertEqual(len(self.peer.notifications(path)), 1)

    def test_a_throttled_notification_waits_as_long_as_the_server_asks(self):
        topic, _ = self.subscribe("throttled", "/ok/throttled", DeliveryPolicy=QUICK)
        self.peer.answer_next("/ok/throttled", (429, {"Retry-After": "1"}, "slow down"))
        self.sns.publish(TopicArn=topic, Message="text")
        first, second = wait_until(lambda: len(self.peer.notifications("/ok/throttled")) == 2 and
                                   self.peer.notifications("/ok/throttled"), 15)
        self.assertGreaterEqual(second.at - first.at, 0.998)  # the daemon counts whole milliseconds

    def test_a_delay_of_the_policy_is_kept(self):
        slow = json.dumps({"healthyRetryPolicy": {"numRetries": 1, "minDelayTarget": 1, "maxDelayTarget": 1}})
        topic, _ = self.subscribe("delayed", "/ok/delayed", DeliveryPolicy=slow)
        self.peer.answer_next("/ok/delayed", 500)
        self.sns.publish(TopicArn=topic, Message="text")
        first, second = wait_until(lambda: len(self.peer.notifications("/ok/delayed")) == 2 and
                                   self.peer.notifications("/ok/delayed"), 15)
        self.assertGreaterEqual(second.at - first.at, 0.998)  # the daemon counts whole milliseconds

    def test_filter_policies_on_attributes_and_on_the_body(self):
        topic, by_attribute = self.subscribe("filtered", "/ok/attributes", FilterPolicy=json.dumps(
            {"price": [{"numeric": [">=", 100]}], "store": [{"anything-but": "b"}]}))
        self.subscribe("filtered", "/ok/body", FilterPolicyScope="MessageBody",
                       FilterPolicy=json.dumps({"order": {"state": [{"prefix": "pa"}]}}))

        def publish(price, store, state):
            self.sns.publish(TopicArn=topic, Message=json.dumps({"order": {"state": state}}), MessageAttributes={
                "price": {"DataType": "Number", "StringValue": str(price)},
                "store": {"DataType": "String", "StringValue": store}})

        publish(99, "a", "paid")
        publish(100, "b", "new")
        publish(100, "a", "parked")
        wait_until(lambda: len(self.peer.notifications("/ok/body")) == 2, 10)
        self.assertEqual(json.loads(self.one("/ok/attributes").json()["Message"]), {"order": {"state": "parked"}})
        self.assertEqual(self.daemon.metric("waybill_notifications_filtered_total", subscription=by_attribute), 2)
        with self.assertRaisesRegex(self.sns.exceptions.InvalidParameterException, "FilterPolicy"):
            self.sns.set_subscription_attributes(SubscriptionArn=by_attribute, AttributeName="FilterPolicy",
                                                 AttributeValue='{"a": "b"}')

    def test_the_address_in_a_notification_ends_its_subscription(self):
        topic, arn = self.subscribe("leaving", "/ok/leaving")
        self.sns.publish(TopicArn=topic, Message="text")
        fetch(self.one("/ok/leaving").json()["UnsubscribeURL"])
        self.assertEqual(self.sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"], [])
        with self.assertRaises(self.sns.exceptions.NotFoundException):
            self.sns.get_subscription_attributes(SubscriptionArn=arn)

    def test_a_receiver_shaped_like_slack_needs_no_confirmation(self):
        url = f"https://localhost:{self.peer.port}/ok/slack"
        topic, _ = self.subscribe("slack", "/ok/slack", url=url)
        self.sns.publish(TopicArn=topic, Subject="INFO: <done>", Message="a & b")
        self.assertEqual(self.one("/ok/slack").json(), {"text": "*INFO: &lt;done&gt;*\na &amp; b"})

    def test_a_daemon_that_dies_before_it_hears_the_answer_sends_the_same_ids_again(self):
        daemon = self.own_daemon(*self.trust, rules=None).start()
        sns = sns_of(daemon)
        topic, _ = self.subscribe("killed", "/ok/killed", sns=sns)
        killed = []

        def kill(_request):
            if not killed:
                killed.append(True)
                daemon.kill()

        self.peer.before_answer["/ok/killed"] = kill
        sent = sns.publish(TopicArn=topic, Message="text")
        wait_until(lambda: killed and daemon.process is None, 10, "the kill")
        daemon.start()
        first, second = wait_until(lambda: len(self.peer.notifications("/ok/killed")) == 2 and
                                   self.peer.notifications("/ok/killed"), 15)
        for name in ("x-amz-sns-message-id", "Idempotency-Key"):
            self.assertEqual(first.headers[name], second.headers[name])
        self.assertEqual(first.headers["x-amz-sns-message-id"], sent["MessageId"])
        wait_until(lambda: daemon.pending("subscription ") == 0, 10, "the delivery done")
        self.assertEqual(len(self.peer.notifications("/ok/killed")), 2)

    def test_a_confirmation_outlives_restarts_and_templates_that_are_loaded_anew(self):
        daemon = self.own_daemon(*self.trust, rules=None)
        template = {"Resources": {
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "declared"}},
            "Hook": {"Type": "AWS::SNS::Subscription", "Properties": {
                "TopicArn": {"Ref": "Topic"}, "Protocol": "https", "Endpoint": self.peer.url("/ok/declared")}}}}
        daemon.rules = daemon.directory / "hook.json"
        daemon.rules.write_text(json.dumps(template))
        daemon.start()
        wait_until(lambda: self.peer.requests_to_confirm("/ok/declared"), 10)
        sns = sns_of(daemon)
        [listed] = sns.list_subscriptions()["Subscriptions"]
        arn = wait_until(lambda: sns.list_subscriptions()["Subscriptions"][0]["SubscriptionArn"].startswith("arn:") and
                         sns.list_subscriptions()["Subscriptions"][0]["SubscriptionArn"], 10)
        template["Resources"]["Hook"]["Properties"]["RawMessageDelivery"] = True
        daemon.rules.write_text(json.dumps(template))
        daemon.restart()
        sns = sns_of(daemon)
        self.assertEqual(self.pending_confirmation(arn, sns), "false")
        sns.publish(TopicArn=listed["TopicArn"], Message="naked")
        self.assertEqual(self.one("/ok/declared").body, b"naked")
        self.assertEqual(len(self.peer.requests_to_confirm("/ok/declared")), 1)

    def test_a_redrive_policy_sends_dead_letters_on(self):
        daemon = self.own_daemon(*self.trust, "--set", "topics.confirm=never", rules=None)
        topic = "arn:aws:sns:us-east-1:000000000000:"
        daemon.rules = daemon.directory / "redrive.json"
        daemon.rules.write_text(json.dumps({"Resources": {
            "Orders": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "orders"}},
            "Lost": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "lost"}},
            "ToShop": {"Type": "AWS::SNS::Subscription", "Properties": {
                "TopicArn": {"Ref": "Orders"}, "Protocol": "https", "Endpoint": self.peer.url("/status/501"),
                "DeliveryPolicy": {"healthyRetryPolicy": {"numRetries": 1, "numNoDelayRetries": 1}},
                "RedrivePolicy": {"deadLetterTargetArn": {"Ref": "Lost"}}}},
            "ToUs": {"Type": "AWS::SNS::Subscription", "Properties": {
                "TopicArn": {"Ref": "Lost"}, "Protocol": "https", "Endpoint": self.peer.url("/ok/lost")}}}}))
        daemon.start()
        sent = sns_of(daemon).publish(TopicArn=topic + "orders", Message="text")
        lost = self.one("/ok/lost").json()
        self.assertEqual(json.loads(lost["Message"])["MessageId"], sent["MessageId"])
        facts = {name: fact["Value"] for name, fact in lost["MessageAttributes"].items()}
        self.assertEqual((facts["ERROR_CODE"], facts["EXHAUSTED_RETRY_CONDITION"], facts["RETRY_ATTEMPTS"]),
                         ("ERROR_FROM_TARGET", "MaximumRetryAttempts", "1"))
        self.assertTrue(facts["TARGET_ARN"].startswith(topic + "orders:"))
        self.assertNotIn("RULE_ARN", facts)

    def test_a_function_gets_the_event_that_sns_gives_it_and_a_queue_is_not_there(self):
        daemon = self.own_daemon("--set", "retry.base=50ms").start()
        sns = sns_of(daemon)
        topic = sns.create_topic(Name="called")["TopicArn"]
        place = ":us-east-1:000000000000:"
        called = sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=f"arn:aws:lambda{place}function:"
                               "logistics-shipment-processor-dev")["SubscriptionArn"]
        queue = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs{place}q")["SubscriptionArn"]
        sent = sns.publish(TopicArn=topic, Message="text", Subject="S")
        # The function does not understand the event, and keeps what it got.
        event = wait_until(lambda: daemon.items("logistics-error-events-dev"), 10)[0]["event"]
        [record] = event["Records"]
        self.assertEqual((record["EventSource"], record["EventSubscriptionArn"]), ("aws:sns", called))
        self.assertEqual((record["Sns"]["MessageId"], record["Sns"]["Message"], record["Sns"]["Subject"]),
                         (sent["MessageId"], "text", "S"))
        self.assertTrue({"SignatureVersion", "Signature", "SigningCertUrl", "UnsubscribeUrl"} <= set(record["Sns"]))
        self.assertEqual(self.letter(queue, daemon)["error_code"], "NO_RESOURCE")

    def test_addresses_that_receivers_are_given_are_those_of_the_public_url(self):
        daemon = self.own_daemon(*self.trust, "--set", "public_url=https://hooks.example/", rules=None).start()
        self.peer.silent.add("/ok/public")
        self.subscribe("public", "/ok/public", wait=False, sns=sns_of(daemon))
        [asked] = wait_until(lambda: self.peer.requests_to_confirm("/ok/public"), 10)
        self.assertTrue(asked.json()["SubscribeURL"].startswith("https://hooks.example/?Action=ConfirmSubscription&"))
        path = asked.json()["SigningCertURL"].removeprefix("https://hooks.example")
        self.assertEqual(daemon.http("GET", path, headers={"Host": "hooks.example"}).status, 200)

    def test_templates_that_sns_would_refuse_are_refused(self):
        wrong = {"FilterPolicy": ({"a": "b"}, '"a" must be an object or an array'),
                 "RedrivePolicy": ({"deadLetterTargetArn": "x"}, "must be the ARN of a queue, a table or a topic"),
                 "DeliveryPolicy": ({"healthyRetryPolicy": {"numRetries": 101}}, "numRetries must be a whole number")}
        for name, (value, words) in wrong.items():
            with self.subTest(name):
                daemon = self.own_daemon(rules=None)
                daemon.rules = daemon.directory / "wrong.json"
                daemon.rules.write_text(json.dumps({"Resources": {
                    "T": {"Type": "AWS::SNS::Topic"},
                    "S": {"Type": "AWS::SNS::Subscription", "Properties": {
                        "TopicArn": {"Ref": "T"}, "Protocol": "https", "Endpoint": "https://a.example", name: value}}}}))
                said = daemon.refused()
                self.assertIn(words, said)
                self.assertIn(f"S.{name}", said)


if __name__ == "__main__":
    unittest.main()
