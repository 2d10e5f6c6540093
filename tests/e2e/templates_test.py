"""Templates in a running daemon: names by parameter, what a restart keeps, reload, reset, and refusals to start."""

import json
import signal
import time
import unittest
from pathlib import Path

from daemon import ALLOW_RESET, RULES, SHORT_RETRIES, DaemonTest, wait_until

EVENTS = "logistics-shipment-events-dev"
TEMPLATE = RULES / "logistics-events.yaml"


class TemplatesTest(DaemonTest):
    """The shared daemon is not used: each test needs its own state. It only stays healthy."""

    def rules_copy(self, daemon):
        """The shipped template where a test may change it."""
        folder = daemon.directory / "rules"
        folder.mkdir()
        path = folder / TEMPLATE.name
        path.write_text(TEMPLATE.read_text())
        daemon.rules = folder
        return path

    def test_the_environment_ends_every_name(self):
        daemon = self.own_daemon(*SHORT_RETRIES, "--set", "parameters.Environment=stage").start()
        self.assertEqual(sorted(table["name"] for table in daemon.lines("tables")),
                         ["logistics-error-events-stage", "logistics-shipment-events-stage", "shipmentevents-stage"])
        event_id = daemon.put_shipment({"shipment_id": "S"}, EventBusName="logistics-events-stage")
        item, = wait_until(lambda: daemon.items("logistics-shipment-events-stage", event_id), what="the item")
        self.assertEqual(item["environment"], "stage")
        status = daemon.waybill("status", "--json")
        self.assertNotIn("-dev", status.replace(str(daemon.directory), ""))
        outputs = json.loads(status)["templates"][0]["outputs"]
        self.assertEqual(outputs["EventBusName"], "logistics-events-stage")
        self.assertEqual(outputs["AlertTopicArn"], "arn:aws:sns:us-east-1:000000000000:logistics-alerts-stage")
        daemon.put_shipment({"shipment_id": "S"})  # the bus of another environment
        self.assertEqual(daemon.metric("waybill_events_unknown_bus_total", bus="logistics-events-dev"), 1)
        self.assertEqual(json.loads(daemon.waybill("status", "--json"))["unknown_buses"],
                         ["logistics-events-dev: 1 events; the nearest bus is logistics-events-stage"])

    def test_a_restart_keeps_everything(self):
        daemon = self.own_daemon("--set", "retry.base=1h", "--set", "retry.cap=1h").start()
        good = daemon.put_shipment({"shipment_id": "KEEP"})
        daemon.put_shipment({"mark": "KEEP-ALERT"}, "Critical Error", "logistics.error")
        bad = daemon.put_shipment({})
        wait_until(lambda: daemon.items(EVENTS, good) and daemon.lines("notifications") and
                   daemon.items("logistics-error-events-dev"), what="what is kept")

        def seen():
            return [daemon.items(EVENTS), daemon.items("logistics-error-events-dev"), daemon.lines("notifications"),
                    daemon.lines("tables"), daemon.lines("dead-letters", "list"), daemon.pending()]
        before = seen()
        self.assertEqual(before[-1], 1, f"{bad} waits for its retry")
        daemon.restart()
        self.assertEqual(seen(), before)
        daemon.kill()
        daemon.start()
        self.assertEqual(seen(), before)

    def test_a_retry_due_while_the_daemon_was_down_comes_after_the_start(self):
        daemon = self.own_daemon("--set", "retry.base=300ms", "--set", "retry.cap=300ms").start()
        daemon.put_shipment({})
        wait_until(lambda: daemon.items("logistics-error-events-dev"), what="the first attempt")
        daemon.restart()
        letter, = wait_until(lambda: daemon.lines("dead-letters", "list"), what="the dead letter")
        self.assertEqual(letter["attempts"], 3)

    def test_sighup_reads_the_templates_again(self):
        daemon = self.own_daemon(*SHORT_RETRIES)
        path = self.rules_copy(daemon)
        daemon.start()
        kept = daemon.put_shipment({"shipment_id": "BEFORE"})
        wait_until(lambda: daemon.items(EVENTS, kept), what="the item")

        path.write_text(path.read_text().replace("detail-type: [Shipment Created]", "detail-type: [Shipment Born]"))
        daemon.signal(signal.SIGHUP)
        wait_until(lambda: daemon.log().count("templates: 1") >= 2, what="the reload")
        ignored = daemon.put_shipment({"shipment_id": "OLD"})
        born = daemon.put_shipment({"shipment_id": "NEW"}, "Shipment Born")
        wait_until(lambda: daemon.items(EVENTS, born), what="the item of the new pattern")
        self.assertEqual(daemon.items(EVENTS, ignored), [])
        self.assertEqual(len(daemon.items(EVENTS, kept)), 1)

    def test_a_reload_of_something_broken_changes_nothing(self):
        daemon = self.own_daemon(*SHORT_RETRIES)
        path = self.rules_copy(daemon)
        daemon.start()
        path.write_text(path.read_text().replace("source: [logistics.shipment]", "source: [{prefixx: a}]"))
        daemon.signal(signal.SIGHUP)
        wait_until(lambda: "the templates stay as they were" in daemon.log(), what="the refusal")
        event_id = daemon.put_shipment({"shipment_id": "STILL"})
        wait_until(lambda: daemon.items(EVENTS, event_id), what="the item")

    def test_reset_drops_everything_and_loads_the_templates(self):
        daemon = self.own_daemon(*SHORT_RETRIES, *ALLOW_RESET).start()
        event_id = daemon.put_shipment({"shipment_id": "GONE"})
        daemon.put_shipment({})
        wait_until(lambda: daemon.items(EVENTS, event_id) and daemon.lines("dead-letters", "list"), what="the data")
        began = time.monotonic()
        answer = daemon.http("POST", "/_waybill/reset")
        took = time.monotonic() - began
        self.assertEqual(answer.status, 200, answer)
        self.assertLess(took, 2)
        print(f"reset took {took * 1000:.1f} ms")
        self.assertEqual({table["items"] for table in daemon.lines("tables")}, {0})
        for verb in (("dead-letters", "list"), ("notifications",)):
            self.assertEqual(daemon.lines(*verb), [])
        self.assertEqual(daemon.pending(), 0)
        again = daemon.put_shipment({"shipment_id": "AGAIN"})
        wait_until(lambda: daemon.items(EVENTS, again), what="the item after the reset")
        daemon.restart()
        self.assertEqual([item["shipment_id"] for item in daemon.items(EVENTS)], ["AGAIN"])

    def test_a_reset_amid_deliveries_and_many_of_them(self):
        daemon = self.own_daemon(*SHORT_RETRIES, *ALLOW_RESET).start()
        for number in range(20):
            for detail in ({"shipment_id": "S"}, {}, {}):
                daemon.put_shipment(detail)
            self.assertEqual(daemon.http("POST", "/_waybill/reset").status, 200, number)
        daemon.wait_drained()
        self.assertEqual({table["items"] for table in daemon.lines("tables")}, {0})
        self.assertEqual(daemon.lines("dead-letters", "list"), [])
        event_id = daemon.put_shipment({"shipment_id": "LAST"})
        wait_until(lambda: daemon.items(EVENTS, event_id), what="the item")

    def test_reset_is_off_unless_allowed(self):
        event_id = self.daemon.put_shipment({"shipment_id": "SAFE"})
        wait_until(lambda: self.daemon.items(EVENTS, event_id), what="the item")
        answer = self.daemon.http("POST", "/_waybill/reset")
        self.assertEqual(answer.status, 403, answer)
        self.assertIn("allow_reset", answer.json()["message"])
        self.assertEqual(len(self.daemon.items(EVENTS, event_id)), 1)
        self.daemon.waybill("reset", code=1)

    def check_refused(self, old, new, *said):
        """A start with the template changed so ends with a text that has its file and all of these in it."""
        daemon = self.own_daemon()
        path = self.rules_copy(daemon)
        text = path.read_text()
        self.assertIn(old, text)
        path.write_text(text.replace(old, new, 1))
        log = daemon.refused()
        for each in (str(path), *said):
            self.assertIn(each, log)

    def test_a_wrong_template_refuses_the_start_and_says_where(self):
        for old, new, said in (
                ("Timeout: 30", "Timeuot: 30", ("ShipmentProcessor", "Timeuot", "Timeout")),
                ("Timeout: 30", "Timeout: 9000", ("ShipmentProcessor", "Timeout")),
                ("AWS::SNS::Topic\n", "AWS::SNS::Topick\n", ("AlertsTopic", "AWS::SNS::Topick")),
                ("!GetAtt StatusUpdater.Arn", "!GetAtt StatusUpdaterr.Arn", ("StatusUpdaterr",)),
                ("source: [logistics.shipment]", "source: [{prefix: 5}]", ("ShipmentCreateRule", "prefix")),
                ("Resources:", "Resources: [", (":51:",))):
            with self.subTest(new):
                self.check_refused(old, new, *said)

    def test_a_refused_start_leaves_the_data_as_it_is(self):
        daemon = self.own_daemon(*SHORT_RETRIES)
        path = self.rules_copy(daemon)
        good = path.read_text()
        daemon.start()
        event_id = daemon.put_shipment({"shipment_id": "S"})
        wait_until(lambda: daemon.items(EVENTS, event_id), what="the item")
        daemon.terminate()
        path.write_text(good.replace("AttributeType: N}", "AttributeType: S}"))  # another key: the items would not fit
        self.assertIn(EVENTS, daemon.refused())
        path.write_text(good)
        daemon.start()
        self.assertEqual(len(daemon.items(EVENTS, event_id)), 1)

    def test_tables_that_hold_items_go_only_where_a_setting_allows_it(self):
        daemon = self.own_daemon(*SHORT_RETRIES).start()
        event_id = daemon.put_shipment({"shipment_id": "S"})
        wait_until(lambda: daemon.items(EVENTS, event_id), what="the item")
        daemon.terminate()
        other = ("--set", "parameters.Environment=test")
        said = daemon.refused(*other)
        self.assertIn(f"{EVENTS} (1 items; in logistics-events, the template calls it "
                      "logistics-shipment-events-test now)", said)
        self.assertIn("templates.drop_tables", said)
        self.assertNotIn("logistics-error-events-dev (", said)  # it is empty
        daemon.start()
        self.assertEqual(len(daemon.items(EVENTS, event_id)), 1)
        daemon.terminate()
        daemon.start(*other, "--set", "templates.drop_tables=true")
        for said in (f"(AWS::DynamoDB::Table {EVENTS}): deleted, as the template calls it "
                     "logistics-shipment-events-test now, with its 1 items",
                     "(AWS::Events::EventBus logistics-events-dev): deleted"):
            wait_until(lambda text=said: text in daemon.log(), what=said)
        self.assertNotIn(EVENTS, [table["name"] for table in daemon.lines("tables")])

    def test_a_reload_that_would_delete_items_changes_nothing(self):
        daemon = self.own_daemon(*SHORT_RETRIES)
        path = self.rules_copy(daemon)
        daemon.start()
        event_id = daemon.put_shipment({"shipment_id": "S"})
        wait_until(lambda: daemon.items(EVENTS, event_id), what="the item")
        renamed = path.read_text().replace("logistics-shipment-events-${", "renamed-${")
        path.write_text(renamed)
        daemon.signal(signal.SIGHUP)
        wait_until(lambda: "the templates stay as they were: nothing was applied" in daemon.log(), what="the refusal")
        self.assertEqual(len(daemon.items(EVENTS, event_id)), 1)
        self.assertNotIn("renamed-dev", [table["name"] for table in daemon.lines("tables")])
        path.write_text(renamed.replace("    Type: AWS::DynamoDB::Table\n",
                                        "    Type: AWS::DynamoDB::Table\n    UpdateReplacePolicy: Retain\n"))
        daemon.signal(signal.SIGHUP)
        wait_until(lambda: f"{EVENTS}): kept" in daemon.log(), what="the reload")
        self.assertEqual(len(daemon.items(EVENTS, event_id)), 1)
        self.assertIn("renamed-dev", [table["name"] for table in daemon.lines("tables")])

    def test_a_file_that_is_renamed_tells_its_subscribers_once(self):
        daemon = self.own_daemon(*SHORT_RETRIES)
        daemon.rules = daemon.directory / "rules"
        daemon.rules.mkdir()
        one = daemon.rules / "one.yaml"
        one.write_text("""
Resources:
  T: {Type: AWS::SNS::Topic, Properties: {TopicName: news}}
  S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref T, Protocol: email, Endpoint: a@example.com}}
  R:
    Type: AWS::Events::Rule
    Properties: {Name: tell, EventPattern: {source: [x]}, Targets: [{Id: t, Arn: !Ref T}]}
""")
        daemon.start()
        one.rename(daemon.rules / "two.yaml")
        daemon.signal(signal.SIGHUP)
        wait_until(lambda: "two.yaml with 3 resources" in daemon.log(), what="the reload")
        wait_until(lambda: 'was the template "one"' in daemon.log(), what="the notice")
        self.assertIn("one: S (AWS::SNS::Subscription one/S): deleted", daemon.log())
        self.assertNotIn("no longer among the rules", daemon.waybill("status", "--json"))
        for _ in range(2):
            daemon.put_shipment({}, "news", "x", EventBusName="default")
        wait_until(lambda: len(daemon.lines("notifications")) >= 2, what="the notifications")
        daemon.restart()
        self.assertEqual(len(daemon.lines("notifications")), 2)

    def test_wrong_parameters_refuse_the_start(self):
        for flag, said in (("parameters.Environment=Dev Stage", "lower-case letters, digits and hyphens"),
                           ("parameters.AlertEmail=nobody", "an e-mail address"),
                           ("parameters.LogRetentionDays=2", "LogRetentionDays"),
                           ("parameters.Enviroment=x", "Enviroment")):
            with self.subTest(flag):
                self.assertIn(said, self.own_daemon("--set", flag).refused())

    def test_two_templates_that_claim_one_name(self):
        daemon = self.own_daemon()
        path = self.rules_copy(daemon)
        other = Path(path.parent / "other.json")
        other.write_text(json.dumps({"Resources": {"Mine": {
            "Type": "AWS::SNS::Topic", "Properties": {"TopicName": "logistics-alerts-dev"}}}}))
        log = daemon.refused()
        for each in ("logistics-alerts-dev", path.name, other.name):
            self.assertIn(each, log)

    def test_starting_once_without_rules_drops_nothing(self):
        daemon = self.own_daemon(*SHORT_RETRIES).start()
        event_id = daemon.put_shipment({"shipment_id": "S"})
        wait_until(lambda: daemon.items(EVENTS, event_id), what="the item")
        daemon.terminate()
        daemon.rules = None
        daemon.start()
        self.assertEqual(len(daemon.items(EVENTS, event_id)), 1)


if __name__ == "__main__":
    unittest.main()
