"""A shipment without its id: attempts, dead letter, what is told, and how an operator brings it to an end."""

import json
import unittest

from daemon import SHORT_RETRIES, DaemonTest, wait_until

EVENTS, ERRORS = "logistics-shipment-events-dev", "logistics-error-events-dev"
RULE = "arn:aws:events:us-east-1:000000000000:rule/logistics-events-dev/logistics-shipment-create-dev"
TARGET = "arn:aws:lambda:us-east-1:000000000000:function:logistics-shipment-processor-dev"
REASON = "Missing shipment_id in event"
THIRTY_DAYS = 30 * 24 * 3600


class DeadLettersTest(DaemonTest):

    def rows_of(self, event_id):
        """Error items in the order of their ids, which is that of their making."""
        rows = [item for item in self.daemon.items(ERRORS) if item["event"]["id"] == event_id]
        return sorted(rows, key=lambda item: item["error_id"])

    def letter_of(self, event_id):
        letter, = wait_until(lambda: self.daemon.lines("dead-letters", "list", "--filter", f"event={event_id}"),
                             what="the dead letter")
        return letter

    def fail_one(self, **detail):
        """An event that ends as a dead letter; its id and its letter."""
        event_id = self.daemon.put_shipment(detail)
        return event_id, self.letter_of(event_id)

    def attempts(self, result):
        return self.daemon.metric("waybill_delivery_attempts_total", endpoint=TARGET, result=result)

    def test_three_attempts_then_the_row_the_record_and_the_alert(self):
        letters = self.daemon.metric("waybill_dead_letters")
        failed = self.attempts("failed")
        event_id, letter = self.fail_one(status="pending")

        rows = self.rows_of(event_id)
        self.assertEqual(len(rows), 4)
        attempts = [row for row in rows if "dead_letter" not in row]
        self.assertEqual(len(attempts), 3)
        for row in attempts:
            self.assertEqual(row["error_message"], REASON)
            self.assertEqual(row["environment"], "dev")
            self.assertEqual(row["ttl"], row["timestamp"] + THIRTY_DAYS)
            self.assertEqual(row["event"]["detail"], {"status": "pending"})

        dead, = [row for row in rows if row.get("dead_letter")]
        self.assertGreaterEqual(dead["timestamp"], max(row["timestamp"] for row in attempts))
        self.assertEqual(dead, {
            "error_id": dead["error_id"], "timestamp": dead["timestamp"], "event": attempts[0]["event"],
            "dead_letter": True, "environment": "dev", "ttl": dead["timestamp"] + THIRTY_DAYS,
            "RULE_ARN": RULE, "TARGET_ARN": TARGET, "ERROR_CODE": "ERROR_FROM_TARGET", "ERROR_MESSAGE": REASON,
            "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts", "RETRY_ATTEMPTS": "2"})

        self.assertEqual(letter, {
            "id": letter["id"], "event_id": event_id, "rule_arn": RULE, "target_arn": TARGET,
            "error_code": "ERROR_FROM_TARGET", "error_message": REASON, "attempts": 3, "retry_attempts": 2,
            "exhausted_retry_condition": "MaximumRetryAttempts", "ingested_at": letter["ingested_at"],
            "dead_at": letter["dead_at"]})
        self.assertLess(letter["ingested_at"], letter["dead_at"])

        alert, = [each for each in self.daemon.lines("notifications") if event_id in each["notification"]["Message"]]
        self.assertTrue(alert["topic_arn"].endswith(":logistics-alerts-dev"))
        self.assertEqual(alert["notification"]["MessageAttributes"]["ERROR_MESSAGE"],
                         {"Type": "String", "Value": REASON})
        self.assertEqual(json.loads(alert["notification"]["Message"]), attempts[0]["event"])

        self.assertEqual(self.daemon.metric("waybill_dead_letters"), letters + 1)
        self.assertEqual(self.attempts("failed"), failed + 3)
        self.daemon.wait_drained()

    def test_the_rows_come_in_their_order(self):
        daemon = self.own_daemon("--set", "retry.base=400ms", "--set", "retry.cap=400ms").start()
        event_id = daemon.put_shipment({})
        seen = []

        def finished():
            letters = daemon.lines("dead-letters", "list")  # first: what came before it must be there then
            rows = daemon.items(ERRORS)
            dead = sum("dead_letter" in row for row in rows)
            now = (len(rows) - dead, dead, len(letters))
            if not seen or seen[-1] != now:
                seen.append(now)
            return letters
        wait_until(finished, what="the dead letter")
        self.assertEqual(seen[-1], (3, 1, 1), event_id)
        self.assertEqual(seen, sorted(seen))
        for errors, dead, letters in seen:
            self.assertTrue(dead == 0 or errors == 3, seen)
            self.assertTrue(letters == 0 or dead == 1, seen)

    def test_show_has_the_payload(self):
        event_id, letter = self.fail_one(mark=1)
        shown = json.loads(self.daemon.waybill("dead-letters", "show", letter["id"]))
        self.assertEqual(shown["payload"]["id"], event_id)
        self.assertEqual(shown["payload"]["detail"], {"mark": 1})

    def test_a_redrive_with_the_field_added_drains(self):
        event_id, letter = self.fail_one(status="pending")
        done = self.attempts("ok")
        detail = self.file('{"status":"in_transit","shipment_id":"SHIP-REDRIVEN","metadata":{"z":1,"a":300.0}}')
        printed = self.daemon.waybill("dead-letters", "redrive", letter["id"], "--detail", detail)
        self.assertEqual(printed, f"redriven 1: {letter['id']}\n")
        item, = wait_until(lambda: self.daemon.items(EVENTS, event_id), what="the item")
        self.assertEqual((item["shipment_id"], item["status"]), ("SHIP-REDRIVEN", "in_transit"))
        self.daemon.wait_drained()
        self.assertEqual(self.daemon.lines("dead-letters", "list", "--filter", f"event={event_id}"), [])
        self.assertEqual(len(self.rows_of(event_id)), 4)  # the history stays
        self.assertEqual(self.attempts("ok"), done + 1)

    def test_a_redrive_of_what_is_still_wrong_makes_a_new_letter(self):
        event_id, letter = self.fail_one()
        self.daemon.waybill("dead-letters", "redrive", letter["id"])
        again = wait_until(lambda: [each for each in self.daemon.lines("dead-letters", "list", "--filter",
                                                                       f"event={event_id}")
                                    if each["id"] != letter["id"]], what="the next dead letter")[0]
        self.assertEqual(again["attempts"], 3)
        self.assertEqual(len(self.rows_of(event_id)), 8)

    def test_the_detail_of_a_redrive_stays_as_it_is_spelled(self):
        event_id, letter = self.fail_one()
        self.daemon.waybill("dead-letters", "redrive", letter["id"], "--detail", "-",
                            stdin='{"z": 300.0, "a": 3e2, "n": 12345678901234567890.5}')
        wait_until(lambda: len([each for each in self.daemon.lines("notifications")
                                if event_id in each["notification"]["Message"]]) == 2, what="the second alert")
        texts = [each["notification"]["Message"] for each in self.daemon.lines("notifications")
                 if event_id in each["notification"]["Message"]]
        self.assertTrue(texts[-1].endswith('"detail":{"z":300.0,"a":3e2,"n":12345678901234567890.5}}'), texts[-1])

    def test_a_dry_run_changes_nothing(self):
        _, letter = self.fail_one()
        attempts = self.attempts("failed")
        for choice in ((str(letter["id"]),), ("--all",), ("--filter", f"rule={RULE}")):
            printed = self.daemon.waybill("dead-letters", "redrive", *choice, "--dry-run")
            self.assertRegex(printed, rf"^would redrive \d+: .*\b{letter['id']}\b")
        self.daemon.wait_drained()
        self.assertEqual(self.attempts("failed"), attempts)
        self.assertEqual(json.loads(self.daemon.waybill("dead-letters", "show", letter["id"]))["id"], letter["id"])

    def test_drop(self):
        event_id, letter = self.fail_one()
        self.assertEqual(self.daemon.waybill("dead-letters", "drop", letter["id"]), f"dropped {letter['id']}\n")
        self.assertEqual(self.daemon.lines("dead-letters", "list", "--filter", f"event={event_id}"), [])
        for verb in ("drop", "show", "redrive"):
            self.daemon.waybill("dead-letters", verb, letter["id"], code=1)

    def test_filters(self):
        event_id, letter = self.fail_one()
        other = self.daemon.put_shipment({}, "Shipment Status Updated")
        self.letter_of(other)

        def ids(*filters):
            return [each["event_id"] for each in self.daemon.lines("dead-letters", "list",
                                                                   *(part for each in filters
                                                                     for part in ("--filter", each)))]
        self.assertEqual(ids(f"event={event_id}"), [event_id])
        self.assertEqual(ids(f"event={event_id},code=ERROR_FROM_TARGET"), [event_id])
        self.assertEqual(ids(f"event={event_id}", "code=TIMEOUT"), [])
        self.assertIn(event_id, ids(f"rule={RULE}"))
        self.assertNotIn(other, ids(f"rule={RULE}"))
        self.assertIn(other, ids(f"target={TARGET.replace('shipment-processor', 'status-updater')}"))
        self.assertEqual({each["rule_arn"] for each in self.daemon.lines("dead-letters", "list", "--filter",
                                                                         f"target={TARGET}")}, {RULE})
        self.assertIn(str(letter["id"]), self.daemon.waybill("dead-letters", "list"))

    def test_a_redrive_by_filter(self):
        daemon = self.own_daemon(*SHORT_RETRIES).start()
        ids = {daemon.put_shipment({"n": i}) for i in range(5)}
        other = daemon.put_shipment({}, "Shipment Status Updated")
        wait_until(lambda: len(daemon.lines("dead-letters", "list")) == 6, what="six dead letters")
        printed = daemon.waybill("dead-letters", "redrive", "--filter", f"rule={RULE}", "--detail", "-",
                                 stdin='{"shipment_id":"SHIP-MANY"}')
        self.assertTrue(printed.startswith("redriven 5: "), printed)
        wait_until(lambda: {item["event_id"] for item in daemon.items(EVENTS)} == ids, what="five items")
        left, = daemon.lines("dead-letters", "list")
        self.assertEqual(left["event_id"], other)

    def test_a_redrive_in_pages_goes_on_where_it_was(self):
        daemon = self.own_daemon(*SHORT_RETRIES).start()
        for number in range(5):
            daemon.put_shipment({"n": number})
        wait_until(lambda: len(daemon.lines("dead-letters", "list")) == 5, what="five letters")
        ids, after = [], {}
        while True:
            body = {"filter": {}, "dry_run": True, "limit": 2, **after}
            page = daemon.http("POST", "/_waybill/dead-letters/redrive", json.dumps(body)).json()
            ids.append(page["ids"])
            if "next" not in page:
                break
            after = {"after": page["next"]}
        self.assertEqual([len(each) for each in ids], [2, 2, 1])
        self.assertEqual(len(set(sum(ids, []))), 5)
        for wrong in ({"limit": 0}, {"limit": 101}, {"limit": "2"}, {"after": "x"}, {"after": 5}):
            answer = daemon.http("POST", "/_waybill/dead-letters/redrive", json.dumps({"filter": {}, **wrong}))
            self.assertEqual(answer.status, 400, wrong)

    def test_a_dead_letter_survives_a_restart_and_can_be_redriven_then(self):
        daemon = self.own_daemon(*SHORT_RETRIES).start()
        event_id = daemon.put_shipment({})
        letter, = wait_until(lambda: daemon.lines("dead-letters", "list"), what="the dead letter")
        daemon.restart()
        self.assertEqual(daemon.lines("dead-letters", "list"), [letter])
        daemon.waybill("dead-letters", "redrive", "--all", "--detail", "-", stdin='{"shipment_id":"SHIP-LATER"}')
        wait_until(lambda: daemon.items(EVENTS, event_id), what="the item")


if __name__ == "__main__":
    unittest.main()
