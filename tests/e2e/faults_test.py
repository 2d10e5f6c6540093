"""Faults on request: what people rehearse with, on the daemon as it is shipped."""

import json
import time
import unittest
from datetime import datetime, timedelta

from daemon import SHORT_RETRIES, DaemonTest, wait_until
from https_peer import HttpsPeer

EVENTS, ERRORS = "logistics-shipment-events-dev", "logistics-error-events-dev"
BUS = "logistics-events-dev"
PROCESSOR = "arn:aws:lambda:us-east-1:000000000000:function:logistics-shipment-processor-dev"
ROLE = "arn:aws:iam::000000000000:role/events"
ALLOWED = ("--set", "allow_faults=true")
VIRTUAL = (*ALLOWED, "--set", "clock=virtual")
# Waits for the slow: one second, then it is a timeout.
TEMPLATE = """
Resources:
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: freight}}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: freight
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions:
        - {AttributeName: event_id, AttributeType: S}
        - {AttributeName: timestamp, AttributeType: N}
      KeySchema: [{AttributeName: event_id, KeyType: HASH}, {AttributeName: timestamp, KeyType: RANGE}]
  Function:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: freight
      Runtime: native
      Timeout: 1
      Handler: logistics.shipment_processor
      Environment: {Variables: {EVENTS_TABLE: !Ref Table, ERROR_TABLE: !Ref Table}}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      Name: freight
      EventBusName: !Ref Bus
      EventPattern: {source: [freight]}
      Targets: [{Id: function, Arn: !GetAtt Function.Arn, RetryPolicy: {MaximumRetryAttempts: 1}}]
"""


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


class FaultsTest(DaemonTest):
    flags = (*SHORT_RETRIES, *ALLOWED)

    def tearDown(self):
        self.daemon.http("DELETE", "/_waybill/faults")
        super().tearDown()

    def fault(self, daemon=None, answered=200, **spec):
        answer = (daemon or self.daemon).http("POST", "/_waybill/faults", json.dumps(spec))
        self.assertEqual(answer.status, answered, answer)
        return answer.json()

    def faults(self, daemon=None):
        return (daemon or self.daemon).http("GET", "/_waybill/faults").json()["faults"]

    def attempts(self, daemon, result, endpoint=PROCESSOR):
        return daemon.metric("waybill_delivery_attempts_total", endpoint=endpoint, result=result)

    def stored(self, daemon, event_id):
        return wait_until(lambda: daemon.items(EVENTS, event_id), what="the item")

    # ---- failing ----

    def test_it_fails_twice_and_is_delivered_then(self):
        failed, done = self.attempts(self.daemon, "failed"), self.attempts(self.daemon, "ok")
        touched = self.daemon.metric("waybill_faults_total", endpoint=PROCESSOR, kind="fail")
        made = self.fault(target="logistics-shipment-processor-dev", fail=2)
        self.assertEqual((made["left"], made["touches"]), (2, [PROCESSOR]))
        event_id = self.daemon.put_shipment({"shipment_id": "SHIP-1", "status": "pending"})
        self.stored(self.daemon, event_id)
        self.daemon.wait_drained()
        self.assertEqual(self.attempts(self.daemon, "failed"), failed + 2)
        self.assertEqual(self.attempts(self.daemon, "ok"), done + 1)
        self.assertEqual(self.faults(), [])
        self.assertEqual(self.daemon.metric("waybill_faults_total", endpoint=PROCESSOR, kind="fail"), touched + 2)
        self.assertIn("touches an attempt at " + PROCESSOR, self.daemon.log())
        # The handler was not called by the attempts that failed: it stored no errors.
        self.assertEqual([row for row in self.daemon.items(ERRORS) if row["event"]["id"] == event_id], [])

    def test_as_many_attempts_as_asked_for_over_many_events(self):
        self.fault(target=PROCESSOR, fail=7)
        failed = self.attempts(self.daemon, "failed")
        for number in range(20):
            self.daemon.put_shipment({"shipment_id": f"MANY-{number}", "status": "pending"})
        self.daemon.wait_drained()
        self.assertEqual(self.attempts(self.daemon, "failed"), failed + 7)
        self.assertEqual(self.faults(), [])

    def test_the_poison_ends_as_the_policy_says_and_the_count_tells_what_is_left(self):
        made = self.fault(target=PROCESSOR, fail=5, error_code="CONNECTION_FAILURE", message="the line is dead")
        event_id = self.daemon.put_shipment({"shipment_id": "POISON", "status": "pending"})  # two retries
        letter, = wait_until(lambda: self.daemon.lines("dead-letters", "list", "--filter", f"event={event_id}"),
                             what="the dead letter")
        self.assertEqual((letter["attempts"], letter["error_code"], letter["error_message"],
                          letter["exhausted_retry_condition"]),
                         (3, "CONNECTION_FAILURE", "the line is dead", "MaximumRetryAttempts"))
        left, = self.faults()
        self.assertEqual((left["id"], left["touched"], left["left"]), (made["id"], 3, 2))

    def test_a_permanent_failure_is_not_tried_again(self):
        self.fault(target=PROCESSOR, fail=1, error_code="NO_PERMISSIONS")
        event_id = self.daemon.put_shipment({"shipment_id": "DENIED", "status": "pending"})
        letter, = wait_until(lambda: self.daemon.lines("dead-letters", "list", "--filter", f"event={event_id}"),
                             what="the dead letter")
        self.assertEqual((letter["attempts"], letter["error_code"]), (1, "NO_PERMISSIONS"))
        self.assertNotIn("exhausted_retry_condition", letter)

    def test_a_rate_with_its_seed_touches_the_same_attempts_again(self):
        def run():
            daemon = self.own_daemon(*VIRTUAL, "--set", "delivery.workers=1").start()
            self.fault(daemon, target="logistics-*", rate=0.3, seed=11)
            for number in range(40):
                daemon.put_shipment({"shipment_id": f"SHIP-{number}", "status": "pending"})
            daemon.waybill("clock", "advance", "0s")
            return self.attempts(daemon, "failed")
        first = run()
        self.assertGreater(first, 3)
        self.assertLess(first, 25)
        self.assertEqual(run(), first)

    # ---- slow, and throttled ----

    def test_429_with_retry_after_is_honoured_to_the_second(self):
        daemon = self.own_daemon(*VIRTUAL).start()
        self.fault(daemon, target=PROCESSOR, status=429, retry_after="30s", count=2)
        began = moment(daemon.http("GET", "/_waybill/clock").json()["now"])
        event_id = daemon.put_shipment({"shipment_id": "SHIP-1", "status": "pending"})
        wait_until(lambda: self.attempts(daemon, "failed") == 1, what="the first attempt")
        daemon.waybill("clock", "advance", "29s")
        self.assertEqual(self.attempts(daemon, "failed"), 1)
        self.assertEqual(moment(daemon.http("GET", "/_waybill/clock").json()["next_due"]),
                         began + timedelta(seconds=30))
        daemon.waybill("clock", "advance", "1s")
        self.assertEqual(self.attempts(daemon, "failed"), 2)
        daemon.waybill("clock", "advance", "29s")
        self.assertEqual(self.attempts(daemon, "ok"), 0)
        daemon.waybill("clock", "advance", "1s")
        self.assertEqual(self.attempts(daemon, "ok"), 1)
        item, = daemon.items(EVENTS, event_id)
        self.assertEqual(item["shipment_id"], "SHIP-1")

    def test_a_slow_target_holds_up_no_other(self):
        self.fault(target=PROCESSOR, latency="3s", count=6)
        began = time.monotonic()
        slow = [self.daemon.put_shipment({"shipment_id": f"SLOW-{n}", "status": "pending"}) for n in range(6)]
        quick = self.daemon.put_shipment({"shipment_id": "QUICK", "status": "in_transit"}, "Shipment Status Updated")
        wait_until(lambda: self.daemon.items(EVENTS, quick), what="the item of the other function")
        self.assertEqual([self.daemon.items(EVENTS, each) for each in slow], [[]] * 6)
        for each in slow:
            self.stored(self.daemon, each)
        self.assertGreaterEqual(time.monotonic() - began, 3)

    def test_slower_than_its_timeout_it_is_one(self):
        folder = self.own_daemon(*VIRTUAL, rules=None)
        template = folder.directory / "freight.yaml"
        template.write_text(TEMPLATE)
        folder.flags += ["--rules", str(template)]
        daemon = folder.start()
        self.fault(daemon, target="freight", latency="20s", count=1)
        result = daemon.put({"Source": "freight", "DetailType": "t", "EventBusName": "freight",
                             "Detail": '{"shipment_id":"SHIP-1"}'})[0]
        began = time.monotonic()
        daemon.waybill("clock", "advance", "1m")  # waits for the attempt, which is real time
        self.assertLess(time.monotonic() - began, 10)
        item, = daemon.items("freight", result["EventId"])
        self.assertEqual(item["shipment_id"], "SHIP-1")
        arn = PROCESSOR.replace("logistics-shipment-processor-dev", "freight")
        self.assertEqual((self.attempts(daemon, "failed", arn), self.attempts(daemon, "ok", arn)), (1, 1))

    # ---- other targets ----

    def test_an_api_destination_is_not_called_while_it_fails(self):
        peer = HttpsPeer()
        self.addCleanup(peer.close)
        daemon = self.own_daemon(*VIRTUAL, "--set", f"outbound.ca_file={peer.ca}").start()
        events = daemon.boto()
        self.addCleanup(events.close)
        connection = events.create_connection(
            Name="keyed", AuthorizationType="API_KEY",
            AuthParameters={"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "1"}})["ConnectionArn"]
        arn = events.create_api_destination(Name="calls", ConnectionArn=connection, HttpMethod="POST",
                                            InvocationEndpoint=peer.url("/ok/calls"))["ApiDestinationArn"]
        events.put_rule(Name="calls", EventPattern='{"source":["calls"]}')
        events.put_targets(Rule="calls", Targets=[{"Id": "1", "Arn": arn,
                                                   "RoleArn": ROLE}])
        self.fault(daemon, target="calls", status=503, count=2)
        self.fault(daemon, target="calls", latency="100ms", count=1)
        daemon.put({"Source": "calls", "DetailType": "t", "Detail": "{}"})
        daemon.waybill("clock", "advance", "1h")
        self.assertEqual(len(peer.received("/ok/calls")), 1)
        self.assertEqual((self.attempts(daemon, "failed", arn), self.attempts(daemon, "ok", arn)), (2, 1))
        self.assertEqual(self.faults(daemon), [])

    def test_every_kind_of_target_can_fail(self):
        daemon = self.own_daemon(*VIRTUAL).start()
        events = daemon.boto()
        self.addCleanup(events.close)
        bus = events.create_event_bus(Name="next")["EventBusArn"]
        topic = "arn:aws:sns:us-east-1:000000000000:logistics-alerts-dev"
        events.put_rule(Name="all", EventPattern='{"source":["all"]}')
        events.put_targets(Rule="all", Targets=[{"Id": "bus", "Arn": bus, "RoleArn": ROLE}, {"Id": "topic", "Arn": topic}])
        touches = self.fault(daemon, target="*", fail=2, permanent=True)["touches"]
        self.assertIn(bus, touches)
        self.assertIn(topic, touches)
        daemon.put({"Source": "all", "DetailType": "t", "Detail": "{}"})
        daemon.waybill("clock", "advance", "1s")
        self.assertEqual({each["target_arn"] for each in daemon.lines("dead-letters", "list")}, {bus, topic})

    # ---- asking for them ----

    def test_where_they_are_not_allowed(self):
        daemon = self.own_daemon().start()
        for method, path, body in (("POST", "", '{"target":"x","fail":1}'), ("GET", "", None), ("DELETE", "", None),
                                   ("DELETE", "/1", None)):
            answer = daemon.http(method, "/_waybill/faults" + path, body)
            self.assertEqual(answer.status, 403)
            self.assertIn("allow_faults=true", answer.json()["message"])
        daemon.waybill("faults", "add", "x", "--fail", 1, code=1)

    def test_a_restart_ends_them(self):
        daemon = self.own_daemon(*ALLOWED).start()
        self.fault(daemon, target="*", fail=9)
        daemon.restart()
        self.assertEqual(self.faults(daemon), [])

    def test_what_makes_no_sense_is_refused_and_nothing_is_left_behind(self):
        for spec in ({}, {"target": "x"}, {"target": "x", "fail": 0}, {"target": "x", "fail": 1, "speed": 2},
                     {"target": "x", "status": 200}, {"target": "x", "latency": "P1M"}):
            self.assertEqual(self.fault(answered=400, **spec)["__type"], "ValidationException")
        self.assertEqual(self.daemon.http("POST", "/_waybill/faults", "fail").status, 400)
        self.assertEqual(self.faults(), [])
        self.assertEqual(self.daemon.http("DELETE", "/_waybill/faults/77").status, 404)
        self.assertEqual(self.daemon.http("DELETE", "/_waybill/faults?target=nobody").status, 404)
        self.assertEqual(self.daemon.http("DELETE", "/_waybill/faults?id=1").status, 400)

    def test_the_command_line(self):
        printed = self.daemon.waybill("faults", "add", "logistics-*", "--status", 429, "--retry-after", "30s",
                                      "--count", 2)
        self.assertRegex(printed, r"^fault \d+: status 429, retry after 30000ms\n")
        self.assertIn(PROCESSOR, printed)
        self.daemon.waybill("faults", "add", "nobody", "--latency", "2s")
        listed = self.daemon.waybill("faults")
        self.assertIn("logistics-*", listed)
        self.assertIn("latency after 2000ms", listed)
        self.assertEqual([each["target"] for each in self.daemon.lines("faults", "list")], ["logistics-*", "nobody"])
        self.assertEqual(self.daemon.waybill("faults", "clear", "nobody"), "cleared 1\n")
        self.daemon.waybill("faults", "clear", "nobody", code=1)
        self.daemon.waybill("faults", "clear", code=2)
        self.daemon.waybill("faults", "add", "x", code=1)
        self.assertEqual(self.daemon.waybill("faults", "clear", "--all"), "cleared 1\n")
        self.assertEqual(self.daemon.waybill("faults"), "no faults\n")


if __name__ == "__main__":
    unittest.main()
