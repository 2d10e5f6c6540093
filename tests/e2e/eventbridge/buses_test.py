"""Event buses: made, described, listed, changed, deleted."""

import json
import time
import unittest

from eventbridge import QUEUE, TOPIC, EventBridgeTest, bus_arn, fresh


class BusesTest(EventBridgeTest):

    def test_create_answers_the_arn_and_nothing_else(self):
        name = fresh("bus")
        self.check_answer({"EventBusArn": bus_arn(name)}, "create_event_bus", Name=name)

    def test_create_answers_what_it_was_given(self):
        name, given = fresh("bus"), {
            "Description": "of a test", "KmsKeyIdentifier": "alias/events",
            "DeadLetterConfig": {"Arn": QUEUE + "letters"}, "LogConfig": {"IncludeDetail": "FULL", "Level": "ERROR"}}
        self.assertEqual(self.raw("CreateEventBus", Name=name, **given), {"EventBusArn": bus_arn(name), **given})
        shown = self.raw("DescribeEventBus", Name=name)
        self.assertEqual({member: shown[member] for member in given}, given)

    def test_describe_has_the_times_and_no_member_without_value(self):
        began = int(time.time())
        name = self.make_bus()
        shown = self.raw("DescribeEventBus", Name=name)
        self.assertEqual(shown, {"Name": name, "Arn": bus_arn(name), "CreationTime": shown["CreationTime"],
                                 "LastModifiedTime": shown["CreationTime"]})
        self.assertTrue(began <= shown["CreationTime"] <= time.time(), shown)

    def test_describe_without_a_name_is_the_default_bus(self):
        shown = self.events.describe_event_bus()
        self.assertEqual((shown["Name"], shown["Arn"]), ("default", bus_arn("default")))

    def test_describe_by_arn(self):
        name = self.make_bus()
        self.assertEqual(self.events.describe_event_bus(Name=bus_arn(name))["Name"], name)

    def test_list_shows_what_describe_shows_in_order_of_name(self):
        prefix = fresh("list")
        for ending in ("b", "a", "B"):
            self.events.create_event_bus(Name=f"{prefix}-{ending}")
        listed = self.raw("ListEventBuses", NamePrefix=prefix)["EventBuses"]
        self.assertEqual([bus["Name"] for bus in listed], [f"{prefix}-{ending}" for ending in ("B", "a", "b")])
        self.assertEqual(listed, [self.raw("DescribeEventBus", Name=bus["Name"]) for bus in listed])

    def test_the_prefix_of_a_list_is_exact_in_its_case(self):
        name = self.make_bus()
        self.check_answer({"EventBuses": []}, "list_event_buses", NamePrefix=name.upper())

    def test_the_default_bus_is_always_listed(self):
        names = [bus["Name"] for bus in self.events.list_event_buses()["EventBuses"]]
        self.assertEqual(names.count("default"), 1)

    def test_create_twice(self):
        name = self.make_bus()
        self.check_refused("ResourceAlreadyExistsException", f"Event bus {name} already exists.", "create_event_bus",
                           Name=name)

    def test_create_default(self):
        self.check_refused("ResourceAlreadyExistsException", "Event bus default already exists.", "create_event_bus",
                           Name="default")

    def test_a_name_with_a_slash_is_for_partners(self):
        self.check_not_valid("Event bus name must not contain '/'.", "create_event_bus", Name="a/b")

    def test_the_bus_of_an_event_source_has_its_name(self):
        self.check_not_valid("Event bus name must match event source name", "create_event_bus", Name="mine",
                             EventSourceName="aws.partner/example.com/mine")

    def test_an_event_source_that_does_not_exist(self):
        source = "aws.partner/example.com/mine"
        self.check_not_found(f"Event source {source} does not exist.", "create_event_bus", Name=source,
                             EventSourceName=source)

    def test_dead_letters_of_a_bus_go_to_a_queue(self):
        self.check_raw_refused("ValidationException", "sns is not supported as a dead letter resource",
                               "CreateEventBus",
                               {"Name": fresh("bus"), "DeadLetterConfig": {"Arn": TOPIC + "letters"}})

    def test_describe_unknown(self):
        self.check_not_found("Event bus nowhere does not exist.", "describe_event_bus", Name="nowhere")

    def test_update_unknown(self):
        self.check_raw_refused("ResourceNotFoundException", "Event bus nowhere does not exist.", "UpdateEventBus",
                               {"Name": "nowhere", "Description": "d"})

    def test_update_changes_what_is_given_and_the_time(self):
        name = self.make_bus()
        before = self.raw("DescribeEventBus", Name=name)
        answer = self.raw("UpdateEventBus", Name=name, Description="new")
        self.assertEqual(answer, {"Arn": bus_arn(name), "Name": name, "Description": "new"})
        after = self.raw("DescribeEventBus", Name=name)
        self.assertEqual(after["Description"], "new")
        self.assertEqual(after["CreationTime"], before["CreationTime"])
        self.assertGreater(after["LastModifiedTime"], before["LastModifiedTime"])

    def test_update_without_a_name_is_the_default_bus(self):
        answer = self.raw("UpdateEventBus", Description="where all begins")
        self.assertEqual((answer["Name"], answer["Arn"]), ("default", bus_arn("default")))
        self.assertEqual(self.raw("DescribeEventBus")["Description"], "where all begins")

    def test_delete_unknown_succeeds(self):
        self.check_answer({}, "delete_event_bus", Name="nowhere")

    def test_delete_default(self):
        self.check_not_valid("Cannot delete event bus default.", "delete_event_bus", Name="default")

    def test_delete_while_rules_exist(self):
        name = self.make_bus()
        rule = self.make_rule(name)
        self.check_not_valid("EventBus can't be deleted since it has rules.", "delete_event_bus", Name=name)
        self.events.delete_rule(Name=rule, EventBusName=name)
        self.check_answer({}, "delete_event_bus", Name=name)

    def test_what_is_deleted_is_gone(self):
        name = self.make_bus()
        self.events.delete_event_bus(Name=name)
        self.check_not_found(f"Event bus {name} does not exist.", "describe_event_bus", Name=name)
        self.check_answer({"EventBuses": []}, "list_event_buses", NamePrefix=name)

    def test_a_new_bus_of_an_old_name_is_without_tags_and_policy(self):
        name = self.make_bus(Tags=[{"Key": "a", "Value": "b"}])
        self.events.put_permission(EventBusName=name, Action="events:PutEvents", Principal="*", StatementId="s")
        self.events.delete_event_bus(Name=name)
        self.events.create_event_bus(Name=name)
        self.check_answer({"Tags": []}, "list_tags_for_resource", ResourceARN=bus_arn(name))
        self.assertNotIn("Policy", self.events.describe_event_bus(Name=name))

    def test_an_answer_has_the_headers_of_the_protocol(self):
        answer = self.daemon.call({"NamePrefix": "default"}, "AWSEvents.ListEventBuses")
        self.assertEqual(answer.headers["Content-Type"], "application/x-amz-json-1.1")
        self.assertTrue(answer.headers["x-amzn-RequestId"])
        self.assertEqual(len(json.loads(answer.body)["EventBuses"]), 1)


if __name__ == "__main__":
    unittest.main()
