"""Handlers that crash, hang or feed themselves: what becomes of their deliveries, and of everybody else's."""

import json
import os
import signal
import unittest
from pathlib import Path

from daemon import BINARY, SHORT_RETRIES, START_LIMIT, DaemonTest, wait_until

HERE = Path(__file__).resolve().parent
PLUGIN = Path(os.environ.get("WAYBILL_MISHAPS", BINARY.parent / "tests/e2e/mishaps.so"))
BROKEN = "arn:aws:lambda:us-east-1:000000000000:function:broken"


class HandlerMishapTest(DaemonTest):

    def setUp(self):
        self.mishaps = self.own_daemon(*SHORT_RETRIES, "--plugins", PLUGIN, rules=HERE / "mishaps/mishaps.yaml")

    def put(self, source="mishaps", **detail):
        return self.mishaps.put({"Source": source, "DetailType": "Mishap", "EventBusName": "mishaps",
                                 "Detail": json.dumps(detail)})[0]["EventId"]

    def ended(self):
        """How the daemon ended by itself."""
        process, self.mishaps.process = self.mishaps.process, None
        return process.wait(START_LIMIT)

    def survivors(self):
        return {item["event_id"] for item in self.mishaps.items("survivors")}

    def letters(self):
        return self.mishaps.lines("dead-letters", "list")

    def crash_three_times(self, mishap, code):
        """One event that crashes its handler; its id. After that the daemon runs."""
        self.mishaps.start()
        gate = self.mishaps.directory / "gate"  # else the daemon may be gone before it has answered
        event = self.put(mishap=mishap, hang_until=str(gate))
        gate.touch()
        for _ in range(2):
            self.assertEqual(self.ended(), code)
            self.mishaps.launch()  # it may be gone before it is ready
        self.assertEqual(self.ended(), code)
        self.mishaps.start()
        letter, = wait_until(self.letters, what="the dead letter")
        self.assertEqual((letter["event_id"], letter["error_code"]), (event, "HANDLER_CRASHED"))
        self.assertEqual(letter["target_arn"], BROKEN)
        self.assertIn("crashed the daemon 3 times", letter["error_message"])
        good = self.put(number=1)
        wait_until(lambda: good in self.survivors(), what="the next event's item")
        return event

    def test_a_handler_that_raises_a_signal(self):
        self.crash_three_times("segfault", -signal.SIGSEGV)

    def test_a_handler_that_writes_through_null(self):
        self.crash_three_times("null", -signal.SIGSEGV)

    def test_a_handler_that_aborts(self):
        self.crash_three_times("abort", -signal.SIGABRT)

    def test_a_handler_without_end_of_recursion(self):
        self.crash_three_times("overflow", -signal.SIGSEGV)

    def test_a_handler_that_ends_the_process(self):
        self.crash_three_times("exit", 0)

    def test_others_in_flight_are_not_blamed(self):
        """Events beside the crashing one are handled in the end, each once, however often they were interrupted."""
        self.mishaps.start()
        gate = self.mishaps.directory / "gate"
        crash = {"mishap": "segfault", "hang_until": str(gate)}
        entries = [{"Source": "mishaps", "DetailType": "Mishap", "EventBusName": "mishaps",
                    "Detail": json.dumps(crash if i in (3, 6) else {"number": i})} for i in range(10)]
        ids = [result["EventId"] for result in self.mishaps.put(*entries)]
        gate.touch()
        crashes = 0
        while True:
            port = self.mishaps.launch() if self.mishaps.process is None else None
            try:
                wait_until(lambda: self.mishaps.process.poll() is not None, 1.5)
            except AssertionError:
                break
            self.ended()
            crashes += 1
            self.assertLess(crashes, 10)
        self.assertIsNotNone(port)
        self.mishaps.port = int(port.read_text())
        self.assertIn(crashes, range(3, 7))  # both may crash at once
        self.assertEqual({letter["event_id"] for letter in self.letters()}, {ids[3], ids[6]})
        self.assertEqual(self.survivors(), {id for i, id in enumerate(ids) if i not in (3, 6)})

    def test_a_crash_elsewhere_or_a_kill_is_nobodys_fault(self):
        self.mishaps.start()
        gate = self.mishaps.directory / "gate"
        event = self.put(hang_until=str(gate))
        for _ in range(4):
            self.mishaps.kill()
            self.mishaps.start()
        gate.touch()
        wait_until(lambda: event in self.survivors(), what="the item of an event that was interrupted four times")
        self.assertEqual(self.letters(), [])

    def test_a_handler_that_hangs_stops_nobody_and_its_late_result_is_dropped(self):
        self.mishaps.start()
        gate = self.mishaps.directory / "gate"
        hanging = [self.put(hang_until=str(gate), number=i) for i in range(3)]
        wait_until(lambda: self.mishaps.metric("waybill_delivery_attempts_total", endpoint=BROKEN, result="failed") > 0,
                   what="the first timeout")
        sound = [self.put("sound", number=i) for i in range(20)]
        wait_until(lambda: set(sound) <= self.survivors(), 5, "the other function's items")
        letters = wait_until(lambda: len(self.letters()) == 3 and self.letters(), 30, "the dead letters")
        self.assertEqual({letter["error_code"] for letter in letters} - {"TIMEOUT", "ERROR_FROM_TARGET"}, set())
        self.assertEqual({letter["event_id"] for letter in letters}, set(hanging))
        gate.touch()
        wait_until(lambda: self.mishaps.metric("waybill_deliveries_total", outcome="fenced") >= 3,
                   what="late results that were dropped")
        self.assertEqual(self.survivors(), set(sound))
        self.assertTrue(self.mishaps.healthy())

    def test_a_rule_that_feeds_itself_ends(self):
        self.mishaps.start()
        first = self.put(emit=True)
        letter, = wait_until(self.letters, what="the dead letter")
        self.assertEqual(letter["error_code"], "RECURSION_LIMIT")
        items = self.survivors()
        self.assertIn(first, items)
        self.assertEqual(len(items), 17)  # the first one, and sixteen that were caused


if __name__ == "__main__":
    unittest.main()
