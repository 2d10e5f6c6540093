"""Whose resources a client reaches: everybody's the same, or each account's and region's own."""

import json
import unittest

from eventbridge import EVENTS, EventBridgeTest, bus_arn

ELSEWHERE = {"region": "eu-west-1", "key": "123456789012"}
EVENTS_THERE = "arn:aws:events:eu-west-1:123456789012:"


class SingleTest(EventBridgeTest):
    """The default: a shell is rarely set to the region of the template."""

    def test_every_key_and_region_reaches_the_same_resources(self):
        bus = self.make_bus()
        other = self.client_of(self.daemon, **ELSEWHERE)
        self.assertEqual(other.describe_event_bus(Name=bus)["Arn"], bus_arn(bus))
        answer = other.put_rule(Name="from-elsewhere", EventBusName=bus, EventPattern='{"source": ["a"]}')
        self.assertEqual(answer["RuleArn"], f"{EVENTS}rule/{bus}/from-elsewhere")
        self.assertEqual(self.events.describe_rule(Name="from-elsewhere", EventBusName=bus)["State"], "ENABLED")

    def test_events_of_any_region_are_delivered(self):
        rule = self.make_route()
        other = self.client_of(self.daemon, **ELSEWHERE)
        body = json.loads(self.delivered(self.put(rule, client=other)))
        self.assertEqual((body["region"], body["account"]), ("us-east-1", "000000000000"))

    def test_a_request_without_signature(self):
        answer = self.raw("DescribeEventBus", Name="template-bus")
        self.assertEqual(answer["Arn"], bus_arn("template-bus"))


class ApartTest(EventBridgeTest):
    flags = (*EventBridgeTest.flags, "--set", "tenancy=aws")

    def test_a_bus_of_another_region(self):
        bus = self.make_bus()
        there = self.client_of(self.daemon, region="eu-west-1")
        self.check_refused("ResourceNotFoundException", f"Event bus {bus} does not exist.", "describe_event_bus",
                           client=there, Name=bus)
        self.assertEqual(there.create_event_bus(Name=bus)["EventBusArn"],
                         f"arn:aws:events:eu-west-1:000000000000:event-bus/{bus}")

    def test_a_key_of_twelve_digits_is_an_account(self):
        there = self.client_of(self.daemon, **ELSEWHERE)
        rule = there.put_rule(Name="theirs", EventPattern='{"source": ["a"]}')
        self.assertEqual(rule["RuleArn"], f"{EVENTS_THERE}rule/theirs")
        self.assertEqual(there.describe_rule(Name="theirs")["CreatedBy"], "123456789012")
        self.check_not_found("Rule theirs does not exist on EventBus default.", "describe_rule", Name="theirs")

    def test_every_account_and_region_has_a_default_bus(self):
        there = self.client_of(self.daemon, region="ap-south-1", key="210987654321")
        buses = there.list_event_buses()["EventBuses"]
        self.assertEqual([bus["Arn"] for bus in buses], ["arn:aws:events:ap-south-1:210987654321:event-bus/default"])

    def test_events_stay_in_their_region(self):
        rule = self.make_route()
        there = self.client_of(self.daemon, region="eu-west-1")
        self.check_nothing_delivered(self.put(rule, client=there))
        self.delivered(self.put(rule))

    def test_an_event_carries_its_account_and_region(self):
        there = self.client_of(self.daemon, **ELSEWHERE)
        there.put_rule(Name="carried", EventPattern='{"source": ["carried"]}')
        there.put_targets(Rule="carried", Targets=[{"Id": "t", "Arn": "arn:aws:sqs:eu-west-1:123456789012:nowhere"}])
        letter = self.dead_letter(self.put("carried", client=there))
        self.assertEqual(letter["rule_arn"], f"{EVENTS_THERE}rule/carried")
        payload = json.loads(self.daemon.waybill("dead-letters", "show", letter["id"]))["payload"]
        self.assertEqual((payload["account"], payload["region"]), ("123456789012", "eu-west-1"))

    def test_templates_belong_to_the_account_and_region_of_the_settings(self):
        self.assertEqual(self.events.describe_event_bus(Name="template-bus")["Arn"], bus_arn("template-bus"))
        there = self.client_of(self.daemon, region="eu-west-1")
        self.check_refused("ResourceNotFoundException", "Event bus template-bus does not exist.", "describe_event_bus",
                           client=there, Name="template-bus")

    def test_an_archive_of_a_bus_in_another_region(self):
        self.check_not_found("Event bus default does not exist.", "create_archive", ArchiveName="far",
                             EventSourceArn="arn:aws:events:eu-west-1:000000000000:event-bus/default")


if __name__ == "__main__":
    unittest.main()
