"""The daemon is killed again and again while dead letters are redriven, and while an archive is replayed.

What a redrive or a replay brings about is an item for each delivery. So a table tells whether one was lost or came
twice: a shipment has one item for its redrive, and one more for its replay.
"""

import collections
import http.client
import json
import os
import random
import sys
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))
from daemon import Daemon, wait_until  # noqa: E402  pylint: disable=wrong-import-position

SEED = int(os.environ.get("WAYBILL_KILL_SEED", "20261124"))
KILLS = 20
LETTERS = 600
EVENTS, ERRORS = "logistics-shipment-events-dev", "logistics-error-events-dev"
PLACE = "us-east-1:000000000000"
FLAGS = ("--set", "retry.base=5ms", "--set", "retry.cap=20ms", "--set", "log.level=off")


class KillRedriveTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.chance = random.Random(SEED)
        cls.daemon = Daemon(*FLAGS)
        cls.addClassCleanup(cls.daemon.remove)
        cls.daemon.start()
        cls.marks = {}
        for first in range(0, LETTERS, 10):
            entries = [{"Source": "logistics.shipment", "DetailType": "Shipment Created",
                        "EventBusName": "logistics-events-dev", "Detail": json.dumps({"mark": first + i})}
                       for i in range(10)]
            for i, result in enumerate(cls.daemon.put(*entries)):
                cls.marks[result["EventId"]] = first + i
        wait_until(lambda: cls.daemon.metric("waybill_dead_letters") == LETTERS, 60, "the dead letters")

    def killed_meanwhile(self, work, kills, shortest=0.0, longest=0.12):
        """Kills the daemon that often while `work(port)` is called without pause, until it answers True."""
        over, times = threading.Event(), collections.Counter()

        def run():
            while not over.is_set():
                try:
                    times["answered"] += 1
                    if work(self.daemon.port):
                        return
                except (OSError, http.client.HTTPException, AssertionError):
                    times["cut off"] += 1
                    time.sleep(0.002)

        worker = threading.Thread(target=run, daemon=True)
        worker.start()
        for _ in range(kills):
            time.sleep(self.chance.uniform(shortest, longest))
            self.daemon.kill()
            self.daemon.start()
        worker.join(60)
        over.set()
        self.assertFalse(worker.is_alive(), "the work did not come to its end")
        self.assertGreater(times["cut off"], 0, "no kill met it")
        self.daemon.wait_drained(60)

    @staticmethod
    def answer(port, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request(method, path, json.dumps(body) if body else None, headers)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def shipments(self):
        return collections.Counter(item["event_id"] for item in self.daemon.items(EVENTS))

    def test_1_redrive(self):
        """Every letter goes back once: none is left, none is lost, none is delivered twice."""
        def redrive(port):
            listed = self.answer(port, "GET", "/_waybill/dead-letters?limit=20")["dead_letters"]
            for letter in listed:  # one by one, so that kills come in between
                self.answer(port, "POST", "/_waybill/dead-letters/redrive",
                            {"id": letter["id"], "detail": {"shipment_id": f"S-{self.marks[letter['event_id']]}"}})
            return not listed

        self.killed_meanwhile(redrive, KILLS)
        self.assertEqual(self.daemon.lines("dead-letters", "list"), [])
        self.assertEqual(self.shipments(), collections.Counter(self.marks.keys()))
        errors = collections.Counter(item["event"]["id"] for item in self.daemon.items(ERRORS))
        self.assertEqual(set(errors.values()), {4})  # three attempts and the letter's row, from before

    def test_2_replay(self):
        """The archive holds events that fail, as they came; each fails once more in full, and once only."""
        before = collections.Counter(item["event"]["detail"]["mark"] for item in self.daemon.items(ERRORS))
        now = int(time.time())
        events = self.daemon.boto()
        events.start_replay(
            ReplayName="again", EventSourceArn=f"arn:aws:events:{PLACE}:archive/logistics-archive-dev",
            EventStartTime=now - 3600, EventEndTime=now + 3600,
            Destination={"Arn": f"arn:aws:events:{PLACE}:event-bus/logistics-events-dev",
                         "FilterArns": [f"arn:aws:events:{PLACE}:rule/logistics-events-dev/logistics-shipment-create-dev"]})

        def ended(port):
            shown = self.answer(port, "POST", "/", {"ReplayName": "again"},
                                **{"X-Amz-Target": "AWSEvents.DescribeReplay"})
            return shown["State"] == "COMPLETED"

        for _ in range(6):
            time.sleep(self.chance.uniform(0.0, 0.02))
            self.daemon.kill()
            self.daemon.start()
        wait_until(lambda: ended(self.daemon.port), 60, "the replay's end")
        self.daemon.wait_drained(60)
        attempts = collections.Counter()
        for item in self.daemon.items(ERRORS):
            attempts[item["event"]["detail"]["mark"]] += 1
        self.assertEqual({mark: count - before[mark] for mark, count in attempts.items()},
                         {mark: 4 for mark in range(LETTERS)})
        self.assertEqual(len(self.daemon.lines("dead-letters", "list")), LETTERS)


if __name__ == "__main__":
    unittest.main()
