"""Deliveries to API destinations: a real HTTPS server that answers well, throttles, fails, hangs, redirects, resets."""

import base64
import json
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from daemon import Daemon, DaemonTest, wait_until  # noqa: E402  pylint: disable=C0413
from https_peer import HttpsPeer  # noqa: E402  pylint: disable=C0413

ROLE = "arn:aws:iam::000000000000:role/events"
QUICK = ("--set", "retry.base=20ms", "--set", "retry.cap=40ms")


DECLARED = """
Resources:
  Connection:
    Type: AWS::Events::Connection
    Properties:
      Name: declared
      AuthorizationType: BASIC
      AuthParameters: {BasicAuthParameters: {Username: u, Password: p}}
  Destination:
    Type: AWS::Events::ApiDestination
    Properties:
      Name: declared
      ConnectionArn: !GetAtt Connection.Arn
      InvocationEndpoint: %s
      HttpMethod: POST
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [declared]}
      Targets: [{Id: "1", Arn: !GetAtt Destination.Arn, RoleArn: "arn:aws:iam::000000000000:role/events"}]
Outputs:
  Connection: {Value: !GetAtt Connection.Arn}
  Destination: {Value: !GetAtt Destination.Arn}
"""


class ApiDestinationTest(DaemonTest):
    @classmethod
    def setUpClass(cls):
        cls.peer = HttpsPeer()
        cls.addClassCleanup(cls.peer.close)
        cls.daemon = Daemon(*QUICK, "--set", f"outbound.ca_file={cls.peer.ca}", rules=None).start()
        cls.addClassCleanup(cls.daemon.remove)
        cls.events = cls.daemon.boto()
        cls.connection = cls.events.create_connection(
            Name="keyed", AuthorizationType="API_KEY",
            AuthParameters={"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "secret-1"}})["ConnectionArn"]

    def target(self, name, path, retries=3, connection=None, method="POST", **more):
        """A rule for the source `name` with one target: an API destination at the path."""
        arn = self.events.create_api_destination(
            Name=name, ConnectionArn=connection or self.connection, InvocationEndpoint=self.peer.url(path),
            HttpMethod=method, InvocationRateLimitPerSecond=300)["ApiDestinationArn"]
        self.events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
        self.events.put_targets(Rule=name, Targets=[
            {"Id": "1", "Arn": arn, "RoleArn": ROLE, "RetryPolicy": {"MaximumRetryAttempts": retries}, **more}])
        return arn

    def send(self, name, detail=None):
        entry = {"Source": name, "DetailType": "t", "Detail": json.dumps(detail or {"n": 1})}
        self.assertEqual(self.events.put_events(Entries=[entry])["FailedEntryCount"], 0)

    def letters(self, arn):
        return self.daemon.http("GET", f"/_waybill/dead-letters?target={arn}").json()["dead_letters"]

    def letter(self, arn):
        """The one dead letter of the destination."""
        found = wait_until(lambda: self.letters(arn), 20)
        self.assertEqual(len(found), 1)
        return found[0]

    def no_letter(self, arn):
        self.assertEqual(self.letters(arn), [])

    def test_the_event_arrives_once_with_the_key_of_the_connection(self):
        arn = self.target("well", "/ok/well")
        self.send("well", {"order": 7})
        [request] = wait_until(lambda: self.peer.received("/ok/well"), 10)
        self.assertEqual(request.method, "POST")
        self.assertEqual(request.json()["detail"], {"order": 7})
        self.assertEqual(request.headers["X-Key"], "secret-1")
        self.assertEqual(request.headers["Content-Type"].split(";")[0], "application/json")
        self.no_letter(arn)

    def test_a_template_declares_connection_destination_and_rule(self):
        daemon = self.own_daemon(*QUICK, "--set", f"outbound.ca_file={self.peer.ca}")
        template = daemon.directory / "declared.yaml"
        template.write_text(DECLARED % self.peer.url("/ok/declared"))
        daemon.rules = template
        daemon.start()
        daemon.put({"Source": "declared", "DetailType": "t", "Detail": "{}"})
        [request] = wait_until(lambda: self.peer.received("/ok/declared"), 10)
        self.assertEqual(request.headers["Authorization"], "Basic " + base64.b64encode(b"u:p").decode())
        events = daemon.boto()
        self.addCleanup(events.close)
        connection = events.describe_connection(Name="declared")
        destination = events.describe_api_destination(Name="declared")
        self.assertEqual((connection["ConnectionState"], destination["ApiDestinationState"],
                          destination["ConnectionArn"]), ("AUTHORIZED", "ACTIVE", connection["ConnectionArn"]))
        outputs = json.loads(daemon.waybill("status", "--json"))["templates"][0]["outputs"]
        self.assertEqual(outputs, {"Connection": connection["ConnectionArn"],
                                   "Destination": destination["ApiDestinationArn"]})

    def test_http_parameters_of_the_target_are_filled_from_the_event(self):
        self.target("parts", "/ok/orders/*", HttpParameters={
            "PathParameterValues": ["$.detail.id"], "HeaderParameters": {"X-Kind": "order"},
            "QueryStringParameters": {"from": "$.source"}})
        self.send("parts", {"id": "A7"})
        [request] = wait_until(lambda: self.peer.received("/ok/orders/A7"), 10)
        self.assertEqual((request.headers["X-Kind"], request.query), ("order", {"from": "parts"}))

    def test_an_input_transformer_makes_the_body(self):
        self.target("shaped", "/ok/shaped", InputTransformer={
            "InputPathsMap": {"id": "$.detail.id"}, "InputTemplate": '{"order": <id>}'})
        self.send("shaped", {"id": "A7"})
        [request] = wait_until(lambda: self.peer.received("/ok/shaped"), 10)
        self.assertEqual(request.json(), {"order": "A7"})

    def test_basic_authorization(self):
        connection = self.events.create_connection(
            Name="basic", AuthorizationType="BASIC",
            AuthParameters={"BasicAuthParameters": {"Username": "user", "Password": "word"}})["ConnectionArn"]
        self.target("basic", "/ok/basic", connection=connection)
        self.send("basic")
        [request] = wait_until(lambda: self.peer.received("/ok/basic"), 10)
        self.assertEqual(request.headers["Authorization"], "Basic " + base64.b64encode(b"user:word").decode())

    def test_an_oauth_token_is_fetched_kept_and_fetched_anew_when_refused(self):
        connection = self.events.create_connection(
            Name="oauth", AuthorizationType="OAUTH_CLIENT_CREDENTIALS", AuthParameters={"OAuthParameters": {
                "ClientParameters": {"ClientID": "client", "ClientSecret": "secret"},
                "AuthorizationEndpoint": self.peer.url("/token"), "HttpMethod": "POST"}})["ConnectionArn"]
        arn = self.target("oauth", "/secured/a", connection=connection)
        for _ in range(2):
            self.send("oauth")
        wait_until(lambda: len(self.peer.received("/secured/a")) >= 2, 10)
        self.peer.expire_tokens()
        self.send("oauth")
        wait_until(lambda: len(self.peer.received("/secured/a")) >= 4, 10)
        self.no_letter(arn)

    def test_a_throttled_call_is_made_again_no_earlier_than_asked(self):
        arn = self.target("throttled", "/throttle/a")
        self.send("throttled")
        wait_until(lambda: len(self.peer.received("/throttle/a")) == 2, 15)
        first, second = self.peer.received("/throttle/a")
        # The daemon counts whole milliseconds.
        self.assertGreaterEqual(second.at - first.at, HttpsPeer.RETRY_AFTER - 0.002)
        self.no_letter(arn)

    def test_a_server_error_is_retried_until_retries_run_out(self):
        arn = self.target("failing", "/status/500", retries=2)
        self.send("failing")
        letter = self.letter(arn)
        self.assertEqual(len(self.peer.received("/status/500")), 3)
        self.assertEqual((letter["error_code"], letter["exhausted_retry_condition"]),
                         ("ERROR_FROM_TARGET", "MaximumRetryAttempts"))
        self.assertIn("500", letter["error_message"])

    def test_what_cannot_pass_is_not_retried(self):
        for name, path in (("gone", "/status/404"), ("moved", "/redirect/a")):
            with self.subTest(path):
                arn = self.target(name, path)
                self.send(name)
                letter = self.letter(arn)
                self.assertEqual(len(self.peer.received(path)), 1)
                self.assertEqual(letter.get("exhausted_retry_condition"), None)

    def test_a_reset_connection_is_retried(self):
        arn = self.target("reset", "/reset/a", retries=1)
        self.send("reset")
        letter = self.letter(arn)
        self.assertEqual(letter["attempts"], 2)

    def test_a_server_that_hangs_is_given_five_seconds_and_delays_nobody_else(self):
        arn = self.target("hanging", "/hang/a", retries=0)
        self.target("beside", "/ok/beside")
        self.send("hanging")
        wait_until(lambda: self.peer.received("/hang/a"), 10)
        self.send("beside")
        wait_until(lambda: self.peer.received("/ok/beside"), 3)
        self.assertEqual(self.letter(arn)["error_code"], "TIMEOUT")

    def test_a_destination_that_was_deleted_is_a_missing_resource(self):
        arn = self.target("deleted", "/ok/deleted")
        self.events.delete_api_destination(Name="deleted")
        self.send("deleted")
        self.assertEqual(self.letter(arn)["error_code"], "NO_RESOURCE")

    def test_a_secret_is_in_no_log_line(self):
        self.assertNotIn("secret-1", self.daemon.log())


if __name__ == "__main__":
    unittest.main()
