"""Requests that break the request model: all violations in one text, before anything is looked up."""

import json
import unittest

from eventbridge import RECORDER, EventBridgeTest, bus_arn, constraint, violations

PATTERN = "Member must satisfy regular expression pattern: "
NAME = PATTERN + r"[\.\-_A-Za-z0-9]+"
BUS_NAME = PATTERN + r"[/\.\-_A-Za-z0-9]+"
CONNECTION_ARN = PATTERN + (r"^arn:aws([a-z]|\-)*:events:([a-z]|\d|\-)*:([0-9]{12})?:connection\/"
                            r"[\.\-_A-Za-z0-9]+\/[\-A-Za-z0-9]+$")
SOURCE_ARN = PATTERN + r"^arn:aws([a-z]|\-)*:events:([a-z]|\d|\-)*:([0-9]{12})?:.+\/.+$"
ENUM = "Member must satisfy enum value set: "


def at_most(count):
    return f"Member must have length less than or equal to {count}"


def at_least(count):
    return f"Member must have length greater than or equal to {count}"


class RequestModelTest(EventBridgeTest):

    def check(self, operation, *each, **members):
        self.check_not_valid(violations(*each), operation, **members)

    def test_a_member_that_is_missing(self):
        self.check_raw_refused("ValidationException", "1 validation error detected: Value 'null' at 'name' failed to "
                               "satisfy constraint: Member must not be null", "CreateEventBus", {})

    def test_a_null_is_missing(self):
        self.check_raw_refused("ValidationException", "1 validation error detected: Value 'null' at 'name' failed to "
                               "satisfy constraint: Member must not be null", "DescribeRule", {"Name": None})

    def test_characters_of_a_rule_name(self):
        self.check("put_rule", constraint("a b", "name", NAME), Name="a b", EventPattern='{"a": [1]}')

    def test_characters_of_a_bus_name(self):
        self.check("create_event_bus", constraint("a b", "name", BUS_NAME), Name="a b")

    def test_an_empty_name_breaks_pattern_and_length(self):
        self.check("put_rule", constraint("", "name", NAME), constraint("", "name", at_least(1)), Name="")

    def test_lengths_of_names(self):
        for operation, member, most, more in (
                ("put_rule", "Name", 64, {"EventPattern": '{"a": [1]}'}), ("create_event_bus", "Name", 256, {}),
                ("describe_archive", "ArchiveName", 48, {}), ("describe_replay", "ReplayName", 64, {}),
                ("describe_connection", "Name", 64, {}), ("describe_api_destination", "Name", 64, {})):
            with self.subTest(operation):
                name = "n" * (most + 1)
                self.check(operation, constraint(name, member[0].lower() + member[1:], at_most(most)),
                           **{member: name}, **more)

    def test_three_violations_of_a_connection(self):
        name = "a b" + "c" * 62
        self.check("create_connection", constraint(name, "name", NAME), constraint(name, "name", at_most(64)),
                   constraint("NONE", "authorizationType", ENUM + "[BASIC, OAUTH_CLIENT_CREDENTIALS, API_KEY]"),
                   Name=name, AuthorizationType="NONE",
                   AuthParameters={"BasicAuthParameters": {"Username": "u", "Password": "p"}})

    def test_violations_of_an_api_destination(self):
        self.check("create_api_destination", constraint("a b", "name", NAME),
                   constraint("nonsense", "connectionArn", CONNECTION_ARN),
                   constraint("JUMP", "httpMethod", ENUM + "[HEAD, POST, PATCH, DELETE, PUT, GET, OPTIONS]"),
                   Name="a b", ConnectionArn="nonsense", InvocationEndpoint="https://example.com", HttpMethod="JUMP")

    def test_the_state_of_an_archive(self):
        self.check("list_archives", constraint("AWAY", "state", ENUM + "[ENABLED, DISABLED, CREATING, UPDATING, "
                                               "CREATE_FAILED, UPDATE_FAILED]"), State="AWAY")

    def test_the_state_of_a_replay(self):
        self.check("list_replays", constraint("AWAY", "state", ENUM + "[CANCELLED, CANCELLING, COMPLETED, FAILED, "
                                              "RUNNING, STARTING]"), State="AWAY")

    def test_the_source_of_an_archive(self):
        self.check("create_archive", constraint("nonsense", "eventSourceArn", SOURCE_ARN), ArchiveName="a",
                   EventSourceArn="nonsense")

    def test_a_retention_below_zero(self):
        self.check("create_archive",
                   constraint(-1, "retentionDays", "Member must have value greater than or equal to 0"),
                   ArchiveName="a", EventSourceArn=bus_arn(), RetentionDays=-1)

    def test_a_pattern_over_4096_characters(self):
        long = json.dumps({"a": ["x" * 4096]})
        self.check("put_rule", constraint(long, "eventPattern", at_most(4096)), Name="r", EventPattern=long)

    def test_a_description_over_512_characters(self):
        long = "ü" * 513
        self.check("put_rule", constraint(long, "description", at_most(512)), Name="r", Description=long,
                   EventPattern='{"a": [1]}')

    def test_no_targets(self):
        self.check("put_targets", constraint("[]", "targets", at_least(1)), Rule="r", Targets=[])

    def test_no_ids(self):
        self.check("remove_targets", constraint("[]", "ids", at_least(1)), Rule="r", Ids=[])

    def test_the_second_of_two_targets(self):
        self.check("put_targets", constraint("a b", "targets.2.member.id", NAME), Rule="r",
                   Targets=[{"Id": "a", "Arn": RECORDER}, {"Id": "a b", "Arn": RECORDER}])

    def test_the_id_of_a_target_that_is_removed(self):
        self.check("remove_targets", constraint("[a b]", "ids", f"Member must satisfy constraint: [{at_most(64)}, "
                                                f"{at_least(1)}, {NAME}]"), Rule="r", Ids=["a b"])

    def test_an_input_over_8192_characters(self):
        long = json.dumps("x" * 8191)
        self.check("put_targets", constraint(long, "targets.1.member.input", at_most(8192)), Rule="r",
                   Targets=[{"Id": "a", "Arn": RECORDER, "Input": long}])

    def test_a_key_of_a_tag(self):
        key = "k" * 129
        self.check("tag_resource", constraint(key, "tags.1.member.key", at_most(128)), ResourceARN=bus_arn(),
                   Tags=[{"Key": key, "Value": ""}])

    def test_a_principal(self):
        principal = PATTERN + r"(\d{12}|\*)"
        self.check("put_permission", constraint("me", "principal", principal), Action="events:PutEvents",
                   StatementId="s", Principal="me")

    def test_no_entries(self):
        self.check("put_events", constraint("[]", "entries", at_least(1)), Entries=[])

    def test_the_model_comes_before_the_look_up(self):
        self.check("put_targets", constraint("a b", "targets.1.member.id", NAME), Rule="nowhere",
                   EventBusName="nowhere", Targets=[{"Id": "a b", "Arn": "nonsense"}])


class ProtocolTest(EventBridgeTest):

    def check_unreadable(self, body):
        answer = self.daemon.call(body, "AWSEvents.PutRule")
        self.assertEqual((answer.status, answer.json()["__type"]), (400, "SerializationException"), answer)
        self.assertTrue(answer.json()["message"])
        self.assertTrue(answer.headers["x-amzn-RequestId"])

    def test_a_body_that_is_no_json(self):
        for body in ('{"Name": "r"', "nonsense", '{"Name": "r"}}'):
            with self.subTest(body):
                self.check_unreadable(body)

    def test_a_body_that_is_no_object(self):
        self.check_unreadable("[]")

    def test_a_member_of_another_type(self):
        for body in ({"Name": 5}, {"Name": "r", "Tags": {}}, {"Name": ["r"]}):
            with self.subTest(body):
                self.check_unreadable(body)

    def test_a_member_that_is_unknown_does_no_harm(self):
        answer = self.raw("PutRule", Name="lenient", EventPattern='{"a": [1]}', FutureMember={"a": 1})
        self.assertTrue(answer["RuleArn"].endswith(":rule/lenient"))


if __name__ == "__main__":
    unittest.main()
