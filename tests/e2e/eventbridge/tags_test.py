"""Tags of rules and buses."""

import unittest

from eventbridge import EventBridgeTest, bus_arn, rule_arn


def tags(**values):
    return [{"Key": key, "Value": value} for key, value in values.items()]


class TagsTest(EventBridgeTest):

    def check_tags(self, arn, **values):
        self.check_answer({"Tags": tags(**values)}, "list_tags_for_resource", ResourceARN=arn)

    def test_a_rule_without_tags(self):
        self.check_tags(rule_arn(self.make_rule()))

    def test_tags_given_at_creation(self):
        self.check_tags(rule_arn(self.make_rule(Tags=tags(z="1", a=""))), z="1", a="")
        self.check_tags(bus_arn(self.make_bus(Tags=tags(z="1"))), z="1")

    def test_tags_are_in_the_order_of_insertion(self):
        arn = rule_arn(self.make_rule(Tags=tags(z="1")))
        self.check_answer({}, "tag_resource", ResourceARN=arn, Tags=tags(b="2", a="3"))
        self.check_tags(arn, z="1", b="2", a="3")

    def test_a_known_key_is_overwritten(self):
        arn = bus_arn(self.make_bus(Tags=tags(a="1", b="2")))
        self.check_answer({}, "tag_resource", ResourceARN=arn, Tags=tags(a="3"))
        self.check_tags(arn, a="3", b="2")

    def test_untag(self):
        arn = rule_arn(self.make_rule(Tags=tags(a="1", b="2")))
        self.check_answer({}, "untag_resource", ResourceARN=arn, TagKeys=["a"])
        self.check_tags(arn, b="2")

    def test_untag_an_absent_key_succeeds(self):
        arn = rule_arn(self.make_rule(Tags=tags(a="1")))
        self.check_answer({}, "untag_resource", ResourceARN=arn, TagKeys=["b"])
        self.check_tags(arn, a="1")

    def test_a_rule_of_another_bus(self):
        bus = self.make_bus()
        arn = rule_arn(self.make_rule(bus), bus)
        self.check_answer({}, "tag_resource", ResourceARN=arn, Tags=tags(a="1"))
        self.check_tags(arn, a="1")

    def check_unknown(self, arn, message):
        for operation, members in (("tag_resource", {"Tags": tags(a="1")}), ("untag_resource", {"TagKeys": ["a"]}),
                                   ("list_tags_for_resource", {})):
            with self.subTest(operation):
                self.check_not_found(message, operation, ResourceARN=arn, **members)

    def test_an_unknown_rule(self):
        self.check_unknown(rule_arn("nowhere"), "Rule nowhere does not exist on EventBus default.")

    def test_an_unknown_bus(self):
        self.check_unknown(bus_arn("nowhere"), "Event bus nowhere does not exist.")

    def test_a_rule_that_was_deleted(self):
        rule = self.make_rule(Tags=tags(a="1"))
        self.events.delete_rule(Name=rule)
        self.check_unknown(rule_arn(rule), f"Rule {rule} does not exist on EventBus default.")


if __name__ == "__main__":
    unittest.main()
