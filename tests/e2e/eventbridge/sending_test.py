"""PutEvents across buses, and buses that send to buses."""

import json
import unittest

from eventbridge import ROLE, EventBridgeTest, bus_arn, fresh, rule_arn
from daemon import wait_until

ALL = {"version": ["0"]}


class SendingTest(EventBridgeTest):

    def test_an_event_meets_the_rules_of_its_bus_alone(self):
        bus = self.make_bus()
        rule = self.make_route(bus)
        self.delivered(self.put(rule, bus=bus))
        self.check_nothing_delivered(self.put(rule))

    def test_an_event_without_bus_goes_to_the_default_one(self):
        rule = self.make_route()
        entry = {"Source": rule, "DetailType": "t", "Detail": "{}"}
        self.delivered(self.events.put_events(Entries=[entry])["Entries"][0]["EventId"])

    def test_a_bus_by_its_arn(self):
        bus = self.make_bus()
        rule = self.make_route(bus)
        self.delivered(self.put(rule, bus=bus_arn(bus)))

    def test_one_call_for_several_buses(self):
        buses = [self.make_bus() for _ in range(3)]
        rules = [self.make_route(bus) for bus in buses]
        answer = self.events.put_events(Entries=[
            {"Source": rule, "DetailType": "t", "Detail": "{}", "EventBusName": bus}
            for rule, bus in zip(rules, buses)])
        for rule, entry in zip(rules, answer["Entries"]):
            self.assertEqual(json.loads(self.delivered(entry["EventId"]))["source"], rule)

    def test_a_bus_that_was_deleted_takes_nothing(self):
        bus = self.make_bus()
        self.events.delete_event_bus(Name=bus)
        self.check_nothing_delivered(self.put("any", bus=bus))

    def test_a_bus_that_does_not_exist(self):
        bus = self.make_bus()
        near = bus + "x"
        self.check_nothing_delivered(self.put("any", bus=near))
        self.put("any", bus=near)
        self.assertEqual(self.daemon.metric("waybill_events_unknown_bus_total", bus=near), 2)
        warning, *_ = [line for line in self.daemon.log().splitlines() if f"'{near}'" in line]
        self.assertIn(f"'{bus}'", warning, "the nearest bus")
        shown, = [each for each in json.loads(self.daemon.waybill("status", "--json"))["unknown_buses"]
                  if each.startswith(near + ":")]
        self.assertIn(": 2 events", shown)
        self.assertIn(bus, shown.split(":", 1)[1])
        self.assertIn(near, self.daemon.waybill("status"))

    def test_an_event_for_one_of_two_buses_that_exists(self):
        rule = self.make_route()
        answer = self.events.put_events(Entries=[
            {"Source": rule, "DetailType": "t", "Detail": "{}", "EventBusName": bus} for bus in ("nowhere", "default")])
        self.assertEqual((answer["FailedEntryCount"], [list(entry) for entry in answer["Entries"]]),
                         (0, [["EventId"], ["EventId"]]))
        self.delivered(answer["Entries"][1]["EventId"])


class BusToBusTest(EventBridgeTest):

    def forward(self, bus, to, source):
        """A rule that hands the events of a source to another bus; its name."""
        rule = self.make_rule(bus, pattern={"source": [source]})
        self.make_target(rule, bus, bus_arn(to), RoleArn=ROLE)
        return rule

    def record(self, bus, source):
        rule = self.make_rule(bus, pattern={"source": [source]})
        self.make_target(rule, bus)

    def test_an_event_stays_the_same_on_the_next_bus(self):
        first, second, source = self.make_bus(), self.make_bus(), fresh("source")
        self.forward(first, second, source)
        self.record(first, source)
        self.record(second, source)
        event_id = self.put(source, '{"n": 300.0}', first, Resources=["r"])
        wait_until(lambda: len(self.recordings(event_id)) == 2, what="the recordings of both buses")
        here, there = self.recordings(event_id)
        self.assertEqual(here, there)
        self.assertEqual(json.loads(there)["id"], event_id)

    def test_a_second_hop_is_refused(self):
        first, second, third, source = *(self.make_bus() for _ in range(3)), fresh("source")
        self.forward(first, second, source)
        rule = self.forward(second, third, source)
        self.record(second, source)
        self.record(third, source)
        event_id = self.put(source, bus=first)
        letter = self.dead_letter(event_id)
        self.assertEqual((letter["error_code"], letter["error_message"]), (
            "THIRD_ACCOUNT_HOP_DETECTED",
            f"Event ingestion rejected for event {event_id} because an event can be sent to an event bus target only "
            "once. This event was previously delivered to an event bus target."))
        self.assertEqual((letter["rule_arn"], letter["target_arn"], letter["attempts"]),
                         (rule_arn(rule, second), bus_arn(third), 1))
        self.daemon.wait_drained()
        self.assertEqual(len(self.recordings(event_id)), 1)

    def test_two_buses_that_send_to_each_other(self):
        first, second, source = self.make_bus(), self.make_bus(), fresh("source")
        self.forward(first, second, source)
        back = self.forward(second, first, source)
        event_id = self.put(source, bus=first)
        letter = self.dead_letter(event_id)
        self.assertEqual((letter["error_code"], letter["rule_arn"]),
                         ("THIRD_ACCOUNT_HOP_DETECTED", rule_arn(back, second)))
        self.daemon.wait_drained()

    def test_a_bus_that_does_not_exist(self):
        bus, source = self.make_bus(), fresh("source")
        self.forward(bus, "nowhere", source)
        letter = self.dead_letter(self.put(source, bus=bus))
        self.assertEqual(letter["target_arn"], bus_arn("nowhere"))

    def test_what_another_bus_is_sent_is_archived_there(self):
        first, second, source, archive = self.make_bus(), self.make_bus(), fresh("source"), fresh("archive")
        self.events.create_archive(ArchiveName=archive, EventSourceArn=bus_arn(second))
        self.forward(first, second, source)
        self.put(source, bus=first)
        wait_until(lambda: self.events.describe_archive(ArchiveName=archive)["EventCount"] == 1, what="the event")


if __name__ == "__main__":
    unittest.main()
