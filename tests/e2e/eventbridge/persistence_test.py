"""What the API made is there again after kill -9, and acts as before."""

import json
import unittest

from eventbridge import (DISTANT_END, DISTANT_PAST, RECORDER, EventBridgeTest, answer_of, archive_arn, bus_arn,
                         fresh, rule_arn)
from connections_test import API_KEY
from daemon import wait_until


class KilledTest(EventBridgeTest):
    """Each test makes something, and sees it again through a new client of a daemon that was killed."""

    def check_kept(self, *asked):
        """Each (operation, members) answers after the kill what it answers before."""
        before = [answer_of(getattr(self.events, operation), **members) for operation, members in asked]
        self.kill()
        after = [answer_of(getattr(self.events, operation), **members) for operation, members in asked]
        self.assertEqual(after, before)

    def test_buses_with_their_policies_and_tags(self):
        bus = self.make_bus(Tags=[{"Key": "z", "Value": "1"}, {"Key": "a", "Value": "2"}])
        self.events.put_permission(EventBusName=bus, StatementId="s", Action="events:PutEvents", Principal="*")
        self.check_kept(("describe_event_bus", {"Name": bus}), ("list_tags_for_resource", {"ResourceARN": bus_arn(bus)}),
                        ("list_event_buses", {}))

    def test_rules_with_their_targets_and_tags(self):
        bus = self.make_bus()
        rule = self.make_rule(bus, pattern={"source": ["ü", {"prefix": "a"}]}, Description="d", State="DISABLED",
                              Tags=[{"Key": "a", "Value": "b"}])
        self.make_target(rule, bus, InputTransformer={"InputPathsMap": {"s": "$.source"}, "InputTemplate": '{"s": <s>}'},
                         RetryPolicy={"MaximumRetryAttempts": 0})
        self.check_kept(("describe_rule", {"Name": rule, "EventBusName": bus}), ("list_rules", {"EventBusName": bus}),
                        ("list_targets_by_rule", {"Rule": rule, "EventBusName": bus}),
                        ("list_rule_names_by_target", {"TargetArn": RECORDER, "EventBusName": bus}),
                        ("list_tags_for_resource", {"ResourceARN": rule_arn(rule, bus)}))

    def test_archives_with_their_events(self):
        bus, archive = self.make_bus(), fresh("archive")
        self.events.create_archive(ArchiveName=archive, EventSourceArn=bus_arn(bus), RetentionDays=2)
        self.put("any", bus=bus)
        wait_until(lambda: self.events.describe_archive(ArchiveName=archive)["EventCount"] == 1, what="the event")
        self.check_kept(("describe_archive", {"ArchiveName": archive}), ("list_archives", {}),
                        ("list_rules", {"EventBusName": bus}))

    def test_replays_that_have_ended(self):
        bus, archive, replay = self.make_bus(), fresh("archive"), fresh("replay")
        self.events.create_archive(ArchiveName=archive, EventSourceArn=bus_arn(bus))
        self.events.start_replay(ReplayName=replay, EventSourceArn=archive_arn(archive), EventStartTime=DISTANT_PAST,
                                 EventEndTime=DISTANT_END, Destination={"Arn": bus_arn(bus)})
        wait_until(lambda: self.events.describe_replay(ReplayName=replay)["State"] == "COMPLETED", what="its end")
        self.check_kept(("describe_replay", {"ReplayName": replay}), ("list_replays", {"NamePrefix": replay}))

    def test_connections_and_api_destinations(self):
        name = fresh("connection")
        arn = self.events.create_connection(Name=name, AuthorizationType="API_KEY",
                                            AuthParameters=API_KEY)["ConnectionArn"]
        self.events.create_api_destination(Name=name, ConnectionArn=arn, InvocationEndpoint="https://127.0.0.1:1/",
                                           HttpMethod="GET")
        self.check_kept(("describe_connection", {"Name": name}), ("describe_api_destination", {"Name": name}))

    def test_what_was_deleted_stays_deleted(self):
        bus = self.make_bus()
        rule = self.make_route(bus)
        self.events.remove_targets(Rule=rule, EventBusName=bus, Ids=["t"])
        self.events.delete_rule(Name=rule, EventBusName=bus)
        self.events.delete_event_bus(Name=bus)
        self.kill()
        self.check_not_found(f"Event bus {bus} does not exist.", "describe_event_bus", Name=bus)

    def test_rules_deliver_as_before(self):
        rule = self.make_route(InputPath="$.source")
        self.kill()
        self.assertEqual(self.delivered(self.put(rule)), json.dumps(rule))

    def test_a_disabled_rule_still_delivers_nothing(self):
        rule = self.make_route()
        self.events.disable_rule(Name=rule)
        self.kill()
        self.check_nothing_delivered(self.put(rule))
        self.events.enable_rule(Name=rule)
        self.kill()
        self.delivered(self.put(rule))

    def test_a_bad_pattern_is_still_refused_and_the_old_one_stays(self):
        rule = self.make_route()
        message = ('Event pattern is not valid. Reason: "source" must be an object or an array\n'
                   ' at [Source: (String)"{"source": "a"}"; line: 1, column: 13]')
        for _ in range(2):
            self.check_refused("InvalidEventPatternException", message, "put_rule", Name=rule,
                               EventPattern='{"source": "a"}')
            self.delivered(self.put(rule))
            self.kill()

    def test_a_rule_with_targets_is_still_not_deleted(self):
        rule = self.make_route()
        for _ in range(2):
            self.check_not_valid("Rule can't be deleted since it has targets.", "delete_rule", Name=rule)
            self.kill()
        self.delivered(self.put(rule))


if __name__ == "__main__":
    unittest.main()
