"""The policy of an event bus: stored and returned, one statement for each id."""

import json
import unittest

from eventbridge import EventBridgeTest, bus_arn

PUT_EVENTS = {"Action": "events:PutEvents"}
NO_STATEMENT = "Statement with the provided id does not exist."


def statement(bus, sid, principal, **more):
    return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": "events:PutEvents",
            "Resource": bus_arn(bus), **more}


def account(number):
    return {"AWS": f"arn:aws:iam::{number}:root"}


class PermissionsTest(EventBridgeTest):

    def policy(self, bus):
        """The document that describe shows as a string; None when there is none."""
        text = self.events.describe_event_bus(Name=bus).get("Policy")
        return text and json.loads(text)

    def allow(self, bus, sid, principal, **more):
        self.check_answer({}, "put_permission", EventBusName=bus, StatementId=sid, Principal=principal, **PUT_EVENTS,
                          **more)

    def check_policy(self, bus, *statements):
        self.assertEqual(self.policy(bus), {"Version": "2012-10-17", "Statement": list(statements)})

    def test_a_permission_for_an_account(self):
        bus = self.make_bus()
        self.allow(bus, "one", "123456789012")
        self.check_policy(bus, statement(bus, "one", account("123456789012")))

    def test_a_permission_for_everybody(self):
        bus = self.make_bus()
        self.allow(bus, "all", "*")
        self.check_policy(bus, statement(bus, "all", "*"))

    def test_a_condition(self):
        bus = self.make_bus()
        self.allow(bus, "org", "*", Condition={"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-1"})
        self.check_policy(bus, statement(bus, "org", "*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}))

    def test_several_ids_add_up_in_the_order_of_putting(self):
        bus = self.make_bus()
        for sid, principal in (("z", "111111111111"), ("a", "222222222222")):
            self.allow(bus, sid, principal)
        self.check_policy(bus, statement(bus, "z", account("111111111111")),
                          statement(bus, "a", account("222222222222")))

    def test_the_same_id_replaces(self):
        bus = self.make_bus()
        self.allow(bus, "one", "111111111111")
        self.allow(bus, "one", "222222222222")
        self.check_policy(bus, statement(bus, "one", account("222222222222")))

    def test_a_policy_replaces_the_whole_document(self):
        bus = self.make_bus()
        self.allow(bus, "one", "*")
        document = {"Version": "2012-10-17", "Statement": [statement(bus, "mine", account("111111111111"))]}
        self.check_answer({}, "put_permission", EventBusName=bus, Policy=json.dumps(document))
        self.assertEqual(self.policy(bus), document)

    def test_without_a_name_it_is_the_default_bus(self):
        self.check_answer({}, "put_permission", StatementId="d", Principal="*", **PUT_EVENTS)
        self.check_policy("default", statement("default", "d", "*"))
        self.check_answer({}, "remove_permission", StatementId="d")
        self.assertIsNone(self.policy("default"))

    def test_the_policy_is_listed_too(self):
        bus = self.make_bus()
        self.allow(bus, "one", "*")
        listed, = self.events.list_event_buses(NamePrefix=bus)["EventBuses"]
        self.assertEqual(json.loads(listed["Policy"]), self.policy(bus))

    def test_put_on_an_unknown_bus(self):
        self.check_not_found("Event bus nowhere does not exist.", "put_permission", EventBusName="nowhere",
                             StatementId="one", Principal="*", **PUT_EVENTS)

    def test_another_action(self):
        self.check_not_valid("Provided value in parameter 'action' is not supported.", "put_permission",
                             EventBusName=self.make_bus(), StatementId="one", Principal="*", Action="events:PutRule")

    def test_a_document_over_the_limit(self):
        bus = self.make_bus()
        many = [statement(bus, f"statement-{number}", account("111111111111")) for number in range(80)]
        document = {"Version": "2012-10-17", "Statement": many}
        self.check_refused("PolicyLengthExceededException", None, "put_permission", EventBusName=bus,
                           Policy=json.dumps(document))
        self.assertIsNone(self.policy(bus))

    def test_remove_one_of_two(self):
        bus = self.make_bus()
        self.allow(bus, "one", "111111111111")
        self.allow(bus, "two", "222222222222")
        self.check_answer({}, "remove_permission", EventBusName=bus, StatementId="one")
        self.check_policy(bus, statement(bus, "two", account("222222222222")))

    def test_with_the_last_statement_the_policy_goes(self):
        bus = self.make_bus()
        self.allow(bus, "one", "*")
        self.check_answer({}, "remove_permission", EventBusName=bus, StatementId="one")
        self.assertIsNone(self.policy(bus))

    def test_remove_an_unknown_id(self):
        bus = self.make_bus()
        self.allow(bus, "one", "*")
        self.check_not_found(NO_STATEMENT, "remove_permission", EventBusName=bus, StatementId="two")

    def test_remove_from_a_bus_without_policy(self):
        self.check_not_found(NO_STATEMENT, "remove_permission", EventBusName=self.make_bus(), StatementId="one")

    def test_remove_all(self):
        bus = self.make_bus()
        self.allow(bus, "one", "*")
        self.allow(bus, "two", "111111111111")
        self.check_answer({}, "remove_permission", EventBusName=bus, RemoveAllPermissions=True)
        self.assertIsNone(self.policy(bus))

    def test_remove_on_an_unknown_bus(self):
        self.check_not_found("Event bus nowhere does not exist.", "remove_permission", EventBusName="nowhere",
                             StatementId="one")


if __name__ == "__main__":
    unittest.main()
