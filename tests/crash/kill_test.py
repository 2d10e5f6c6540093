"""Clients put shipments without pause while the daemon is killed and started again, many times.

What was acknowledged must be there afterwards, exactly once; what was not may be there, once. Each entry carries a mark
of its own, since a client never learns the id of an event that was not acknowledged. A share of the events lacks its
shipment_id: those end as dead letters, on the way to which each attempt leaves an item, so that an attempt that was
applied twice, or half, shows too.
"""

import collections
import http.client
import json
import os
import random
import sqlite3
import sys
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "e2e"))
from daemon import Daemon, wait_until  # noqa: E402  pylint: disable=wrong-import-position

SEED = int(os.environ.get("WAYBILL_KILL_SEED", "20261120"))
KILLS = int(os.environ.get("WAYBILL_KILLS", "50"))
CLIENTS = 4
MOST_EVENTS = 60_000  # then clients slow down: the time is for kills, not for counting rows
EVENTS, ERRORS = "logistics-shipment-events-dev", "logistics-error-events-dev"
# Short backoff, so that retries are under way at most kills.
FLAGS = ("--set", "retry.base=5ms", "--set", "retry.cap=40ms", "--set", "log.level=off")
CHECKPOINTS = ("65536", "1000000", "33554432")  # bytes of log: many kills shall meet a checkpoint


class Client(threading.Thread):
    """One connection that puts events one request after the other, and makes a new one when it breaks."""

    def __init__(self, number, daemon, over):
        super().__init__(name=f"client {number}", daemon=True)
        self.number, self.daemon_of, self.over = number, daemon, over
        self.random = random.Random(SEED * 1000 + number)
        self.sent = {}  # mark -> whether it has its shipment_id
        self.acknowledged = {}  # event id -> mark
        self.refusals, self.trouble = collections.Counter(), []

    def run(self):
        connection, port = None, None
        while not self.over.is_set():
            try:
                if connection is None or port != self.daemon_of.port:
                    port = self.daemon_of.port
                    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
                self.put(connection)
            except (OSError, http.client.HTTPException):
                connection.close()
                connection = None
                time.sleep(0.002)
            except Exception as error:  # pylint: disable=broad-except; the test has to hear of it
                self.trouble.append(repr(error))
                break
        if connection:
            connection.close()

    def entry(self):
        mark = f"{self.number}-{len(self.sent)}"
        good = self.random.random() > 0.08
        self.sent[mark] = good
        detail = {"shipment_id": mark, "metadata": {"origin": "here"}} if good else {"mark": mark}
        return mark, {"Source": "logistics.shipment", "DetailType": "Shipment Created",
                      "EventBusName": "logistics-events-dev", "Detail": json.dumps(detail)}

    def put(self, connection):
        marked = [self.entry() for _ in range(self.random.choice((1, 1, 3, 10)))]
        connection.request("POST", "/", json.dumps({"Entries": [entry for _, entry in marked]}),
                           {"X-Amz-Target": "AWSEvents.PutEvents", "Content-Type": "application/x-amz-json-1.1"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            self.refusals[answer.status] += 1
            return
        for (mark, _), result in zip(marked, json.loads(body)["Entries"], strict=True):
            self.acknowledged[result["EventId"]] = mark
        if len(self.sent) > MOST_EVENTS / CLIENTS:
            time.sleep(0.05)


def one_life(daemon, chance):
    """Starts the daemon and kills it: mostly amid its work, sometimes before it is ready."""
    flags = ("--set", f"journal.checkpoint_bytes={chance.choice(CHECKPOINTS)}")
    if chance.random() < 0.2:
        daemon.launch(*flags)
        time.sleep(chance.uniform(0.0, 0.03))
    else:
        daemon.start(*flags)
        time.sleep(chance.uniform(0.0, 0.6) ** 1.5)
    daemon.kill()


class KillTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(*FLAGS)
        cls.addClassCleanup(cls.daemon.remove)
        over = threading.Event()
        cls.daemon.start()
        clients = [Client(number, cls.daemon, over) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(0.2)
        cls.daemon.kill()
        chance, lives_with_acknowledgements = random.Random(SEED), 0
        began = time.monotonic()
        for _ in range(KILLS - 1):
            before = sum(len(client.acknowledged) for client in clients)
            one_life(cls.daemon, chance)
            lives_with_acknowledgements += sum(len(client.acknowledged) for client in clients) > before
        cls.daemon.start()
        time.sleep(0.2)
        over.set()
        for client in clients:
            client.join(30)
        cls.trouble = [each for client in clients for each in client.trouble]
        cls.sent = {mark: good for client in clients for mark, good in client.sent.items()}
        cls.acknowledged = {event_id: mark for client in clients for event_id, mark in client.acknowledged.items()}
        cls.lives = lives_with_acknowledgements
        backlog = cls.daemon.pending()
        wait_until(lambda: cls.daemon.pending() == 0, 120, "the backlog's end")
        cls.items, cls.errors = cls.daemon.items(EVENTS), cls.daemon.items(ERRORS)
        cls.letters = cls.daemon.lines("dead-letters", "list")
        cls.metrics_pending = cls.daemon.metric("waybill_deliveries_pending", endpoint=":function:"
                                                "logistics-shipment-processor-dev")
        cls.daemon.terminate()
        print(f"seed {SEED}: {KILLS} kills, {cls.lives} amid acknowledgements, in {time.monotonic() - began:.1f} s; "
              f"{len(cls.sent)} events sent, {len(cls.acknowledged)} acknowledged, {len(cls.items)} items, "
              f"{len(cls.letters)} dead letters, {backlog} pending at the end; refused: "
              f"{dict(sum((client.refusals for client in clients), collections.Counter()))}")

    def acknowledged_marks(self, good):
        return {event_id: mark for event_id, mark in self.acknowledged.items() if self.sent[mark] is good}

    def test_the_run_was_one(self):
        """Without this, a daemon that never started, or clients that never wrote, would pass the rest."""
        self.assertEqual(self.trouble, [])
        self.assertGreaterEqual(KILLS, 30)
        self.assertGreater(self.lives, KILLS // 3)
        self.assertGreater(len(self.acknowledged), 1000)
        self.assertEqual(len(set(self.acknowledged.values())), len(self.acknowledged), "one id for each event")
        self.assertGreater(len(self.acknowledged_marks(False)), 50)

    def test_each_acknowledged_shipment_has_its_item_exactly_once(self):
        found = collections.Counter((item["event_id"], item["shipment_id"]) for item in self.items)
        wrong = {pair: found[pair] for pair in self.acknowledged_marks(True).items() if found[pair] != 1}
        self.assertEqual(wrong, {})

    def test_no_item_is_there_twice_or_of_nobody(self):
        for name in ("event_id", "shipment_id"):
            counts = collections.Counter(item[name] for item in self.items)
            self.assertEqual([value for value, count in counts.items() if count != 1], [], name)
        strangers = [item for item in self.items if not self.sent.get(item["shipment_id"])]
        self.assertEqual(strangers, [])
        for item in self.items:
            self.assertEqual(self.acknowledged.get(item["event_id"], item["shipment_id"]), item["shipment_id"])

    def test_each_acknowledged_failure_has_its_dead_letter_exactly_once(self):
        counts = collections.Counter(letter["event_id"] for letter in self.letters)
        failing = self.acknowledged_marks(False)
        self.assertEqual({event_id: counts[event_id] for event_id in failing if counts[event_id] != 1}, {})
        self.assertEqual([event_id for event_id, count in counts.items() if count != 1], [])
        good = self.acknowledged_marks(True)
        self.assertEqual([event_id for event_id in counts if event_id in good], [])

    def test_each_failure_left_three_error_items_and_one_row(self):
        """Attempts and the giving up are each applied whole and once, killed or not."""
        attempts, rows, marks = collections.Counter(), collections.Counter(), {}
        for item in self.errors:
            event = item["event"]
            marks[event["id"]] = event["detail"]["mark"]
            (rows if item.get("dead_letter") else attempts)[event["id"]] += 1
        letters = {letter["event_id"] for letter in self.letters}
        self.assertEqual(set(attempts), letters)
        self.assertEqual({event_id: count for event_id, count in attempts.items() if count != 3}, {})
        self.assertEqual({event_id: rows[event_id] for event_id in letters if rows[event_id] != 1}, {})
        self.assertEqual(len(set(marks.values())), len(marks))
        self.assertEqual([mark for mark in marks.values() if self.sent.get(mark) is not False], [])
        self.assertEqual({letter["attempts"] for letter in self.letters}, {3})

    def test_nothing_is_pending_and_the_gauge_agrees(self):
        self.assertEqual(self.metrics_pending, 0)

    def test_the_database_is_whole(self):
        database = sqlite3.connect(f"file:{self.daemon.data / 'waybill.db'}?mode=ro", uri=True)
        try:
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])
            self.assertEqual(database.execute("PRAGMA foreign_key_check").fetchall(), [])
        finally:
            database.close()


if __name__ == "__main__":
    unittest.main()
