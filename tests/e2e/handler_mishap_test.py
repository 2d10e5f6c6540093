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
        self.crash_three_times("exit", 1)

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

    def put_all(self, source, details):
        return self.mishaps.put(*({"Source": source, "DetailType": "Mishap", "EventBusName": "mishaps",
                                   "Detail": json.dumps(detail)} for detail in details))

    def test_handlers_that_hang_keep_neither_other_targets_nor_the_operator_waiting(self):
        """Six events and six messages hang before the sound ones come, for longer than this test waits."""
        self.mishaps.start()
        gate = self.mishaps.directory / "gate"
        self.put_all("slow", [{"hang_until": str(gate), "number": i} for i in range(6)])
        self.put_all("slow-feed", [{"hang_until": str(gate), "number": 10 + i} for i in range(6)])
        sound = [self.put("sound", number=i) for i in range(3)]
        self.put("parcels", number=1)
        wait_until(lambda: set(sound) <= self.survivors(), 10, "the other function's items")
        wait_until(lambda: self.mishaps.metric("waybill_queue_messages_visible", queue="parcels") == 1, 10,
                   "the message in the other target's queue")
        self.assertEqual(self.survivors(), set(sound))  # the others hang still
        self.assertGreater(self.mishaps.pending(), 0)
        self.assertTrue(self.mishaps.healthy())
        gate.touch()
        wait_until(lambda: len(self.survivors()) == 15, what="what had hung")

    def numbers(self):
        return sorted(item["number"] for item in self.mishaps.items("survivors"))

    def crash_by_message(self, source):
        """Three good messages and one that crashes its handler, in one batch; how often the daemon crashed."""
        self.mishaps.start()
        gate = self.mishaps.directory / "gate"
        details = [{"number": i} for i in range(4)]
        details[2].update(mishap="segfault", hang_until=str(gate))
        self.put_all(source, details)
        gate.touch()
        for crashes in range(10):
            port = None if self.mishaps.process else self.mishaps.launch()
            try:
                wait_until(lambda: self.mishaps.process.poll() is not None, 4)
            except AssertionError:
                self.mishaps.port = int(port.read_text())
                return crashes
            self.assertEqual(self.ended(), -signal.SIGSEGV)
        raise AssertionError("one message crashes the daemon for ever")

    def test_a_message_that_crashes_its_handler_ends_among_the_dead_letters(self):
        crashes = self.crash_by_message("feed")
        self.assertIn(crashes, (3, 4))
        wait_until(lambda: self.numbers() == [0, 1, 3], what="the messages beside it")
        letter, = self.letters()
        self.assertEqual((letter["error_code"], letter["target_arn"]), ("HANDLER_CRASHED", BROKEN.replace("broken", "fed")))
        self.assertIn("crashed the daemon 3 times", letter["error_message"])
        self.assertEqual(self.mishaps.metric("waybill_queue_messages_visible", queue="feed"), 0)

    def test_a_message_that_crashes_its_handler_goes_to_its_queue_s_dead_letter_queue(self):
        self.crash_by_message("guarded-feed")
        wait_until(lambda: self.numbers() == [0, 1, 3], what="the messages beside it")
        grave, = self.mishaps.lines("queue", "peek", "graves")
        self.assertIn("segfault", grave["body"])
        self.assertEqual(self.letters(), [])

    def test_an_error_text_that_is_no_utf8_stops_nobody(self):
        self.mishaps.start()
        for source in ("teller", "teller", "teller", "mishaps"):
            self.put(source, mishap="bytes")
        sound = self.put("sound", number=1)
        wait_until(lambda: sound in self.survivors(), what="the other function's item")
        letters = wait_until(lambda: len(self.letters()) == 4 and self.letters(), what="the dead letters")
        for letter in letters:
            self.assertIn("no UTF-8: \ufffd\ufffd", letter["error_message"])

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
