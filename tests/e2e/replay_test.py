"""Replays of 100,000 events on a real daemon: to one of two rules, cancelled half-way, killed half-way.

Two rules hand every shipment to a function each; what a function did is in its own table, an item for each event it was
called with. So a table tells how often each shipment came.
"""

import collections
import http.client
import json
import os
import threading
import time
import unittest
from pathlib import Path

from daemon import Daemon, wait_until

EVENTS = int(os.environ.get("WAYBILL_REPLAY_EVENTS", "100000"))
CLIENTS, BATCH = 8, 10
LIMIT = 400.0  # seconds for one replay and its deliveries; sanitizers on a busy machine are slow
PLACE = "us-east-1:000000000000"
BUS, ARCHIVE = f"arn:aws:events:{PLACE}:event-bus/freight", f"arn:aws:events:{PLACE}:archive/freight"

SIDE = """
  %(side)sTable:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: %(side)s
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions:
        - {AttributeName: event_id, AttributeType: S}
        - {AttributeName: timestamp, AttributeType: N}
      KeySchema: [{AttributeName: event_id, KeyType: HASH}, {AttributeName: timestamp, KeyType: RANGE}]
  %(side)sFunction:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: %(side)s
      Runtime: native
      Handler: logistics.shipment_processor
      Environment: {Variables: {EVENTS_TABLE: !Ref %(side)sTable, ERROR_TABLE: !Ref %(side)sTable}}
  %(side)sRule:
    Type: AWS::Events::Rule
    Properties:
      Name: %(side)s
      EventBusName: !Ref Bus
      EventPattern: {source: [freight]}
      Targets: [{Id: function, Arn: !GetAtt %(side)sFunction.Arn}]
"""
TEMPLATE = """
Resources:
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: freight}}
  Archive: {Type: AWS::Events::Archive, Properties: {ArchiveName: freight, SourceArn: !GetAtt Bus.Arn}}
""" + SIDE % {"side": "left"} + SIDE % {"side": "right"}


def put_all(port, numbers, trouble):
    """One connection that puts shipments in batches."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        for first in range(0, len(numbers), BATCH):
            entries = [{"Source": "freight", "DetailType": "Shipment Created", "EventBusName": "freight",
                        "Detail": json.dumps({"shipment_id": f"S-{number}"})} for number in numbers[first:first + BATCH]]
            connection.request("POST", "/", json.dumps({"Entries": entries}),
                               {"X-Amz-Target": "AWSEvents.PutEvents", "Content-Type": "application/x-amz-json-1.1"})
            answer = connection.getresponse()
            body = json.loads(answer.read())
            if answer.status != 200 or body["FailedEntryCount"]:
                trouble.append(body)
                return
    except (OSError, http.client.HTTPException, ValueError) as error:
        trouble.append(repr(error))
    finally:
        connection.close()


class ReplayTest(unittest.TestCase):
    """The tests build on one another's tables; each looks at what it added."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(rules=None)
        cls.addClassCleanup(cls.daemon.remove)
        rules = Path(cls.daemon.directory) / "freight.yaml"
        rules.write_text(TEMPLATE)
        cls.daemon.rules = rules
        cls.daemon.start()
        trouble = []
        clients = [threading.Thread(target=put_all, args=(cls.daemon.port, range(each, EVENTS, CLIENTS), trouble))
                   for each in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        if trouble:
            raise AssertionError(trouble)
        cls.daemon.wait_drained(LIMIT)
        cls.end = int(time.time()) + 1  # of the range: what is put later is not in it
        wait_until(lambda: time.time() > cls.end, 5)
        cls.shipments = {f"S-{number}" for number in range(EVENTS)}

    def call(self, operation, **request):
        answer = self.daemon.call(request, f"AWSEvents.{operation}")
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def counts(self, table):
        """How often each shipment came."""
        return collections.Counter(item["shipment_id"] for item in self.daemon.items(table))

    def size(self, table):
        return next(each["items"] for each in self.daemon.lines("tables") if each["name"] == table)

    def replay(self, name):
        """To the left rule only."""
        self.call(
            "StartReplay", ReplayName=name, EventSourceArn=ARCHIVE, EventStartTime=0, EventEndTime=self.end,
            Destination={"Arn": BUS, "FilterArns": [f"arn:aws:events:{PLACE}:rule/freight/left"]})

    def state(self, name):
        return self.call("DescribeReplay", ReplayName=name)["State"]

    def ended(self, name, state):
        wait_until(lambda: self.state(name) == state, LIMIT, f"{name} being {state}")
        self.daemon.wait_drained(LIMIT)

    def half_way(self, before):
        """Waits until some of the replay has come, and not all."""
        wait_until(lambda: self.size("left") > before + EVENTS // 20, LIMIT, "some replayed events")

    def test_1_the_archive_has_every_event(self):
        archive = self.call("DescribeArchive", ArchiveName="freight")
        self.assertEqual(archive["EventCount"], EVENTS)
        self.assertEqual(self.counts("left"), self.counts("right"))
        self.assertEqual(set(self.counts("left")), self.shipments)

    def test_2_a_replay_reaches_its_rule_alone_each_event_once_while_new_events_flow(self):
        before, new, trouble = self.counts("left"), [f"new-{number}" for number in range(500)], []
        self.replay("again")
        put_all(self.daemon.port, new, trouble)
        self.assertEqual(trouble, [])
        self.ended("again", "COMPLETED")
        came = self.counts("left") - before
        self.assertEqual({shipment: came[shipment] for shipment in self.shipments}, dict.fromkeys(self.shipments, 1))
        self.assertEqual(sum(came.values()), EVENTS + len(new))
        self.assertEqual(set(self.counts("right").values()), {1})
        archive = self.call("DescribeArchive", ArchiveName="freight")
        self.assertEqual(archive["EventCount"], EVENTS + len(new))  # what was replayed is not archived again

    def test_3_a_replay_that_is_cancelled_half_way_stops(self):
        before, size = self.counts("left"), self.size("left")
        self.replay("cancelled")
        self.half_way(size)
        self.assertEqual(self.call("CancelReplay", ReplayName="cancelled")["State"], "CANCELLING")
        self.ended("cancelled", "CANCELLED")
        came = self.counts("left") - before
        self.assertEqual(set(came.values()), {1})
        self.assertLess(len(came), EVENTS)
        self.daemon.restart()
        self.daemon.wait_drained(LIMIT)
        self.assertEqual(self.size("left"), size + len(came))
        self.assertEqual(self.state("cancelled"), "CANCELLED")

    def test_4_a_replay_that_is_killed_half_way_neither_loses_nor_repeats_an_event(self):
        before, size = self.counts("left"), self.size("left")
        self.replay("killed")
        for _ in range(3):
            self.half_way(size)
            self.assertEqual(self.state("killed"), "RUNNING")
            self.daemon.kill()
            self.daemon.start()
            size = self.size("left")
        self.ended("killed", "COMPLETED")
        came = self.counts("left") - before
        self.assertEqual(set(came.values()), {1})
        self.assertEqual(len(came), EVENTS)
        self.assertEqual(set(self.counts("right").values()), {1})


if __name__ == "__main__":
    unittest.main()
