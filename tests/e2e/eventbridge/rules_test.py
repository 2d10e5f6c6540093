"""Rules: put, described, listed, switched off and on, deleted."""

import json
import unittest

from eventbridge import (LIMIT_EXCEEDED, RECORDER, ROLE, ACCOUNT, EventBridgeTest, answer_of, bus_arn, fresh, rule_arn)

PATTERN = '{"source": ["a.b"],\n "detail": {"n": [1.0]}}'
NEITHER = "Parameter(s) EventPattern or ScheduleExpression must be specified."


class RulesTest(EventBridgeTest):

    # ---- what is stored and shown ----

    def test_put_on_the_default_bus(self):
        name = fresh("rule")
        self.check_answer({"RuleArn": rule_arn(name)}, "put_rule", Name=name, EventPattern=PATTERN)

    def test_put_on_another_bus(self):
        bus, name = self.make_bus(), fresh("rule")
        self.check_answer({"RuleArn": rule_arn(name, bus)}, "put_rule", Name=name, EventBusName=bus,
                          EventPattern=PATTERN)

    def test_the_bus_may_be_named_by_its_arn(self):
        bus, name = self.make_bus(), fresh("rule")
        self.check_answer({"RuleArn": rule_arn(name, bus)}, "put_rule", Name=name, EventBusName=bus_arn(bus),
                          EventPattern=PATTERN)
        self.assertEqual(self.events.describe_rule(Name=name, EventBusName=bus_arn(bus))["EventBusName"], bus)
        self.check_answer({}, "delete_rule", Name=name, EventBusName=bus_arn(bus))

    def test_describe_has_the_text_of_the_pattern_and_no_member_without_value(self):
        name = fresh("rule")
        self.events.put_rule(Name=name, EventPattern=PATTERN)
        self.check_answer({"Name": name, "Arn": rule_arn(name), "EventPattern": PATTERN, "State": "ENABLED",
                           "EventBusName": "default", "CreatedBy": ACCOUNT}, "describe_rule", Name=name)

    def test_describe_has_all_that_was_given(self):
        name, given = fresh("rule"), {"ScheduleExpression": "rate(5 minutes)", "EventPattern": PATTERN,
                                      "State": "DISABLED", "Description": "of a test", "RoleArn": ROLE}
        self.events.put_rule(Name=name, **given)
        self.check_answer({"Name": name, "Arn": rule_arn(name), "EventBusName": "default", "CreatedBy": ACCOUNT,
                           **given}, "describe_rule", Name=name)

    def test_a_list_leaves_out_who_created(self):
        bus = self.make_bus()
        name = self.make_rule(bus, Description="d")
        shown = answer_of(self.events.describe_rule, Name=name, EventBusName=bus)
        del shown["CreatedBy"]
        self.check_answer({"Rules": [shown]}, "list_rules", EventBusName=bus)

    def test_a_list_is_in_order_of_name_and_of_one_bus(self):
        bus = self.make_bus()
        for name in ("b", "a.1", "B", "a-1"):
            self.make_rule(bus, Name=name)
        self.assertEqual([rule["Name"] for rule in self.events.list_rules(EventBusName=bus)["Rules"]],
                         ["B", "a-1", "a.1", "b"])
        self.assertEqual([rule["Name"] for rule in self.events.list_rules(EventBusName=bus, NamePrefix="a")["Rules"]],
                         ["a-1", "a.1"])

    def test_two_buses_may_have_a_rule_of_one_name(self):
        first, second, name = self.make_bus(), self.make_bus(), fresh("rule")
        for bus in (first, second):
            self.make_rule(bus, Name=name, Description=bus)
        for bus in (first, second):
            self.assertEqual(self.events.describe_rule(Name=name, EventBusName=bus)["Description"], bus)

    def test_an_empty_text_that_was_given_comes_back(self):
        name = self.make_rule(Description="")
        self.assertEqual(self.events.describe_rule(Name=name)["Description"], "")

    # ---- replacing ----

    def test_put_again_clears_what_is_not_sent(self):
        name = self.make_rule(Description="d", RoleArn=ROLE, State="DISABLED")
        self.events.put_rule(Name=name, ScheduleExpression="rate(1 day)")
        self.check_answer({"Name": name, "Arn": rule_arn(name), "ScheduleExpression": "rate(1 day)",
                           "State": "ENABLED", "EventBusName": "default", "CreatedBy": ACCOUNT},
                          "describe_rule", Name=name)

    def test_put_again_keeps_the_targets(self):
        name = self.make_rule()
        target = self.make_target(name)
        self.events.put_rule(Name=name, EventPattern=PATTERN)
        self.check_answer({"Targets": [target]}, "list_targets_by_rule", Rule=name)

    def test_tags_are_taken_at_creation_only(self):
        name, first = fresh("rule"), [{"Key": "a", "Value": "1"}]
        self.events.put_rule(Name=name, EventPattern=PATTERN, Tags=first)
        self.events.put_rule(Name=name, EventPattern=PATTERN, Tags=[{"Key": "b", "Value": "2"}])
        self.check_answer({"Tags": first}, "list_tags_for_resource", ResourceARN=rule_arn(name))

    def test_a_change_that_is_refused_leaves_the_rule_as_it_was(self):
        name = self.make_rule(Description="d")
        before = answer_of(self.events.describe_rule, Name=name)
        self.check_refused("InvalidEventPatternException", None, "put_rule", Name=name, EventPattern='{"a": 1}')
        self.check_answer(before, "describe_rule", Name=name)

    # ---- switching ----

    def test_disable_and_enable(self):
        name = self.make_rule()
        self.check_answer({}, "disable_rule", Name=name)
        self.assertEqual(self.events.describe_rule(Name=name)["State"], "DISABLED")
        self.check_answer({}, "enable_rule", Name=name)
        self.assertEqual(self.events.describe_rule(Name=name)["State"], "ENABLED")

    def test_a_disabled_rule_delivers_nothing_and_an_enabled_one_again(self):
        rule = self.make_route()
        self.events.disable_rule(Name=rule)
        self.check_nothing_delivered(self.put(rule))
        self.events.enable_rule(Name=rule)
        self.delivered(self.put(rule))

    def test_a_rule_that_was_put_disabled_delivers_nothing(self):
        rule = self.make_rule(State="DISABLED")
        self.make_target(rule)
        self.check_nothing_delivered(self.put(rule))

    def test_a_change_takes_effect_on_the_next_event(self):
        rule = self.make_route()
        self.delivered(self.put(rule))
        self.events.put_rule(Name=rule, EventPattern=json.dumps({"source": [rule + ".new"]}))
        self.check_nothing_delivered(self.put(rule))
        self.delivered(self.put(rule + ".new"))

    # ---- deleting ----

    def test_delete(self):
        rule = self.make_rule()
        self.check_answer({}, "delete_rule", Name=rule)
        self.check_not_found(f"Rule {rule} does not exist on EventBus default.", "describe_rule", Name=rule)

    def test_delete_unknown_succeeds(self):
        self.check_answer({}, "delete_rule", Name="nowhere")

    def test_delete_with_targets(self):
        rule = self.make_route()
        self.check_not_valid("Rule can't be deleted since it has targets.", "delete_rule", Name=rule)
        self.delivered(self.put(rule))
        self.events.remove_targets(Rule=rule, Ids=["t"])
        self.check_answer({}, "delete_rule", Name=rule)
        self.check_nothing_delivered(self.put(rule))

    # ---- refused ----

    def test_neither_pattern_nor_schedule(self):
        self.check_not_valid(NEITHER, "put_rule", Name=fresh("rule"))

    def test_both_empty(self):
        self.check_not_valid(NEITHER, "put_rule", Name=fresh("rule"), EventPattern="", ScheduleExpression="")

    def test_a_pattern_over_2048_characters(self):
        name = fresh("rule")
        long, longest = (json.dumps({"source": ["a" * count]}) for count in (2048, 2048 - len('{"source": [""]}')))
        self.check_not_valid(f"Parameter EventPattern for rule {name} exceeds limit of 2048.", "put_rule", Name=name,
                             EventPattern=long)
        self.assertEqual(len(longest), 2048)
        self.check_answer({"RuleArn": rule_arn(name)}, "put_rule", Name=name, EventPattern=longest)

    def test_an_unknown_bus(self):
        for operation, members in (("put_rule", {"Name": "r", "EventPattern": PATTERN}), ("list_rules", {})):
            with self.subTest(operation):
                self.check_not_found("Event bus nowhere does not exist.", operation, EventBusName="nowhere", **members)

    def test_describe_unknown(self):
        self.check_not_found("Rule nowhere does not exist on EventBus default.", "describe_rule", Name="nowhere")

    def test_an_unknown_rule_of_another_bus(self):
        bus = self.make_bus()
        self.check_not_found(f"Rule nowhere does not exist on EventBus {bus}.", "describe_rule", Name="nowhere",
                             EventBusName=bus)

    def test_enable_unknown(self):
        self.check_not_found("Rule nowhere does not exist on EventBus default.", "enable_rule", Name="nowhere")

    def test_disable_unknown(self):
        self.check_not_found("Rule nowhere does not exist on EventBus default.", "disable_rule", Name="nowhere")

    def test_management_events_have_no_schedule(self):
        self.check_not_valid(None, "put_rule", Name=fresh("rule"), ScheduleExpression="rate(1 day)",
                             State="ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")


class QuotaTest(EventBridgeTest):
    flags = (*EventBridgeTest.flags, "--set", "limits.rules=2", "--set", "limits.event_buses=2",
             "--set", "limits.targets=1")

    def test_rules_of_a_bus(self):
        self.make_rule(Name="one")
        self.make_rule(Name="two")
        self.check_refused("LimitExceededException", LIMIT_EXCEEDED, "put_rule", Name="three", EventPattern=PATTERN)
        self.check_answer({"RuleArn": rule_arn("two")}, "put_rule", Name="two", EventPattern=PATTERN)
        self.events.delete_rule(Name="one")
        self.make_rule(Name="three")

    def test_buses_beside_those_of_templates(self):
        # The template's bus is the first.
        self.make_bus()
        self.check_refused("LimitExceededException", LIMIT_EXCEEDED, "create_event_bus", Name="one-too-many")

    def test_targets_of_a_rule(self):
        rule = self.make_rule("template-bus", Name="quota")
        self.make_target(rule, "template-bus")
        self.make_target(rule, "template-bus", Input="{}")
        self.check_refused("LimitExceededException", LIMIT_EXCEEDED, "put_targets", Rule=rule,
                           EventBusName="template-bus", Targets=[{"Id": "second", "Arn": RECORDER}])


if __name__ == "__main__":
    unittest.main()
