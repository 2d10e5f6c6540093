"""The AWS CLI of Debian: what people have in their scripts. Each call costs a second, so these are few and long."""

import json
import unittest

from eventbridge import RECORDER, EventBridgeTest, bus_arn, rule_arn


class AwsCliTest(EventBridgeTest):

    def aws(self, *args, code=0):
        return self.daemon.aws("events", *args, code=code)

    def test_the_life_of_a_rule(self):
        self.assertEqual(self.aws("create-event-bus", "--name", "cli"), {"EventBusArn": bus_arn("cli")})
        answer = self.aws("put-rule", "--name", "r", "--event-bus-name", "cli", "--event-pattern",
                          '{"source":["cli"]}')
        self.assertEqual(answer, {"RuleArn": rule_arn("r", "cli")})
        answer = self.aws("put-targets", "--rule", "r", "--event-bus-name", "cli", "--targets", f"Id=1,Arn={RECORDER}")
        self.assertEqual(answer, {"FailedEntryCount": 0, "FailedEntries": []})
        answer = self.aws("put-events", "--entries", "EventBusName=cli,Source=cli,DetailType=t,Detail='{\"a\":1}'")
        self.assertEqual(json.loads(self.delivered(answer["Entries"][0]["EventId"]))["detail"], {"a": 1})
        said = self.aws("delete-rule", "--name", "r", "--event-bus-name", "cli", code=254)
        self.assertEqual(said.strip(), "An error occurred (ValidationException) when calling the DeleteRule operation: "
                                       "Rule can't be deleted since it has targets.")

    def test_a_pattern_that_is_refused(self):
        said = self.aws("put-rule", "--name", "bad", "--event-pattern", '{"int": 42}', code=254)
        self.assertEqual(said.strip(), "An error occurred (InvalidEventPatternException) when calling the PutRule "
                                       'operation: Event pattern is not valid. Reason: "int" must be an object or an '
                                       'array\n at [Source: (String)"{"int": 42}"; line: 1, column: 11]')

    def test_pages_are_put_together(self):
        for number in range(3):
            self.make_rule(Name=f"paged-{number}")
        listed = self.aws("list-rules", "--name-prefix", "paged-", "--page-size", "1")
        self.assertEqual([rule["Name"] for rule in listed["Rules"]], ["paged-0", "paged-1", "paged-2"])

    def test_times_are_read(self):
        self.events.create_archive(ArchiveName="cli-archive", EventSourceArn=bus_arn())
        shown = self.aws("describe-archive", "--archive-name", "cli-archive")
        self.assertRegex(shown["CreationTime"], r"^20\d\d-\d\d-\d\dT")
        self.assertEqual((shown["State"], shown["EventCount"]), ("ENABLED", 0))


if __name__ == "__main__":
    unittest.main()
