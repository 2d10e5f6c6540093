"""The shipment pipeline as it is shipped: thirty thousand events with duplicates and poison through its queue, in
batches, each stored once; and the same when the daemon is killed amid batches."""

import json
import random
import unittest

from daemon import DaemonTest, wait_until

BUS = "shipmentevents-dev"
QUEUE = "shipmentevents-queue-dev"
DEAD = "shipmentevents-dlq-dev"
TABLE = "shipmentevents-dev"


def good(number):
    return {"shipment_id": f"SHIP-{number}", "event_timestamp": f"2026-10-01T12:{number % 60:02}:00Z",
            "event_type": "shipment.created", "weight": number}


def poison(number):
    """Each lacks something, and says its number."""
    event = good(number)
    del event[("shipment_id", "event_timestamp", "event_type")[number % 3]]
    return event


class ShipmentPipelineTest(DaemonTest):
    flags = ("--set", "clock=virtual")

    def setUp(self):
        self.pipeline = self.own_daemon("--set", "clock=virtual")
        self.pipeline.start()

    def put(self, details):
        for first in range(0, len(details), 10):
            results = self.pipeline.put(*({"EventBusName": BUS, "Source": "shipment.service",
                                           "DetailType": "shipment.created", "Detail": json.dumps(detail)}
                                          for detail in details[first:first + 10]))
            self.assertTrue(all("EventId" in result for result in results))

    def queue(self, name):
        return next(queue for queue in self.pipeline.lines("queues") if queue["name"] == name)

    def waiting(self):
        queue = self.queue(QUEUE)
        return queue["visible"] + queue["in_flight"] + queue["delayed"]

    def turn(self, span):
        self.pipeline.waybill("clock", "advance", span)

    def check_stored(self, numbers):
        items = self.pipeline.items(TABLE)
        self.assertEqual(len(items), len(numbers))
        self.assertEqual({item["payload"]["weight"] for item in items}, set(numbers))
        for item in items[:100]:
            self.assertEqual(item["payload"], good(item["payload"]["weight"]))
            self.assertEqual(item["processing_status"], "processed")

    def dead_letters(self, most):
        return [json.loads(message["body"])["detail"]["weight"]
                for message in self.pipeline.lines("queue", "peek", DEAD, "--limit", most)]

    def test_thirty_thousand_events_with_duplicates_and_poison(self):
        chance = random.Random(3)
        numbers = list(range(28_500))
        bad = chance.sample(numbers, 300)
        details = [poison(number) if number in set(bad) else good(number) for number in numbers]
        wanted = set(numbers) - set(bad)
        details += [good(number) for number in chance.sample(sorted(wanted), 1_500)]
        chance.shuffle(details)
        self.put(details)
        self.turn("1h")  # three receives, six minutes apart
        self.assertEqual(self.waiting(), 0)
        self.check_stored(wanted)
        self.assertEqual(self.queue(DEAD)["visible"], len(bad))
        self.assertEqual(sorted(self.dead_letters(1_000)), sorted(bad))
        self.assertEqual(self.pipeline.pending(), 0)

    def test_a_message_put_straight_into_the_queue_and_a_copy_of_it(self):
        for _ in range(2):
            self.pipeline.waybill("queue", "send", QUEUE, json.dumps(good(7)))
            self.turn("11s")
        self.check_stored([7])
        self.assertEqual(self.waiting(), 0)
        self.assertIn("a conditional write was skipped", self.pipeline.log())

    def test_poison_that_is_mended_goes_back_where_it_came_from(self):
        self.put([poison(3)])
        self.turn("30m")
        self.assertEqual(self.queue(DEAD)["visible"], 1)
        self.pipeline.waybill("queue", "redrive", DEAD)
        wait_until(lambda: self.queue(DEAD)["visible"] == 0, what="the message to leave the dead-letter queue")
        self.turn("30m")
        self.assertEqual(self.queue(DEAD)["visible"], 1)  # it is as bad as it was

    def test_events_of_others_do_not_get_in(self):
        self.pipeline.put({"EventBusName": BUS, "Source": "shipment.service", "DetailType": "order.created",
                           "Detail": json.dumps(good(1))},
                          {"EventBusName": BUS, "Source": "other", "DetailType": "shipment.created",
                           "Detail": json.dumps(good(2))})
        self.turn("1m")
        self.assertEqual(self.pipeline.items(TABLE), [])

    def test_killed_amid_batches_each_event_is_stored_once(self):
        chance = random.Random(4)
        numbers = list(range(3_000))
        bad = numbers[::100]
        details = [poison(number) if number % 100 == 0 else good(number) for number in numbers]
        for first in range(0, len(details), 300):
            self.put(details[first:first + 300])
            self.pipeline.signal(9)
            self.pipeline.process.wait()
            self.pipeline.process = None
            self.pipeline.start()
            if chance.random() < 0.5:
                self.turn("11s")
        self.turn("2h")
        self.assertEqual(self.waiting(), 0)
        self.check_stored(set(numbers) - set(bad))
        self.assertEqual(sorted(self.dead_letters(100)), bad)


if __name__ == "__main__":
    unittest.main()
