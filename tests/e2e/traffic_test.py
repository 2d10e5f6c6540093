"""Operators at work while clients write: reloads and resets amid traffic, and events that do not fit where they go."""

import http.client
import json
import signal
import threading
import time
import unittest

from daemon import ALLOW_RESET, PROCESSING_EMAIL, SHORT_RETRIES, DaemonTest

EVENTS, ERRORS = "logistics-shipment-events-dev", "logistics-error-events-dev"


class Traffic:
    """Clients that put one event after the other while the block runs; every tenth has no shipment_id."""

    def __init__(self, daemon, clients=3):
        self.port, self.over = daemon.port, threading.Event()
        self.good, self.bad, self.trouble = [], [], []
        self.threads = [threading.Thread(target=self.run) for _ in range(clients)]

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        number = 0
        while not self.over.is_set():
            number += 1
            detail = {"shipment_id": "TRAFFIC"} if number % 10 else {}
            try:
                connection.request("POST", "/events", json.dumps({
                    "Source": "logistics.shipment", "DetailType": "Shipment Created", "Detail": detail,
                    "EventBusName": "logistics-events-dev"}))
                result = json.loads(connection.getresponse().read())["Entries"][0]
                (self.good if detail else self.bad).append(result["EventId"])
            except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
                self.trouble.append(repr(error))
                break
        connection.close()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()


class TrafficTest(DaemonTest):
    flags = (*SHORT_RETRIES, *PROCESSING_EMAIL)

    def test_reloads_lose_nothing_and_double_nothing(self):
        daemon = self.own_daemon(*SHORT_RETRIES).start()
        with Traffic(daemon) as traffic:
            for _ in range(15):
                daemon.signal(signal.SIGHUP)
                time.sleep(0.03)
        self.assertEqual(traffic.trouble, [])
        daemon.wait_drained()
        self.assertGreater(len(traffic.good), 20)
        self.assertEqual(sorted(item["event_id"] for item in daemon.items(EVENTS)), sorted(traffic.good))
        self.assertEqual(sorted(letter["event_id"] for letter in daemon.lines("dead-letters", "list")),
                         sorted(traffic.bad))
        self.assertEqual(len(daemon.items(ERRORS)), 4 * len(traffic.bad))
        self.assertEqual(daemon.pending("subscription "), len(traffic.bad))

    def test_resets_leave_counts_and_rows_that_agree(self):
        daemon = self.own_daemon(*SHORT_RETRIES, *ALLOW_RESET).start()
        with Traffic(daemon) as traffic:
            for _ in range(15):
                self.assertEqual(daemon.http("POST", "/_waybill/reset").status, 200)
                time.sleep(0.03)
        self.assertEqual(traffic.trouble, [])
        daemon.wait_drained()

        def counts():
            return [table["items"] for table in daemon.lines("tables")], daemon.pending(), \
                daemon.pending("subscription "), len(daemon.lines("dead-letters", "list"))
        before = counts()
        self.assertEqual(len(daemon.items(EVENTS)), before[0][0])
        self.assertLessEqual({item["event_id"] for item in daemon.items(EVENTS)}, set(traffic.good))
        self.assertEqual(len(daemon.lines("notifications")), before[2])
        daemon.restart()
        self.assertEqual(counts(), before)

    def test_what_does_not_fit_its_table_or_topic_is_kept_as_a_dead_letter(self):
        whole = '{"shipment_id":"S","status":"delivered","metadata":%s}'
        for metadata, reason in (('{"x":"%s"}' % ("y" * 450_000), "at most"),
                                 ('{"a":' * 500 + "1" + "}" * 500, "Nesting Levels"),
                                 ('{"x":1e400}', "number overflow"),
                                 (r'{"x":"\ud800"}', "surrogate")):
            with self.subTest(reason):
                event_id = self.daemon.put_shipment(whole % metadata)
                self.daemon.wait_drained()
                letter, = self.daemon.lines("dead-letters", "list", "--filter", f"event={event_id}")
                self.assertIn(reason, letter["error_message"])
                self.assertIn(event_id, self.daemon.waybill("dead-letters", "show", letter["id"]))
                # In its table it stands as text, cut where it must be.
                row, = [row for row in self.daemon.items(ERRORS) if row.get("dead_letter") and event_id in str(row["event"])]
                self.assertIsInstance(row["event"], str)
                # The write and the publication belong together: neither happened.
                self.assertEqual(self.daemon.items(EVENTS, event_id), [])

    def test_what_does_not_fit_a_message_whole_is_stored_and_told_in_part(self):
        event_id = self.daemon.put_shipment({"shipment_id": "S", "status": "delivered", "metadata": {"x": "y" * 300_000}})
        self.daemon.wait_drained()
        item, = self.daemon.items(EVENTS, event_id)
        self.assertEqual(len(item["metadata"]["x"]), 300_000)

    def test_what_could_not_be_handled_can_be_redriven_when_it_can(self):
        event_id = self.daemon.put_shipment({"metadata": {"x": "y" * 450_000}})
        self.daemon.wait_drained()
        letter, = self.daemon.lines("dead-letters", "list", "--filter", f"event={event_id}")
        self.daemon.waybill("dead-letters", "redrive", letter["id"], "--detail", "-", stdin='{"shipment_id":"SMALL"}')
        self.daemon.wait_drained()
        self.assertEqual(self.daemon.items(EVENTS, event_id)[0]["shipment_id"], "SMALL")


if __name__ == "__main__":
    unittest.main()
