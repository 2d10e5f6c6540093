"""Replays: which are refused, what they say of themselves, and what they deliver."""

import datetime
import json
import time
import unittest

from eventbridge import (DISTANT_END, DISTANT_PAST, EVENTS, RECORDER, SECOND_RECORDER, EventBridgeTest, answer_of,
                         archive_arn, bus_arn, fresh, rule_arn)
from daemon import wait_until

ONE_FILTER = "At most one filter is allowed for ListReplays. Use either : State, EventSourceArn, or NamePrefix."


class ReplayCase(EventBridgeTest):
    """An archive on a bus of its own for each test."""

    def setUp(self):
        self.bus, self.archive = self.make_bus(), fresh("archive")
        self.events.create_archive(ArchiveName=self.archive, EventSourceArn=bus_arn(self.bus))

    def request(self, **changes):
        return {"ReplayName": fresh("replay"), "EventSourceArn": archive_arn(self.archive),
                "EventStartTime": DISTANT_PAST, "EventEndTime": DISTANT_END,
                "Destination": {"Arn": bus_arn(self.bus)}, **changes}

    def started(self, **changes):
        request = self.request(**changes)
        self.events.start_replay(**request)
        return request["ReplayName"]

    def shown(self, name):
        return answer_of(self.events.describe_replay, ReplayName=name)

    def completed(self, name):
        wait_until(lambda: self.shown(name)["State"] == "COMPLETED", what=f"the end of {name}")
        return self.shown(name)


class ReplaysTest(ReplayCase):

    def check_start(self, message, code="ValidationException", **changes):
        self.check_refused(code, message, "start_replay", **self.request(**changes))

    def test_start(self):
        request = self.request()
        answer = answer_of(self.events.start_replay, **request)
        self.assertIsInstance(answer.pop("ReplayStartTime"), datetime.datetime)
        self.assertEqual(answer, {"ReplayArn": f"{EVENTS}replay/{request['ReplayName']}", "State": "STARTING"})

    def test_describe_at_the_end(self):
        request = self.request(Description="of a test")
        self.events.start_replay(**request)
        shown = self.completed(request["ReplayName"])
        self.assertLessEqual(shown.pop("ReplayStartTime"), shown.pop("ReplayEndTime"))
        for member in ("EventStartTime", "EventEndTime"):
            self.assertEqual(shown.pop(member).timestamp(), request.pop(member))
        self.assertEqual(shown, {"ReplayArn": f"{EVENTS}replay/{request['ReplayName']}", "State": "COMPLETED",
                                 **request})

    def test_a_list_shows_less(self):
        name = self.started(Description="d")
        shown = self.completed(name)
        for member in ("ReplayArn", "Description", "Destination"):
            del shown[member]
        self.check_answer({"Replays": [shown]}, "list_replays", NamePrefix=name)

    def test_lists_by_archive_and_by_state(self):
        name = self.started()
        self.completed(name)
        for filters in ({"EventSourceArn": archive_arn(self.archive)}, {"State": "COMPLETED"}):
            with self.subTest(filters):
                self.assertIn(name, [each["ReplayName"] for each in self.events.list_replays(**filters)["Replays"]])
        self.check_answer({"Replays": []}, "list_replays", State="FAILED")

    def test_two_filters(self):
        self.check_not_valid(ONE_FILTER, "list_replays", NamePrefix="a", State="RUNNING")

    # ---- refused, in the order of the checks ----

    def test_a_destination_that_is_no_bus(self):
        self.check_start("Parameter Destination.Arn is not valid. Reason: Must contain an event bus ARN.",
                         Destination={"Arn": RECORDER})

    def test_a_destination_that_does_not_exist(self):
        self.check_start("Event bus nowhere does not exist.", "ResourceNotFoundException",
                         Destination={"Arn": bus_arn("nowhere")})

    def test_an_archive_that_does_not_exist(self):
        self.check_start("Parameter EventSourceArn is not valid. Reason: Archive nowhere does not exist.",
                         EventSourceArn=archive_arn("nowhere"))

    def test_an_end_before_the_start(self):
        message = "Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime."
        self.check_start(message, EventStartTime=DISTANT_END, EventEndTime=DISTANT_PAST)
        self.check_start(message, EventStartTime=DISTANT_END)

    def test_the_times_are_looked_at_before_the_destination(self):
        self.check_start("Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.",
                         EventStartTime=DISTANT_END, Destination={"Arn": bus_arn()})

    def test_the_destination_is_the_bus_of_the_archive(self):
        self.check_start("Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.",
                         Destination={"Arn": bus_arn()})

    def test_a_name_is_used_once_also_across_archives(self):
        name = self.started()
        self.completed(name)
        self.setUp()
        self.check_start(f"Replay {name} already exists.", "ResourceAlreadyExistsException", ReplayName=name)

    def test_describe_and_cancel_unknown(self):
        for operation in ("describe_replay", "cancel_replay"):
            with self.subTest(operation):
                self.check_not_found("Replay nowhere does not exist.", operation, ReplayName="nowhere")

    def test_cancel_what_has_ended(self):
        name = self.started()
        self.completed(name)
        self.check_refused("IllegalStatusException", f"Replay {name} is not in a valid state for this operation.",
                           "cancel_replay", ReplayName=name)


class ReplayedTest(ReplayCase):

    def replayed(self, rule, *put, **changes):
        """What a replay of now and around delivers to the rule's recorder, without what was delivered before."""
        wait_until(lambda: self.events.describe_archive(ArchiveName=self.archive)["EventCount"] == len(put),
                   what="the archived events")
        name = self.started(EventStartTime=int(time.time()) - 60, EventEndTime=int(time.time()) + 60, **changes)
        self.completed(name)
        self.daemon.wait_drained()
        items = self.daemon.lines("scan", "recordings", "--limit", "1000")
        events = [json.loads(item["body"]) for item in items if item["function"] == rule]
        return name, [event for event in events if event.get("replay-name") == name]

    def make_listening_rule(self, arn):
        rule = self.make_rule(self.bus, pattern={"source": [self.bus]})
        self.make_target(rule, self.bus, arn)
        return rule

    def test_an_event_that_is_replayed(self):
        self.make_listening_rule(RECORDER)
        event_id = self.put(self.bus, '{"n": 300.0}', self.bus, Resources=["r"])
        original = json.loads(self.delivered(event_id))
        name, (event,) = self.replayed("recorder", event_id)
        self.assertNotEqual(event["id"], event_id)
        self.assertEqual({**event, "id": event_id}, {**original, "replay-name": name})
        self.assertEqual(list(event), ["version", "id", "detail-type", "source", "account", "time", "region",
                                       "replay-name", "resources", "detail"])

    def test_what_is_replayed_is_not_archived_again(self):
        self.make_listening_rule(RECORDER)
        event_id = self.put(self.bus, bus=self.bus)
        self.replayed("recorder", event_id)
        self.assertEqual(self.events.describe_archive(ArchiveName=self.archive)["EventCount"], 1)

    def test_only_the_rules_of_the_filter_get_it(self):
        first = self.make_listening_rule(RECORDER)
        self.make_listening_rule(SECOND_RECORDER)
        event_id = self.put(self.bus, bus=self.bus)
        wait_until(lambda: len(self.recorded_items(event_id)) == 2, what="both recordings")
        destination = {"Arn": bus_arn(self.bus), "FilterArns": [rule_arn(first, self.bus)]}
        name, events = self.replayed("recorder", event_id, Destination=destination)
        self.assertEqual(len(events), 1)
        items = self.daemon.lines("scan", "recordings", "--limit", "1000")
        self.assertEqual([item["function"] for item in items if name in item["body"]], ["recorder"])

    def test_events_from_the_start_to_before_the_end(self):
        self.make_listening_rule(RECORDER)
        for second in range(DISTANT_PAST - 1, DISTANT_PAST + 4):
            self.put(self.bus, bus=self.bus, Time=second)
        wait_until(lambda: self.events.describe_archive(ArchiveName=self.archive)["EventCount"] == 5,
                   what="the archived events")
        name = self.started(EventStartTime=DISTANT_PAST, EventEndTime=DISTANT_PAST + 2)
        self.completed(name)
        self.daemon.wait_drained()
        times = sorted(json.loads(item["body"])["time"] for item in self.daemon.lines("scan", "recordings", "--limit",
                                                                                      "1000") if name in item["body"])
        self.assertEqual(times, ["2001-09-09T01:46:40Z", "2001-09-09T01:46:41Z"])
        self.assertEqual(self.shown(name)["EventLastReplayedTime"].timestamp(), DISTANT_PAST + 1)


if __name__ == "__main__":
    unittest.main()
