"""What a template owns may be changed through the API; it shows as drift, and a reload undoes it."""

import json
import signal
import unittest

from eventbridge import RECORDER, SECOND_RECORDER, EventBridgeTest, rule_arn
from daemon import wait_until

BUS, RULE = "template-bus", "template-rule"
NAMED = {"Name": RULE, "EventBusName": BUS}


class DriftTest(EventBridgeTest):

    def tearDown(self):
        self.reload()
        self.assertEqual(self.drift(), [])
        super().tearDown()

    def drift(self):
        return json.loads(self.daemon.waybill("status", "--json"))["drift"]

    def reload(self):
        seen = self.daemon.log().count("templates: 1")
        self.daemon.signal(signal.SIGHUP)
        wait_until(lambda: self.daemon.log().count("templates: 1") > seen, what="the reload")

    def check_drifted(self, *words):
        """Status and check say the same one thing, which has these words."""
        drifted, = self.drift()
        for word in words:
            self.assertIn(word, drifted)
        self.assertIn(f"drift: {drifted}", self.daemon.waybill("check", "--endpoint", self.daemon.url))
        self.assertIn(drifted, self.daemon.waybill("status"))

    def sent(self):
        return self.put("template.source", bus=BUS)

    def test_without_a_change_there_is_no_drift(self):
        self.assertEqual(self.drift(), [])
        self.assertIn("0 drifted", self.daemon.waybill("check", "--endpoint", self.daemon.url))

    def test_a_rule_that_is_disabled(self):
        self.delivered(self.sent())
        self.events.disable_rule(**NAMED)
        self.check_nothing_delivered(self.sent())
        self.check_drifted(RULE, "changed")
        self.reload()
        self.assertEqual(self.events.describe_rule(**NAMED)["State"], "ENABLED")
        self.delivered(self.sent())

    def test_a_rule_with_another_pattern(self):
        before = self.events.describe_rule(**NAMED)["EventPattern"]
        self.events.put_rule(**NAMED, EventPattern='{"source": ["other"]}')
        self.check_drifted(RULE, "changed")
        self.check_nothing_delivered(self.sent())
        self.reload()
        self.assertEqual(self.events.describe_rule(**NAMED)["EventPattern"], before)
        self.delivered(self.sent())

    def test_a_target_more(self):
        self.events.put_targets(Rule=RULE, EventBusName=BUS, Targets=[{"Id": "second", "Arn": SECOND_RECORDER}])
        self.check_drifted(RULE)
        event_id = self.sent()
        wait_until(lambda: len(self.recordings(event_id)) == 2, what="two recordings")
        self.reload()
        targets = self.events.list_targets_by_rule(Rule=RULE, EventBusName=BUS)["Targets"]
        self.assertEqual([target["Arn"] for target in targets], [RECORDER])

    def test_a_rule_that_is_deleted(self):
        self.events.remove_targets(Rule=RULE, EventBusName=BUS, Ids=["recorder"])
        self.events.delete_rule(**NAMED)
        self.check_not_found(f"Rule {RULE} does not exist on EventBus {BUS}.", "describe_rule", **NAMED)
        self.check_drifted(RULE, "removed")
        self.check_nothing_delivered(self.sent())
        self.reload()
        self.assertEqual(self.events.describe_rule(**NAMED)["Arn"], rule_arn(RULE, BUS))
        self.delivered(self.sent())

    def test_a_change_that_is_taken_back_is_none(self):
        self.events.disable_rule(**NAMED)
        self.check_drifted(RULE)
        self.events.enable_rule(**NAMED)
        self.assertEqual(self.drift(), [])

    def test_drift_survives_a_kill(self):
        self.events.disable_rule(**NAMED)
        self.kill()
        self.check_drifted(RULE, "changed")
        self.assertEqual(self.events.describe_rule(**NAMED)["State"], "DISABLED")

    def test_what_the_api_made_is_no_drift_and_stays(self):
        rule = self.make_route(BUS)
        self.assertEqual(self.drift(), [])
        self.reload()
        self.delivered(self.put(rule, bus=BUS))


if __name__ == "__main__":
    unittest.main()
