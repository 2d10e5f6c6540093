"""The shipment system end to end: each rule and its handler, what they store, and whom they tell."""

import datetime
import json
import unittest

from daemon import PROCESSING_EMAIL, SHORT_RETRIES, DaemonTest, wait_until

EVENTS, ERRORS = "logistics-shipment-events-dev", "logistics-error-events-dev"
NINETY_DAYS = 90 * 24 * 3600


class LogisticsTest(DaemonTest):
    flags = (*SHORT_RETRIES, *PROCESSING_EMAIL)

    def item_of(self, event_id):
        item, = wait_until(lambda: self.daemon.items(EVENTS, event_id), what="the item")
        return item

    def errors_of(self, event_id):
        return [item for item in self.daemon.items(ERRORS) if item["event"]["id"] == event_id]

    def notifications(self, topic, text):
        """Of the topic, those that contain the text."""
        return [each for each in self.daemon.lines("notifications", "--topic", topic)
                if text in json.dumps(each["notification"])]

    @staticmethod
    def topic(name):
        return f"arn:aws:sns:us-east-1:000000000000:{name}"

    # ---- shipments ----

    def test_a_shipment_with_the_least_that_it_needs(self):
        item = self.item_of(self.daemon.put_shipment({"shipment_id": "SHIP-LEAST"}))
        self.assertEqual((item["status"], item["metadata"], item["environment"]), ("pending", {}, "dev"))
        self.assertEqual(item["process_result"]["validations"], [])
        self.assertEqual(item["ttl"], item["timestamp"] + NINETY_DAYS)

    def test_validations_say_what_is_there(self):
        for status, metadata, expected in (
                ("in_transit", {}, ["status_valid"]),
                ("delivered", {"carrier": "x"}, ["status_valid", "carrier_present"]),
                ("lost", {"destination": "", "origin": None}, ["origin_present", "destination_present"])):
            item = self.item_of(self.daemon.put_shipment(
                {"shipment_id": "SHIP-VALID", "status": status, "metadata": metadata}))
            self.assertEqual(item["process_result"]["validations"], expected)

    def test_the_estimated_delivery_of_what_is_in_transit(self):
        item = self.item_of(self.daemon.put_shipment(
            {"shipment_id": "SHIP-WAY", "status": "in_transit", "metadata": {"estimated_days": 3}}))
        result = item["process_result"]
        estimated = datetime.datetime.fromisoformat(result["estimated_delivery"])
        now = datetime.datetime.fromtimestamp(result["processed_at"], datetime.timezone.utc).replace(tzinfo=None)
        self.assertAlmostEqual((estimated - now).total_seconds(), 3 * 86400, delta=1)

    def test_what_is_stored_is_what_was_sent(self):
        metadata = {"weight": 12.50, "big": 12345678901234567890, "list": [1, None, True, {"ü": "日本 🚚"}],
                    "empty": ""}
        item = self.item_of(self.daemon.put_shipment(json.dumps({"shipment_id": "SHIP-日本", "metadata": metadata})))
        self.assertEqual((item["shipment_id"], item["metadata"]), ("SHIP-日本", metadata))

    def test_wrong_types_are_errors_with_a_reason(self):
        for detail, reason in (({"shipment_id": 5}, "detail.shipment_id must be a string"),
                               ({"shipment_id": "S", "metadata": []}, "detail.metadata must be an object"),
                               ({"shipment_id": "S", "status": 1}, "detail.status must be a string"),
                               ({"shipment_id": "S", "status": "in_transit", "metadata": {"estimated_days": "3"}},
                                "estimated_days must be a number")):
            with self.subTest(reason):
                event_id = self.daemon.put_shipment(detail)
                # The dead letter's row stands in the same table and has no error_message.
                error = wait_until(lambda: [e for e in self.errors_of(event_id) if "error_message" in e],
                                   what="an error item")[0]
                self.assertIn(reason, error["error_message"])
                self.assertEqual(self.daemon.items(EVENTS, event_id), [])

    def test_only_the_end_of_a_shipment_is_told(self):
        for status in ("delivered", "failed", "cancelled"):
            shipment_id = f"SHIP-{status}"
            self.daemon.put_shipment({"shipment_id": shipment_id, "status": status, "metadata": {"a": 1}})
            told, = wait_until(lambda: self.notifications(self.topic("logistics-processing-dev"), shipment_id),
                               what="the notification")
            self.assertEqual((told["protocol"], told["endpoint"]), ("email", "a@example.com"))
            self.assertEqual(told["notification"]["Subject"], f"Shipment {status.upper()}: {shipment_id}")
            message = json.loads(told["notification"]["Message"])
            self.assertEqual(message, {"shipment_id": shipment_id, "status": status, "metadata": {"a": 1},
                                       "timestamp": message["timestamp"], "environment": "dev"})
        for status in ("pending", "in_transit", "Delivered"):
            self.item_of(self.daemon.put_shipment({"shipment_id": f"SHIP-quiet-{status}", "status": status}))
        self.assertEqual(self.notifications(self.topic("logistics-processing-dev"), "SHIP-quiet"), [])

    # ---- status updates ----

    def test_a_status_update(self):
        item = self.item_of(self.daemon.put_shipment(
            {"shipment_id": "SHIP-UP", "status": "in_transit", "old_status": "pending"}, "Shipment Status Updated"))
        self.assertEqual(item, {"event_id": item["event_id"], "timestamp": item["timestamp"], "shipment_id": "SHIP-UP",
                                "status": "in_transit", "old_status": "pending", "environment": "dev",
                                "ttl": item["timestamp"] + NINETY_DAYS})

    def test_a_status_update_without_an_old_status(self):
        item = self.item_of(self.daemon.put_shipment({"shipment_id": "SHIP-UP2", "status": "lost"},
                                                     "Shipment Status Updated"))
        self.assertIsNone(item["old_status"])

    def test_a_status_update_that_lacks_its_status_is_tried_twice(self):
        event_id = self.daemon.put_shipment({"shipment_id": "SHIP-NONE"}, "Shipment Status Updated")
        letter, = wait_until(lambda: self.daemon.lines("dead-letters", "list", "--filter", f"event={event_id}"),
                             what="the dead letter")
        self.assertEqual((letter["attempts"], letter["error_message"]),
                         (2, "Missing required fields: shipment_id or status"))
        self.assertEqual([error.get("dead_letter") for error in self.errors_of(event_id)], [None, None])

    # ---- errors that others report ----

    def test_critical_errors_are_told_to_alerts(self):
        for number, (detail_type, detail) in enumerate((("Critical Error", {"error_message": "it broke"}),
                                                        ("Processing Error", {"error_type": "critical"}))):
            detail["mark"] = f"CRITICAL-{number}"
            self.daemon.put_shipment(detail, detail_type, "logistics.error")
            told, = wait_until(lambda: self.notifications(self.topic("logistics-alerts-dev"), detail["mark"]),
                               what="the alert")
            self.assertEqual((told["protocol"], told["endpoint"]), ("email", "devops@example.com"))
            self.assertEqual(told["notification"]["Subject"], f"CRITICAL: {detail_type}")
            message = json.loads(told["notification"]["Message"])
            self.assertEqual(message, {"timestamp": message["timestamp"], "environment": "dev",
                                       "detail_type": detail_type, "error_message": detail.get("error_message", ""),
                                       "details": detail})

    def test_other_errors_are_told_to_processing(self):
        self.daemon.put_shipment({"mark": "INFO-1"}, "Processing Error", "logistics.error")
        told, = wait_until(lambda: self.notifications(self.topic("logistics-processing-dev"), "INFO-1"),
                           what="the notification")
        self.assertEqual(told["notification"]["Subject"], "INFO: Processing Error")
        self.assertEqual(self.notifications(self.topic("logistics-alerts-dev"), "INFO-1"), [])

    # ---- what concerns none of the rules ----

    def test_other_events_are_accepted_and_go_nowhere(self):
        unmatched = self.daemon.metric("waybill_events_unmatched_total")
        items = len(self.daemon.items(EVENTS))
        self.daemon.put_shipment({"shipment_id": "NOBODY"}, "Shipment created")
        self.daemon.put_shipment({"shipment_id": "NOBODY"}, source="logistics.shipments")
        self.assertEqual(self.daemon.metric("waybill_events_unmatched_total"), unmatched + 2)
        event = self.daemon.put({"Source": "logistics.shipment", "DetailType": "Shipment Created",
                                 "Detail": '{"shipment_id":"NOBODY"}'})  # on the default bus
        self.assertIn("EventId", event[0])
        self.daemon.wait_drained()
        self.assertEqual(len(self.daemon.items(EVENTS)), items)

    # ---- reading it back ----

    def test_an_index_newest_first_page_by_page(self):
        times = [1_900_000_000 + i for i in range(7)]
        for time in times:
            self.daemon.put_shipment({"shipment_id": "SHIP-PAGES", "status": f"page-{time}"}, Time=time)
        query = ("query", EVENTS, "--index", "shipment-index", "--key", "SHIP-PAGES")
        wait_until(lambda: len(self.daemon.lines(*query)) == 7, what="seven items")

        def timestamps(*options):
            return [item["timestamp"] for item in self.daemon.lines(*query, *options)]
        self.assertEqual(timestamps(), times)
        self.assertEqual(timestamps("--reverse"), times[::-1])
        self.assertEqual(timestamps("--reverse", "--limit", "3"), times[:3:-1])
        self.assertEqual(timestamps("--from", times[2], "--to", times[4]), times[2:5])
        self.assertEqual(self.read_pages(EVENTS, "index=shipment-index&key=SHIP-PAGES&reverse=true", 3), times[::-1])
        by_status, = self.daemon.items(EVENTS, f"page-{times[5]}", "status-index")
        self.assertEqual(by_status["timestamp"], times[5])

    def read_pages(self, table, query, limit):
        """Timestamps over all pages, each continued where the one before ended."""
        from urllib.parse import quote  # pylint: disable=import-outside-toplevel
        timestamps, start = [], ""
        while True:
            page = self.daemon.http("GET", f"/_waybill/tables/{table}/items?{query}&limit={limit}{start}").json()
            self.assertLessEqual(len(page["items"]), limit)
            timestamps += [item["timestamp"] for item in page["items"]]
            if "next" not in page:
                return timestamps
            start = "&start=" + quote(json.dumps(page["next"]))


class NobodySubscribedTest(DaemonTest):
    """Without ProcessingEmail the processing topic has no subscription."""

    def test_a_delivered_shipment_is_stored_and_nobody_is_told(self):
        event_id = self.daemon.put_shipment({"shipment_id": "SHIP-QUIET", "status": "delivered"})
        wait_until(lambda: self.daemon.items(EVENTS, event_id), what="the item")
        self.daemon.wait_drained()
        self.assertEqual(self.daemon.lines("notifications"), [])
        self.assertEqual(self.daemon.lines("dead-letters", "list"), [])


if __name__ == "__main__":
    unittest.main()
