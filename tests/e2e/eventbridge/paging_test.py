"""Lists in pages: Limit, NextToken, and the paginators of clients."""

import unittest

from eventbridge import (DISTANT_END, DISTANT_PAST, FUNCTION, RECORDER, EventBridgeTest, answer_of, archive_arn,
                         bus_arn, constraint, fresh, violations)


class PagingTest(EventBridgeTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bus, cls.target = "paged", FUNCTION + "paged"
        cls.events.create_event_bus(Name=cls.bus)
        for number in range(1, 6):
            rule = f"rule-{number}"
            cls.events.put_rule(Name=rule, EventBusName=cls.bus, EventPattern='{"source": ["never"]}')
            cls.events.put_targets(Rule=rule, EventBusName=cls.bus, Targets=[{"Id": "t", "Arn": cls.target}])

    def pages(self, operation, member, limits, **members):
        """The items of each page; the last must say that it is, and no other may."""
        pages, token = [], {}
        for number, limit in enumerate(limits, 1):
            answer = answer_of(getattr(self.events, operation), Limit=limit, **members, **token)
            pages.append(answer.pop(member))
            self.assertEqual(list(answer), ["NextToken"] if number < len(limits) else [], f"page {number}")
            token = answer
        return pages

    def check_names(self, operation, member, key, names, **members):
        """Five names come as two, two, one."""
        pages = self.pages(operation, member, (2, 2, 2), **members)
        self.assertEqual([[item[key] if key else item for item in page] for page in pages],
                         [names[:2], names[2:4], names[4:]])

    def test_rules(self):
        self.check_names("list_rules", "Rules", "Name", [f"rule-{number}" for number in range(1, 6)],
                         EventBusName=self.bus)

    def test_rules_of_a_target(self):
        self.check_names("list_rule_names_by_target", "RuleNames", None, [f"rule-{number}" for number in range(1, 6)],
                         TargetArn=self.target, EventBusName=self.bus)

    def test_targets_of_a_rule(self):
        rule = self.make_rule()
        self.events.put_targets(Rule=rule, Targets=[{"Id": name, "Arn": RECORDER} for name in "edcba"])
        self.check_names("list_targets_by_rule", "Targets", "Id", list("abcde"), Rule=rule)

    def test_buses(self):
        prefix = fresh("page")
        names = [f"{prefix}-{letter}" for letter in "abcde"]
        for name in names:
            self.events.create_event_bus(Name=name)
        self.check_names("list_event_buses", "EventBuses", "Name", names, NamePrefix=prefix)

    def test_archives(self):
        prefix = fresh("page")
        names = [f"{prefix}-{letter}" for letter in "abcde"]
        for name in names:
            self.events.create_archive(ArchiveName=name, EventSourceArn=bus_arn())
        self.check_names("list_archives", "Archives", "ArchiveName", names, NamePrefix=prefix)

    def test_replays(self):
        prefix = fresh("page")
        self.events.create_archive(ArchiveName=prefix, EventSourceArn=bus_arn())
        names = [f"{prefix}-{letter}" for letter in "abcde"]
        for name in names:
            self.events.start_replay(ReplayName=name, EventSourceArn=archive_arn(prefix),
                                     EventStartTime=DISTANT_PAST, EventEndTime=DISTANT_END,
                                     Destination={"Arn": bus_arn()})
        self.check_names("list_replays", "Replays", "ReplayName", names, NamePrefix=prefix)

    def test_connections_and_api_destinations(self):
        prefix = fresh("page")
        names = [f"{prefix}-{letter}" for letter in "abcde"]
        for name in names:
            connection = self.events.create_connection(
                Name=name, AuthorizationType="API_KEY",
                AuthParameters={"ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": "v"}})
            self.events.create_api_destination(Name=name, ConnectionArn=connection["ConnectionArn"],
                                               InvocationEndpoint="https://127.0.0.1/", HttpMethod="POST")
        self.check_names("list_connections", "Connections", "Name", names, NamePrefix=prefix)
        self.check_names("list_api_destinations", "ApiDestinations", "Name", names, NamePrefix=prefix)

    def test_a_page_that_holds_all_is_the_last(self):
        self.assertEqual(len(self.pages("list_rules", "Rules", (5,), EventBusName=self.bus)[0]), 5)

    def test_a_later_page_may_be_of_another_size(self):
        pages = self.pages("list_rules", "Rules", (1, 3, 100), EventBusName=self.bus)
        self.assertEqual([len(page) for page in pages], [1, 3, 1])

    def test_paginators(self):
        for operation, member, members in (("list_rules", "Rules", {}),
                                           ("list_rule_names_by_target", "RuleNames", {"TargetArn": self.target}),
                                           ("list_targets_by_rule", "Targets", {"Rule": "rule-1"})):
            with self.subTest(operation):
                pages = self.events.get_paginator(operation).paginate(
                    EventBusName=self.bus, PaginationConfig={"PageSize": 2}, **members)
                counts = [len(page[member]) for page in pages]
                self.assertEqual(counts, [1] if member == "Targets" else [2, 2, 1])

    def test_what_is_made_and_deleted_between_pages(self):
        bus = self.make_bus()
        for name in "abcd":
            self.make_rule(bus, Name=name)
        first = self.events.list_rules(EventBusName=bus, Limit=2)
        self.events.delete_rule(Name="b", EventBusName=bus)
        self.make_rule(bus, Name="aa")
        second = self.events.list_rules(EventBusName=bus, NextToken=first["NextToken"])
        self.assertEqual([rule["Name"] for rule in second["Rules"]], ["c", "d"])

    def test_a_page_has_a_hundred_unless_less_is_asked(self):
        bus = self.make_bus()
        for number in range(101):
            self.make_rule(bus, Name=f"r{number:03}")
        first = self.events.list_rules(EventBusName=bus)
        self.assertEqual(len(first["Rules"]), 100)
        last = self.events.list_rules(EventBusName=bus, NextToken=first["NextToken"])
        self.assertEqual([rule["Name"] for rule in last["Rules"]], ["r100"])
        self.assertNotIn("NextToken", last)

    def test_limits_out_of_bounds(self):
        for limit, text in ((0, "Member must have value greater than or equal to 1"),
                            (101, "Member must have value less than or equal to 100")):
            with self.subTest(limit):
                self.check_not_valid(violations(constraint(limit, "limit", text)), "list_rules", Limit=limit)

    def test_a_token_that_is_too_long(self):
        token = "t" * 2049
        self.check_not_valid(violations(constraint(token, "nextToken", "Member must have length less than or equal to "
                                                                       "2048")), "list_rules", NextToken=token)

    def test_a_token_that_is_none(self):
        self.check_not_valid(None, "list_rules", NextToken="nonsense")


if __name__ == "__main__":
    unittest.main()
