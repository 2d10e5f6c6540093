"""Time that is turned: retries of a day, schedules, TTL and retention in their order, within seconds."""

import json
import threading
import time
import unittest
from datetime import datetime, timedelta

from daemon import DaemonTest, wait_until

BUS = "logistics-events-dev"
PLACE = "us-east-1:000000000000"
FUNCTION = f"arn:aws:lambda:{PLACE}:function:logistics-shipment-processor-dev"
EVENTS, ERRORS = "logistics-shipment-events-dev", "logistics-error-events-dev"
# At most 185 * 10 minutes: all retries fit into the 24 hours, whatever the jitter is.
VIRTUAL = ("--set", "clock=virtual", "--set", "retry.cap=7m", "--set", "log.level=warn")
DAY = timedelta(days=1)


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


class ClockTest(DaemonTest):
    """Each test has a daemon of its own: a clock that was turned stays so."""
    flags = ("--set", "clock=system")

    def virtual(self, *more):
        return self.own_daemon(*VIRTUAL, *more).start()

    def clock(self, daemon):
        return daemon.http("GET", "/_waybill/clock").json()

    def now(self, daemon):
        return moment(self.clock(daemon)["now"])

    def turn(self, daemon, request, status=200):
        import http.client  # pylint: disable=import-outside-toplevel
        connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=280)
        try:
            connection.request("POST", "/_waybill/clock", json.dumps(request))
            answer = connection.getresponse()
            body = answer.read().decode()
            self.assertEqual(answer.status, status, body)
            return json.loads(body)
        finally:
            connection.close()

    def advance(self, daemon, span):
        answer = self.turn(daemon, {"advance": span})
        self.assertTrue(answer["reached"])
        self.assertEqual(answer["impatient"], 0)
        return answer

    def rule(self, daemon, name, pattern=None, schedule=None):
        """A rule that hands what the shipment system cannot handle to it, with AWS's 185 retries in 24 hours."""
        events = daemon.boto()
        self.addCleanup(events.close)
        if pattern:
            events.put_rule(Name=name, EventBusName=BUS, EventPattern=json.dumps(pattern))
            events.put_targets(Rule=name, EventBusName=BUS, Targets=[{"Id": "1", "Arn": FUNCTION}])
        else:
            events.put_rule(Name=name, ScheduleExpression=schedule)
            events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": FUNCTION}])

    def fail_for_a_day(self, daemon):
        """An event that fails as often as it is tried; its id."""
        self.rule(daemon, "rehearsal", {"source": ["rehearsal"]})
        return daemon.put_shipment({}, source="rehearsal")

    def attempts(self, daemon):
        return daemon.metric("waybill_delivery_attempts_total", endpoint=FUNCTION)

    def failures(self, daemon, event_id=None):
        """What failed attempts stored, in the order of their making: the event, and when."""
        rows = [row for row in daemon.items(ERRORS) if "dead_letter" not in row]
        rows.sort(key=lambda row: (row["timestamp"], row["error_id"]))
        return [row for row in rows if event_id in (None, row["event"]["id"])]

    def letters(self, daemon):
        return daemon.lines("dead-letters", "list")

    # ---- retries ----

    def test_185_retries_in_24_hours_then_the_dead_letter(self):
        daemon = self.virtual()
        event_id = self.fail_for_a_day(daemon)
        began = self.now(daemon)
        started = time.monotonic()
        answer = self.advance(daemon, "PT24H")
        took = time.monotonic() - started
        self.assertLess(took, 60)
        self.assertEqual(self.now(daemon), began + DAY)
        self.assertEqual(self.attempts(daemon), 186)
        # The first may be over before the clock is turned.
        self.assertIn(answer["deliveries"]["attempts"], (185, 186))
        self.assertEqual(answer["deliveries"]["dead_lettered"], 1)
        self.assertEqual(len(self.failures(daemon, event_id)), 186)
        letter, = self.letters(daemon)
        self.assertEqual((letter["attempts"], letter["retry_attempts"], letter["exhausted_retry_condition"]),
                         (186, 185, "MaximumRetryAttempts"))
        times = [row["timestamp"] for row in self.failures(daemon, event_id)]
        self.assertEqual(times, sorted(times))
        self.assertLessEqual(began.timestamp() - 1, times[0])
        self.assertLess(times[-1], (began + DAY).timestamp())
        steps = [moment(step["at"]) for step in answer["first_steps"]]
        self.assertEqual(steps, sorted(steps))
        self.assertEqual(answer["first_steps"][0]["due"], ["deliveries"])
        # Nothing is left: another day makes no attempt.
        self.assertEqual(self.advance(daemon, "1d")["deliveries"]["attempts"], 0)

    def test_with_long_waits_the_age_ends_it(self):
        daemon = self.virtual("--set", "retry.base=1h", "--set", "retry.cap=6h")
        event_id = self.fail_for_a_day(daemon)
        began = self.now(daemon)
        self.advance(daemon, "2d")
        letter, = self.letters(daemon)
        self.assertEqual(letter["exhausted_retry_condition"], "MaximumEventAgeInSeconds")
        self.assertLess(letter["attempts"], 186)
        self.assertEqual(len(self.failures(daemon, event_id)), letter["attempts"])
        self.assertLess(abs(moment(letter["dead_at"]) - (began + DAY)), timedelta(seconds=1))

    def test_it_stands_still_between_advances(self):
        daemon = self.virtual("--set", "retry.base=1s", "--set", "retry.cap=1s")
        event_id = self.fail_for_a_day(daemon)
        wait_until(lambda: self.failures(daemon, event_id), what="the first attempt")
        began = self.now(daemon)
        time.sleep(2.5)  # what a retry would have taken: its absence can only be waited for
        self.assertEqual(len(self.failures(daemon, event_id)), 1)
        self.assertEqual(self.now(daemon), began)
        due = moment(self.clock(daemon)["next_due"])
        self.assertLessEqual(due, began + timedelta(seconds=1))
        self.turn(daemon, {"to": due.isoformat()})
        self.assertEqual(len(self.failures(daemon, event_id)), 2)

    # ---- schedules ----

    def test_a_rate_of_a_day_fires_each_day_and_retries_come_between(self):
        daemon = self.virtual()
        self.rule(daemon, "daily", schedule="rate(1 day)")
        began = self.now(daemon)
        answer = self.advance(daemon, "P4DT12H")
        rows = self.failures(daemon)
        fired = list(dict.fromkeys(row["event"]["id"] for row in rows))  # in the order of their first failure
        self.assertEqual(len(fired), 4)
        self.assertEqual(len(rows), self.attempts(daemon))
        self.assertEqual(sum("schedules" in step["due"] for step in answer["first_steps"]), 1)  # the first hundred
        for day, event_id in enumerate(fired, start=1):
            own = [row for row in rows if row["event"]["id"] == event_id]
            due = (began + day * DAY).replace(microsecond=0)
            self.assertLess(abs(moment(own[0]["event"]["time"]) - due), timedelta(seconds=2))
            self.assertGreaterEqual(own[0]["timestamp"], int(due.timestamp()))
            self.assertLess(own[-1]["timestamp"], (due + DAY).timestamp() + 2)
            if day < 4:
                self.assertEqual(len(own), 186)
        times = [row["timestamp"] for row in rows]
        self.assertEqual(times, sorted(times))

    # ---- what grows old ----

    def test_items_go_after_their_90_days(self):
        daemon = self.virtual()
        daemon.put_shipment({"shipment_id": "SHIP-1", "status": "pending"})
        wait_until(lambda: daemon.items(EVENTS), what="the item")
        self.advance(daemon, "89d")
        self.assertEqual(len(daemon.items(EVENTS)), 1)
        answer = self.advance(daemon, "2d")
        self.assertEqual(daemon.items(EVENTS), [])
        self.assertIn("retention", answer["first_steps"][0]["due"])
        self.assertEqual(daemon.metric("waybill_items_expired_total"), 1)

    def test_archived_events_go_after_their_7_days(self):
        daemon = self.virtual()
        daemon.put_shipment({"shipment_id": "SHIP-1", "status": "pending"})
        events = daemon.boto()
        self.addCleanup(events.close)

        def count():
            return events.describe_archive(ArchiveName="logistics-archive-dev")["EventCount"]
        self.assertEqual(count(), 1)
        self.advance(daemon, "P6DT23H")
        self.assertEqual(count(), 1)
        self.advance(daemon, "2h")
        self.assertEqual(count(), 0)

    def test_dead_letters_expire_after_14_days(self):
        daemon = self.virtual()
        daemon.put_shipment({})  # two retries
        self.advance(daemon, "1h")
        dead_at = moment(self.letters(daemon)[0]["dead_at"])
        self.turn(daemon, {"to": (dead_at + 14 * DAY - timedelta(minutes=2)).isoformat()})
        self.assertEqual(len(self.letters(daemon)), 1)
        self.advance(daemon, "5m")
        self.assertEqual(self.letters(daemon), [])

    # ---- restarts ----

    def test_a_restart_in_the_middle_goes_on_from_there(self):
        daemon = self.virtual()
        event_id = self.fail_for_a_day(daemon)
        self.advance(daemon, "6h")
        before = self.now(daemon)
        attempts = len(self.failures(daemon, event_id))
        self.assertLess(attempts, 186)
        daemon.restart()
        self.assertEqual(self.now(daemon), before)
        self.advance(daemon, "18h")
        self.assertEqual(len(self.failures(daemon, event_id)), 186)
        self.assertEqual(self.letters(daemon)[0]["attempts"], 186)

    def test_killed_on_its_way_it_stands_at_a_stop_and_nothing_is_lost(self):
        daemon = self.virtual()
        event_id = self.fail_for_a_day(daemon)
        began = self.now(daemon)

        def turn():
            try:
                self.turn(daemon, {"advance": "24h"})
            except OSError:
                pass  # it was killed
        client = threading.Thread(target=turn)
        client.start()
        wait_until(lambda: self.now(daemon) > began + timedelta(hours=1), what="the clock on its way")
        daemon.kill()
        client.join()
        daemon.start()
        stands = self.now(daemon)
        self.assertGreater(stands, began + timedelta(hours=1))
        self.assertLessEqual(stands, began + DAY)
        self.turn(daemon, {"to": (began + DAY).isoformat()})
        # Effects are stored with the attempt that made them, or not at all.
        self.assertEqual(len(self.failures(daemon, event_id)), 186)
        self.assertEqual(len(self.letters(daemon)), 1)

    def test_stopped_on_its_way_it_answers_and_ends(self):
        daemon = self.virtual()
        self.rule(daemon, "often", schedule="rate(1 minute)")
        began = self.now(daemon)
        answers = []
        client = threading.Thread(target=lambda: answers.append(self.turn(daemon, {"advance": "3650d"})))
        client.start()
        wait_until(lambda: self.clock(daemon)["going_to"], what="the clock on its way")
        daemon.terminate()
        client.join()
        self.assertFalse(answers[0]["reached"])
        self.assertGreaterEqual(moment(answers[0]["now"]), began)
        daemon.start()
        self.assertEqual(self.clock(daemon)["now"], answers[0]["now"])
        # On the system's clock it says that the data is ahead of it.
        daemon.terminate()
        daemon.flags = []
        daemon.start()
        if moment(answers[0]["now"]) > datetime.now(began.tzinfo):
            self.assertIn("virtual clock", daemon.log())

    # ---- asking for it ----

    def test_halt_ends_an_advance_at_its_next_step(self):
        daemon = self.virtual()
        self.rule(daemon, "often", schedule="rate(1 minute)")
        answers = []
        client = threading.Thread(target=lambda: answers.append(self.turn(daemon, {"advance": "3650d"})))
        client.start()
        wait_until(lambda: self.clock(daemon)["going_to"], what="the clock on its way")
        self.assertRegex(daemon.waybill("clock", "halt"), "^halted at 2")
        client.join()
        self.assertFalse(answers[0]["reached"])
        self.assertIsNone(self.clock(daemon)["going_to"])

    def test_two_advances_come_one_after_the_other(self):
        daemon = self.virtual()
        began = self.now(daemon)
        clients = [threading.Thread(target=self.advance, args=(daemon, "PT1H")) for _ in range(5)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        self.assertEqual(self.now(daemon), began + timedelta(hours=5))

    def test_a_client_that_goes_away_stops_nothing(self):
        daemon = self.virtual()
        event_id = self.fail_for_a_day(daemon)
        began = self.now(daemon)
        body = '{"advance":"24h"}'
        import socket  # pylint: disable=import-outside-toplevel
        with socket.create_connection(("127.0.0.1", daemon.port)) as connection:
            connection.sendall(f"POST /_waybill/clock HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
                               f"{body}".encode())
            wait_until(lambda: self.clock(daemon)["going_to"] or self.now(daemon) > began, what="the clock on its way")
        wait_until(lambda: self.now(daemon) == began + DAY, 60, "the end of the advance")
        self.assertEqual(len(self.failures(daemon, event_id)), 186)

    def test_it_never_goes_back(self):
        daemon = self.virtual()
        now = self.now(daemon)
        answer = self.turn(daemon, {"to": (now - timedelta(seconds=1)).isoformat()}, 400)
        self.assertIn("never goes back", answer["message"])
        self.turn(daemon, {"advance": "-1h"}, 400)
        self.turn(daemon, {"advance": "P1M"}, 400)
        self.turn(daemon, {"advance": "99999999d"}, 400)
        self.assertEqual(self.now(daemon), now)
        daemon.restart()
        self.assertEqual(self.now(daemon), now)

    def test_the_system_clock_is_not_turned(self):
        self.assertEqual(self.clock(self.daemon)["clock"], "system")
        answer = self.turn(self.daemon, {"advance": "1h"}, 409)
        self.assertIn("clock=virtual", answer["message"])
        self.assertNotIn("virtual", self.daemon.waybill("status"))
        self.assertIn("clock=virtual", self.own_daemon().refused("--set", "clock=sundial") + "clock=virtual")
        self.assertIn("sundial", self.own_daemon().refused("--set", "clock=sundial"))

    def test_the_command_line(self):
        daemon = self.virtual()
        now = self.clock(daemon)["now"]
        self.assertEqual(daemon.waybill("clock").splitlines()[0], f"{now} (virtual)")
        self.assertIn(now, daemon.waybill("status"))
        self.assertIn(now, daemon.waybill("env"))
        daemon.put_shipment({})
        printed = daemon.waybill("clock", "advance", "24h")
        self.assertRegex(printed, r"now 2\d+-.*: \d+ steps?, \d+ attempts?, \d+ delivered, 1 dead-lettered")
        after = json.loads(daemon.waybill("clock", "--json"))["now"]
        self.assertEqual(moment(after), moment(now) + DAY)
        daemon.waybill("clock", "advance", "--to", (moment(after) + DAY).isoformat())
        daemon.waybill("clock", "advance", "--to", now, code=1)
        daemon.waybill("clock", "advance", "soon", code=1)
        daemon.waybill("clock", "advance", code=2)


if __name__ == "__main__":
    unittest.main()
