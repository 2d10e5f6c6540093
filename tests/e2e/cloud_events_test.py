"""CloudEvents over HTTP: the three modes, what rules and handlers see of them, and what is refused."""

import json
import unittest
import urllib.parse

from daemon import RULES, SHORT_RETRIES, DaemonTest, wait_until

BUS = "/cloudevents?bus=logistics-events-dev"
TABLE, ERRORS = "logistics-shipment-events-dev", "logistics-error-events-dev"
STRUCTURED = {"Content-Type": "application/cloudevents+json"}
BATCH = {"Content-Type": "application/cloudevents-batch+json"}


def shipment(shipment_id, **more):
    """A CloudEvent in the JSON format that the shipment system takes; an attribute given as None is left out."""
    whole = {"specversion": "1.0", "id": f"ce-{shipment_id}", "source": "logistics.shipment",
             "type": "Shipment Created", "data": {"shipment_id": shipment_id}, **more}
    return {name: value for name, value in whole.items() if value is not None}


def as_headers(event, content_type="application/json"):
    """Its attributes as headers of binary mode."""
    return {"Content-Type": content_type, **{f"ce-{name}": urllib.parse.quote(str(value), safe="/:.")
                                             for name, value in event.items() if name != "data"}}


class CloudEventsTest(DaemonTest):

    def post(self, event, headers, path=BUS, daemon=None):
        body = event if isinstance(event, (str, bytes)) else json.dumps(event)
        return (daemon or self.daemon).http("POST", path, body, headers)

    def ids(self, answer):
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/json"), answer)
        self.assertEqual(answer.json()["FailedEntryCount"], 0)
        return [entry["EventId"] for entry in answer.json()["Entries"]]

    def item_of(self, event_id, daemon=None):
        item, = wait_until(lambda: (daemon or self.daemon).items(TABLE, event_id), what="the item")
        return item

    def refused(self, status, text, *request):
        before = self.daemon.metric("waybill_events_received_total")
        answer = self.post(*request)
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (status, "application/json"), answer)
        self.assertEqual(sorted(answer.json()), ["__type", "message"])
        self.assertIn(text, answer.json()["message"])
        self.assertEqual(self.daemon.metric("waybill_events_received_total"), before)

    # ---- the three modes ----

    def test_binary_mode(self):
        event = shipment("CE-BINARY", subject="größe 1", data={"shipment_id": "CE-BINARY", "metadata": {"a": 1.50}})
        event_id, = self.ids(self.post(event["data"], as_headers(event)))
        item = self.item_of(event_id)
        self.assertEqual((item["shipment_id"], item["metadata"]), ("CE-BINARY", {"a": 1.5}))

    def test_structured_mode(self):
        event_id, = self.ids(self.post(shipment("CE-STRUCTURED"), STRUCTURED))
        self.assertEqual(self.item_of(event_id)["shipment_id"], "CE-STRUCTURED")

    def test_a_batch(self):
        events = [shipment(f"CE-BATCH-{number}") for number in range(10)]
        for number, event_id in enumerate(self.ids(self.post(events, BATCH))):
            self.assertEqual(self.item_of(event_id)["shipment_id"], f"CE-BATCH-{number}")
        self.assertEqual(self.ids(self.post([], BATCH)), [])

    def test_the_same_event_twice_is_two_events(self):
        first, second = (self.ids(self.post(shipment("CE-TWICE"), STRUCTURED))[0] for _ in range(2))
        self.assertNotEqual(first, second)
        self.item_of(first)
        self.item_of(second)

    # ---- what becomes of them ----

    def test_the_event_as_a_target_gets_it(self):
        """Seen in an error item: a shipment without its id fails."""
        event = shipment("CE-ERROR", time="2026-01-31T12:00:00.5Z", subject="s/1", priority=5, data={"mark": 1.5})
        event_id, = self.ids(self.post(event, STRUCTURED))
        seen = wait_until(lambda: [item["event"] for item in self.daemon.items(ERRORS)
                                   if item["event"]["id"] == event_id], what="an error item")[0]
        self.assertEqual((seen["id"], seen["source"], seen["detail-type"], seen["time"], seen["resources"]),
                         (event_id, "logistics.shipment", "Shipment Created", "2026-01-31T12:00:00Z", []))
        data = event.pop("data")
        self.assertEqual(seen["detail"], {**data, "cloudevent": {**event, "datacontenttype": "application/json"}})

    def test_a_rule_matches_by_attributes_and_by_data(self):
        daemon = self.own_daemon(*SHORT_RETRIES)
        daemon.rules = daemon.directory / "rules"
        daemon.rules.mkdir()
        text = (RULES / "logistics-events.yaml").read_text()
        wanted = text.replace("detail-type: [Shipment Created]\n", "detail-type: [Shipment Created]\n"
                              "        detail: {cloudevent: {tenant: [acme]}, shipment_id: [{prefix: A}]}\n")
        self.assertNotEqual(wanted, text)
        (daemon.rules / "logistics-events.yaml").write_text(wanted)
        daemon.start()
        events = [shipment("A-OTHER", tenant="other"), shipment("ACME", tenant="acme"), shipment("A-NONE"),
                  shipment("B", tenant="acme")]
        ids = self.ids(self.post(events, BATCH, daemon=daemon))
        self.assertEqual(self.item_of(ids[1], daemon)["shipment_id"], "ACME")
        daemon.wait_drained()
        self.assertEqual([item["shipment_id"] for item in daemon.items(TABLE)], ["ACME"])

    def test_what_was_acknowledged_survives_a_kill(self):
        daemon = self.own_daemon(*SHORT_RETRIES).start()
        ids = self.ids(self.post([shipment(f"CE-KILL-{number}") for number in range(10)], BATCH, daemon=daemon))
        daemon.kill()
        daemon.start()
        for number, event_id in enumerate(ids):
            self.assertEqual(self.item_of(event_id, daemon)["shipment_id"], f"CE-KILL-{number}")

    def test_buses(self):
        self.ids(self.post(shipment("CE-DEFAULT"), STRUCTURED, "/cloudevents"))  # no rule there
        self.ids(self.post(shipment("CE-NOWHERE"), STRUCTURED, "/cloudevents?bus=logistics-events-deb"))
        self.assertEqual(self.daemon.metric("waybill_events_unknown_bus_total", bus="logistics-events-deb"), 1)
        arn = "arn:aws:events:us-east-1:000000000000:event-bus/logistics-events-dev"
        event_id, = self.ids(self.post(shipment("CE-ARN"), STRUCTURED, "/cloudevents?bus=" + arn))
        self.item_of(event_id)
        self.refused(400, "bus: 'a/b'", shipment("X"), STRUCTURED, "/cloudevents?bus=a/b")
        self.refused(400, "name: there is no such parameter", shipment("X"), STRUCTURED, "/cloudevents?name=b")

    # ---- what is refused ----

    def test_wrong_attributes_are_named(self):
        for name in ("specversion", "id", "source", "type"):
            event = shipment("X", **{name: None})
            self.refused(400, f"{name}: the attribute is required", event, STRUCTURED)
            self.refused(400, f"{name}: the attribute is required", event["data"], as_headers(event))
        self.refused(400, "time: 'now'", shipment("X", time="now"), STRUCTURED)
        self.refused(400, "trace-id: ", shipment("X"), {**as_headers(shipment("X")), "ce-trace-id": "1"})
        self.refused(400, "subject: ", shipment("X"), {**as_headers(shipment("X")), "ce-subject": "50%"})
        self.refused(400, "Not authorized for the source.", shipment("X", source="aws.s3"), STRUCTURED)

    def test_a_batch_with_a_wrong_event_is_refused_whole(self):
        self.refused(400, "event 2: id: ", [shipment("X"), shipment("Y", id=None)], BATCH)

    def test_too_much(self):
        self.refused(413, "11 events; at most 10", [shipment("X")] * 11, BATCH)
        self.refused(413, "at most 1048576", shipment("X", data={"text": "x" * 1_048_576}), STRUCTURED)

    def test_bodies_and_formats_that_cannot_be_read(self):
        self.refused(415, "application/cloudevents+avro", b"Obj", {"Content-Type": "application/cloudevents+avro"})
        self.refused(400, "no valid JSON", "{", STRUCTURED)
        self.refused(400, "no JSON document", "{", as_headers(shipment("X")))
        self.refused(400, "specversion", shipment("X"), {"Content-Type": "application/json"})
        self.assertEqual(self.daemon.http("GET", "/cloudevents").status, 405)


if __name__ == "__main__":
    unittest.main()
