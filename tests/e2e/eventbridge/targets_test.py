"""Targets: put, listed, replaced, removed; what an event becomes on its way to them."""

import json
import unittest

from eventbridge import (ACCOUNT, FAILING, FUNCTION, QUEUE, RECORDER, REGION, ROLE, SECOND_RECORDER, TOPIC,
                         EventBridgeTest, bus_arn, fresh, rule_arn)
from daemon import wait_until

NOTHING_FAILED = {"FailedEntryCount": 0, "FailedEntries": []}


class TargetsTest(EventBridgeTest):

    def put_targets(self, rule, *targets, bus="default"):
        self.check_answer(NOTHING_FAILED, "put_targets", Rule=rule, EventBusName=bus, Targets=list(targets))

    def check_targets(self, rule, *targets, bus="default"):
        self.check_answer({"Targets": list(targets)}, "list_targets_by_rule", Rule=rule, EventBusName=bus)

    # ---- what is stored and shown ----

    def test_what_was_put_is_listed_in_order_of_id(self):
        rule = self.make_rule()
        targets = [{"Id": name, "Arn": RECORDER} for name in ("b", "B", "a", "a.1")]
        self.put_targets(rule, *targets)
        self.check_targets(rule, *sorted(targets, key=lambda target: target["Id"]))

    def test_every_member_comes_back(self):
        rule = self.make_rule()
        queue = {"Id": "queue", "Arn": QUEUE + "q", "Input": '{"a": 1.0}',
                 "DeadLetterConfig": {"Arn": QUEUE + "letters"},
                 "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 600}}
        shaped = {"Id": "shaped", "Arn": RECORDER, "InputTransformer": {
            "InputPathsMap": {"n": "$.detail.n"}, "InputTemplate": '{"n": <n>}'}}
        stream = {"Id": "stream", "Arn": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/s", "RoleArn": ROLE,
                  "InputPath": "$.detail", "KinesisParameters": {"PartitionKeyPath": "$.id"}}
        fifo = {"Id": "z-fifo", "Arn": QUEUE + "q.fifo", "SqsParameters": {"MessageGroupId": "g"}}
        self.put_targets(rule, queue, shaped, stream, fifo)
        self.check_targets(rule, queue, shaped, stream, fifo)

    def test_a_target_of_a_known_id_is_replaced_whole(self):
        rule = self.make_rule()
        self.put_targets(rule, {"Id": "t", "Arn": RECORDER, "Input": "1", "RetryPolicy": {"MaximumRetryAttempts": 0}})
        self.put_targets(rule, {"Id": "t", "Arn": SECOND_RECORDER})
        self.check_targets(rule, {"Id": "t", "Arn": SECOND_RECORDER})

    def test_a_second_call_adds(self):
        rule = self.make_rule()
        first, second = {"Id": "1", "Arn": RECORDER}, {"Id": "2", "Arn": RECORDER}
        self.put_targets(rule, second)
        self.put_targets(rule, first)
        self.check_targets(rule, first, second)

    def test_a_rule_without_targets(self):
        self.check_targets(self.make_rule())

    def test_a_rule_of_another_bus(self):
        bus = self.make_bus()
        rule = self.make_rule(bus)
        self.put_targets(rule, {"Id": "t", "Arn": RECORDER}, bus=bus_arn(bus))
        self.check_targets(rule, {"Id": "t", "Arn": RECORDER}, bus=bus)

    def test_what_does_not_exist_is_accepted(self):
        rule = self.make_rule()
        targets = [{"Id": "1", "Arn": QUEUE + "nowhere"}, {"Id": "2", "Arn": FUNCTION + "nowhere"},
                   {"Id": "3", "Arn": TOPIC + "nowhere"}, {"Id": "4", "Arn": bus_arn("nowhere"), "RoleArn": ROLE},
                   {"Id": "5", "Arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:nowhere"}]
        self.put_targets(rule, *targets)
        self.check_targets(rule, *targets)

    # ---- removing ----

    def test_remove(self):
        rule = self.make_rule()
        self.put_targets(rule, *({"Id": name, "Arn": RECORDER} for name in "abc"))
        self.check_answer(NOTHING_FAILED, "remove_targets", Rule=rule, Ids=["c", "a"])
        self.check_targets(rule, {"Id": "b", "Arn": RECORDER})

    def test_remove_an_unknown_id_succeeds(self):
        rule = self.make_route()
        self.check_answer(NOTHING_FAILED, "remove_targets", Rule=rule, Ids=["nowhere"])
        self.check_targets(rule, {"Id": "t", "Arn": RECORDER})

    def test_what_is_removed_gets_nothing(self):
        rule = self.make_route()
        self.delivered(self.put(rule))
        self.events.remove_targets(Rule=rule, Ids=["t"])
        self.check_nothing_delivered(self.put(rule))

    # ---- asked from the target's side ----

    def test_the_rules_of_a_target_each_once_and_in_order(self):
        arn, bus = FUNCTION + fresh("asked"), self.make_bus()
        for rule in ("b", "a"):
            self.make_rule(bus, Name=rule)
            self.put_targets(rule, {"Id": "1", "Arn": arn}, {"Id": "2", "Arn": arn, "Input": "1"}, bus=bus)
        self.check_answer({"RuleNames": ["a", "b"]}, "list_rule_names_by_target", TargetArn=arn, EventBusName=bus)
        self.check_answer({"RuleNames": []}, "list_rule_names_by_target", TargetArn=arn)

    def test_the_rules_of_a_target_of_none(self):
        self.check_answer({"RuleNames": []}, "list_rule_names_by_target", TargetArn=FUNCTION + "of-no-rule")

    def test_the_rules_of_a_target_on_an_unknown_bus(self):
        self.check_not_found("Event bus nowhere does not exist.", "list_rule_names_by_target", TargetArn=RECORDER,
                             EventBusName="nowhere")

    # ---- delivering ----

    def test_the_event_that_a_target_gets(self):
        rule = self.make_route()
        event_id = self.put(rule, '{ "z": 300.0,\t"a": [3e2, "ü"] }', Resources=["r1", "r2"], Time=1000000000.9)
        self.assertEqual(self.delivered(event_id), (
            f'{{"version":"0","id":"{event_id}","detail-type":"t","source":"{rule}","account":"{ACCOUNT}",'
            f'"time":"2001-09-09T01:46:40Z","region":"{REGION}","resources":["r1","r2"],'
            '"detail":{"z":300.0,"a":[3e2,"ü"]}}'))

    def test_every_rule_and_every_target_delivers_by_itself(self):
        source = fresh("source")
        for _ in range(2):
            rule = self.make_rule(pattern={"source": [source]})
            self.put_targets(rule, {"Id": "1", "Arn": RECORDER}, {"Id": "2", "Arn": SECOND_RECORDER})
        event_id = self.put(source)
        wait_until(lambda: len(self.recorded_items(event_id)) == 4, what="four recordings")
        items = self.recorded_items(event_id)
        self.assertEqual(sorted(item["function"] for item in items), ["recorder"] * 2 + ["second-recorder"] * 2)
        self.assertEqual(len({item["body"] for item in items}), 1)

    def test_a_queue_that_does_not_exist_is_a_dead_letter(self):
        rule = self.make_route(arn=QUEUE + "nowhere")
        letter = self.dead_letter(self.put(rule))
        self.assertEqual((letter["error_code"], letter["attempts"]), ("NO_RESOURCE", 1), letter)
        self.assertEqual((letter["rule_arn"], letter["target_arn"]), (rule_arn(rule), QUEUE + "nowhere"))

    def test_a_function_that_does_not_exist_is_a_dead_letter(self):
        letter = self.dead_letter(self.put(self.make_route(arn=FUNCTION + "nowhere")))
        self.assertEqual(letter["error_code"], "NO_RESOURCE", letter)

    def test_one_target_that_fails_does_not_hold_up_the_other(self):
        rule = self.make_rule()
        self.put_targets(rule, {"Id": "bad", "Arn": QUEUE + "nowhere"}, {"Id": "good", "Arn": RECORDER})
        event_id = self.put(rule)
        self.assertEqual(json.loads(self.delivered(event_id))["id"], event_id)
        self.dead_letter(event_id)

    def test_no_retry_is_one_attempt(self):
        rule = self.make_route(arn=FAILING, RetryPolicy={"MaximumRetryAttempts": 0})
        letter = self.dead_letter(self.put(rule))
        self.assertEqual((letter["error_code"], letter["attempts"]), ("ERROR_FROM_TARGET", 1), letter)

    def test_two_retries_are_three_attempts(self):
        rule = self.make_route(arn=FAILING, RetryPolicy={"MaximumRetryAttempts": 2})
        letter = self.dead_letter(self.put(rule))
        self.assertEqual((letter["attempts"], letter["exhausted_retry_condition"]), (3, "MaximumRetryAttempts"), letter)


if __name__ == "__main__":
    unittest.main()
