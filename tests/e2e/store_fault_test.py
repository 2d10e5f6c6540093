"""What a daemon does when its disk takes no more: it says so, ends, and has kept every event that it acknowledged."""

import http.client
import json
import resource
import sqlite3
import unittest

from daemon import DaemonTest, wait_until

ENTRY = {"Source": "logistics.shipment", "DetailType": "Shipment Created", "EventBusName": "logistics-events-dev"}
LIMIT = 600 * 1024  # bytes of one file; the schema takes some 250 KiB of it
MOST_EVENTS = 2000


def limit_file_size():
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))


class StoreFaultTest(DaemonTest):

    def put_until_it_fails(self, daemon):
        """The ids that were acknowledged."""
        acknowledged = []
        for number in range(MOST_EVENTS):
            body = json.dumps({**ENTRY, "Detail": {"shipment_id": f"SHIP-{number}", "note": "x" * 2000}})
            try:
                answer = daemon.http("POST", "/events", body)
            except (OSError, http.client.HTTPException):
                return acknowledged
            if answer.status != 200:
                self.assertEqual(answer.status, 503, answer)
                return acknowledged
            acknowledged.append(answer.json()["Entries"][0]["EventId"])
        self.fail("the limit had no effect")

    def test_a_failed_write_ends_the_daemon_and_loses_nothing_acknowledged(self):
        daemon = self.own_daemon()
        daemon.before_exec = limit_file_size
        daemon.start()
        acknowledged = self.put_until_it_fails(daemon)
        process, daemon.process = daemon.process, None
        self.assertEqual(process.wait(20), 1)
        self.assertIn("the store failed and nothing can be stored any more", daemon.log())
        with sqlite3.connect(daemon.data / "waybill.db") as database:
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchone()[0], "ok")
        database.close()

        daemon.before_exec = None
        daemon.start()
        wait_until(lambda: daemon.pending() == 0, what="the deliveries that were pending")
        stored = [item["event_id"] for item in daemon.items("logistics-shipment-events-dev")]
        self.assertEqual(len(stored), len(set(stored)))
        self.assertEqual(set(acknowledged) - set(stored), set())


if __name__ == "__main__":
    unittest.main()
