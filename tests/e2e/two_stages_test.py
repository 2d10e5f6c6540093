"""Retries in two stages, as on AWS: the rule hands over, the function's invocation has retries of its own."""

import json
import unittest
from daemon import RULES, DaemonTest, wait_until

BUS = "logistics-events-dev"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:logistics-shipment-processor-dev"
ERRORS = "logistics-error-events-dev"

# Beside the shipped template: the function is configured by another one.
CONFIG = {"Resources": {
    "Ends": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "ends"}},
    "Inbox": {"Type": "AWS::SNS::Subscription", "Properties": {
        "TopicArn": {"Ref": "Ends"}, "Protocol": "email", "Endpoint": "ops@example.com"}},
    "Config": {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": {
        "FunctionName": "logistics-shipment-processor-dev", "Qualifier": "$LATEST", "MaximumRetryAttempts": 1,
        "DestinationConfig": {"OnFailure": {"Destination": {"Ref": "Ends"}},
                              "OnSuccess": {"Destination": {"Ref": "Ends"}}}}}}}


class TwoStagesTest(DaemonTest):
    flags = ("--set", "clock=system")

    def virtual(self, *more, **options):
        return self.own_daemon("--set", "clock=virtual", "--set", "log.level=warn", *more, **options).start()

    def fails_at(self, daemon):
        """An event that its function cannot handle, by a rule that would retry it for a day."""
        events = daemon.boto()
        events.put_rule(Name="rehearsal", EventBusName=BUS, EventPattern=json.dumps({"source": ["rehearsal"]}))
        events.put_targets(Rule="rehearsal", EventBusName=BUS, Targets=[{"Id": "1", "Arn": FUNCTION}])
        return daemon.put_shipment({}, source="rehearsal")

    def advance(self, daemon, span):
        answer = daemon.http("POST", "/_waybill/clock", json.dumps({"advance": span}))
        self.assertEqual(answer.status, 200, answer)

    def failures(self, daemon, event_id):
        return [row for row in daemon.items(ERRORS) if "dead_letter" not in row and row["event"]["id"] == event_id]

    def letters(self, daemon):
        return daemon.lines("dead-letters", "list")

    def test_aws_retries_a_function_twice_after_one_minute_and_two(self):
        daemon = self.virtual("--set", "retries=aws")
        event_id = self.fails_at(daemon)
        wait_until(lambda: len(self.failures(daemon, event_id)) == 1, what="the first call")
        for span, calls in (("PT59S", 1), ("PT1S", 2), ("PT119S", 2), ("PT1S", 3), ("PT24H", 3)):
            self.advance(daemon, span)
            self.assertEqual(len(self.failures(daemon, event_id)), calls, span)
        letter, = self.letters(daemon)
        self.assertEqual((letter["attempts"], letter["exhausted_retry_condition"]), (3, "MaximumRetryAttempts"))
        self.assertEqual(letter["target_arn"], FUNCTION)
        self.assertFalse(letter.get("rule_arn"))

    def test_what_waits_for_its_second_stage_survives_a_kill(self):
        daemon = self.virtual("--set", "retries=aws")
        event_id = self.fails_at(daemon)
        wait_until(lambda: len(self.failures(daemon, event_id)) == 1, what="the first call")
        daemon.kill()
        daemon.start()
        self.advance(daemon, "PT10M")
        self.assertEqual(len(self.failures(daemon, event_id)), 3)
        self.assertEqual(len(self.letters(daemon)), 1)

    def test_a_dead_letter_of_the_second_stage_is_redriven_to_the_function(self):
        daemon = self.virtual("--set", "retries=aws")
        event_id = self.fails_at(daemon)
        wait_until(lambda: len(self.failures(daemon, event_id)) == 1, what="the first call")
        self.advance(daemon, "PT10M")
        letter, = self.letters(daemon)
        daemon.waybill("dead-letters", "redrive", str(letter["id"]))
        wait_until(lambda: len(self.failures(daemon, event_id)) == 4, what="the call of the redriven one")

    def test_a_configuration_switches_it_on_for_its_function_and_destinations_hear(self):
        daemon = self.virtual(rules=f"{RULES},{self.file(json.dumps(CONFIG), 'config.json')}")
        event_id = self.fails_at(daemon)
        wait_until(lambda: len(self.failures(daemon, event_id)) == 1, what="the first call")
        self.advance(daemon, "PT24H")
        self.assertEqual(len(self.failures(daemon, event_id)), 2)
        record, = [json.loads(each["notification"]["Message"]) for each in daemon.lines("notifications")
                   if each["notification"]["TopicArn"].endswith(":ends")]
        self.assertEqual(record["requestContext"]["condition"], "RetriesExhausted")
        self.assertEqual(record["requestContext"]["approximateInvokeCount"], 2)
        self.assertEqual(record["requestPayload"]["id"], event_id)
        self.assertEqual(record["responseContext"]["functionError"], "Unhandled")

    def test_by_default_there_is_one_stage(self):
        daemon = self.virtual("--set", "retry.base=1s", "--set", "retry.cap=1s")
        event_id = self.fails_at(daemon)
        self.advance(daemon, "PT24H")
        self.assertEqual(len(self.failures(daemon, event_id)), 186)

    def test_an_unknown_value_is_refused(self):
        daemon = self.own_daemon("--set", "retries=twice")
        self.assertIn("it must be one of single, aws", daemon.refused())


if __name__ == "__main__":
    unittest.main()
