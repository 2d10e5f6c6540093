"""Archives: made, described, listed, changed, deleted; what they count, and the rule behind each."""

import datetime
import json
import unittest

from eventbridge import REGION, EventBridgeTest, answer_of, archive_arn, bus_arn, fresh, rule_arn
from daemon import wait_until

NO_CHANGE = "At least one of EventPattern, RetentionDays or Description must be provided."
ONE_FILTER = "At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix."


class ArchivesTest(EventBridgeTest):

    def make_archive(self, bus="default", **members):
        name = fresh("archive")
        self.events.create_archive(ArchiveName=name, EventSourceArn=bus_arn(bus), **members)
        return name

    def shown(self, name):
        return answer_of(self.events.describe_archive, ArchiveName=name)

    def wait_count(self, name, count):
        wait_until(lambda: self.shown(name)["EventCount"] == count, what=f"{count} events in {name}")

    # ---- what is stored and shown ----

    def test_create(self):
        name = fresh("archive")
        answer = answer_of(self.events.create_archive, ArchiveName=name, EventSourceArn=bus_arn())
        self.assertIsInstance(answer.pop("CreationTime"), datetime.datetime)
        self.assertEqual(answer, {"ArchiveArn": archive_arn(name), "State": "ENABLED"})

    def test_describe_without_what_was_not_given(self):
        name = self.make_archive()
        shown = self.shown(name)
        self.assertIsInstance(shown.pop("CreationTime"), datetime.datetime)
        self.assertEqual(shown, {"ArchiveArn": archive_arn(name), "ArchiveName": name, "EventSourceArn": bus_arn(),
                                 "State": "ENABLED", "RetentionDays": 0, "EventCount": 0, "SizeBytes": 0})

    def test_describe_with_all_that_was_given(self):
        given = {"Description": "of a test", "EventPattern": '{"source": [ "a" ]}', "RetentionDays": 3}
        shown = self.shown(self.make_archive(**given))
        self.assertEqual({member: shown[member] for member in given}, given)

    def test_a_list_shows_less(self):
        name = self.make_archive(Description="d", EventPattern='{"source": ["a"]}', RetentionDays=1)
        shown = self.shown(name)
        for member in ("ArchiveArn", "Description", "EventPattern"):
            del shown[member]
        self.check_answer({"Archives": [shown]}, "list_archives", NamePrefix=name)

    def test_a_list_of_one_bus(self):
        bus = self.make_bus()
        name = self.make_archive(bus)
        listed = self.events.list_archives(EventSourceArn=bus_arn(bus))["Archives"]
        self.assertEqual([archive["ArchiveName"] for archive in listed], [name])

    def test_a_list_of_one_state(self):
        name = self.make_archive()
        enabled = self.events.list_archives(State="ENABLED")["Archives"]
        self.assertIn(name, [archive["ArchiveName"] for archive in enabled])
        self.check_answer({"Archives": []}, "list_archives", State="DISABLED")

    def test_update(self):
        name = self.make_archive(Description="old", EventPattern='{"source": ["a"]}')
        created = self.shown(name)["CreationTime"]
        self.check_answer({"ArchiveArn": archive_arn(name), "State": "ENABLED", "CreationTime": created},
                          "update_archive", ArchiveName=name, RetentionDays=5, EventPattern='{"source": ["b"]}')
        shown = self.shown(name)
        self.assertEqual((shown["Description"], shown["RetentionDays"], shown["EventPattern"]),
                         ("old", 5, '{"source": ["b"]}'))

    def test_delete(self):
        name = self.make_archive()
        self.check_answer({}, "delete_archive", ArchiveName=name)
        self.check_not_found(f"Archive {name} does not exist.", "describe_archive", ArchiveName=name)
        self.check_answer({"Archives": []}, "list_archives", NamePrefix=name)

    # ---- what is archived ----

    def test_every_event_of_its_bus_is_counted(self):
        bus, other = self.make_bus(), self.make_bus()
        name = self.make_archive(bus)
        for number in range(3):
            self.put("any", {"n": number}, bus)
        self.put("any", bus=other)
        self.wait_count(name, 3)
        self.assertGreater(self.shown(name)["SizeBytes"], 0)
        listed, = self.events.list_archives(NamePrefix=name)["Archives"]
        self.assertEqual((listed["EventCount"], listed["SizeBytes"]), (3, self.shown(name)["SizeBytes"]))

    def test_only_what_its_pattern_matches_is_counted(self):
        bus = self.make_bus()
        name = self.make_archive(bus, EventPattern='{"detail": {"n": [{"numeric": [">", 1]}]}}')
        for number in range(4):
            self.put("any", {"n": number}, bus)
        self.wait_count(name, 2)

    def test_a_deleted_archive_takes_its_events_along(self):
        bus, name = self.make_bus(), fresh("archive")
        for _ in range(2):
            self.events.create_archive(ArchiveName=name, EventSourceArn=bus_arn(bus))
            self.assertEqual(self.shown(name)["EventCount"], 0)
            self.put("any", bus=bus)
            self.wait_count(name, 1)
            self.events.delete_archive(ArchiveName=name)

    # ---- the rule behind it ----

    def test_the_rule_behind_an_archive(self):
        bus = self.make_bus()
        name = self.make_archive(bus, EventPattern='{"source": ["a"]}')
        rule = f"Events-Archive-{name}"
        shown = answer_of(self.events.describe_rule, Name=rule, EventBusName=bus)
        self.assertEqual((shown["Arn"], shown["ManagedBy"], shown["State"]),
                         (rule_arn(rule, bus), "prod.vhs.events.aws.internal", "ENABLED"))
        self.assertEqual(json.loads(shown["EventPattern"]),
                         {"source": ["a"], "replay-name": [{"exists": False}]})
        self.assertEqual([each["Name"] for each in self.events.list_rules(EventBusName=bus)["Rules"]], [rule])
        target, = self.events.list_targets_by_rule(Rule=rule, EventBusName=bus)["Targets"]
        self.assertEqual((target["Arn"], target["InputTransformer"]["InputPathsMap"]),
                         (f"arn:aws:events:{REGION}:::", {}))
        for word in (archive_arn(name), "<aws.events.event.json>", "<aws.events.event.ingestion-time>"):
            self.assertIn(word, target["InputTransformer"]["InputTemplate"])
        self.events.delete_archive(ArchiveName=name)
        self.check_answer({"Rules": []}, "list_rules", EventBusName=bus)

    def test_the_rule_behind_an_archive_without_pattern(self):
        name = self.make_archive()
        shown = self.events.describe_rule(Name=f"Events-Archive-{name}")
        self.assertEqual(json.loads(shown["EventPattern"]), {"replay-name": [{"exists": False}]})

    def test_the_rule_behind_an_archive_is_not_changed_by_hand(self):
        rule = f"Events-Archive-{self.make_archive()}"
        for operation, members in (
                ("put_rule", {"Name": rule, "EventPattern": '{"source": ["a"]}'}), ("disable_rule", {"Name": rule}),
                ("delete_rule", {"Name": rule}), ("remove_targets", {"Rule": rule, "Ids": ["t"]}),
                ("tag_resource", {"ResourceARN": rule_arn(rule), "Tags": [{"Key": "a", "Value": "b"}]})):
            with self.subTest(operation):
                self.check_refused("ManagedRuleException", None, operation, **members)

    # ---- refused ----

    def test_create_twice(self):
        name = self.make_archive()
        self.check_refused("ResourceAlreadyExistsException", f"Archive {name} already exists.", "create_archive",
                           ArchiveName=name, EventSourceArn=bus_arn())

    def test_a_bus_that_does_not_exist(self):
        for operation, members in (("create_archive", {"ArchiveName": "a"}), ("list_archives", {})):
            with self.subTest(operation):
                self.check_not_found("Event bus nowhere does not exist.", operation,
                                     EventSourceArn=bus_arn("nowhere"), **members)

    def test_a_bad_pattern(self):
        message = ('Event pattern is not valid. Reason: "a" must be an object or an array\n'
                   ' at [Source: (String)"{"a": 1}"; line: 1, column: 8]')
        name = self.make_archive()
        self.check_refused("InvalidEventPatternException", message, "create_archive", ArchiveName=fresh("archive"),
                           EventSourceArn=bus_arn(), EventPattern='{"a": 1}')
        self.check_refused("InvalidEventPatternException", message, "update_archive", ArchiveName=name,
                           EventPattern='{"a": 1}')

    def test_unknown(self):
        for operation, members in (("describe_archive", {}), ("delete_archive", {}),
                                   ("update_archive", {"Description": "d"})):
            with self.subTest(operation):
                self.check_not_found("Archive nowhere does not exist.", operation, ArchiveName="nowhere", **members)

    def test_nothing_to_update_comes_before_unknown(self):
        self.check_not_valid(NO_CHANGE, "update_archive", ArchiveName="nowhere")

    def test_two_filters(self):
        self.check_not_valid(ONE_FILTER, "list_archives", NamePrefix="a", State="ENABLED")


if __name__ == "__main__":
    unittest.main()
