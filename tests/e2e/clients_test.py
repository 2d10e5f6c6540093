"""The clients that people have, unchanged: the AWS CLI and boto3 of Debian, and curl."""

import json
import subprocess
import time
import unittest

from daemon import DaemonTest, clean_environment, wait_until

EVENTS_TABLE = "logistics-shipment-events-dev"
METADATA = {"origin": "New York", "destination": "Los Angeles", "carrier": "FastShip", "estimated_days": 3}
NINETY_DAYS = 90 * 24 * 3600


def sample(shipment_id, **more):
    """The shipment system's sample entry, for a shipment of the test's own."""
    detail = {"shipment_id": shipment_id, "status": "pending", "metadata": METADATA}
    return {"Source": "logistics.shipment", "DetailType": "Shipment Created", "Detail": json.dumps(detail),
            "EventBusName": "logistics-events-dev", **more}


class ClientsTest(DaemonTest):

    def boto(self):
        client = self.daemon.boto()
        self.addCleanup(client.close)
        return client

    def curl(self, *args):
        done = subprocess.run(["curl", "-sS", *args], text=True, capture_output=True, timeout=30, check=True,
                              env=clean_environment())
        return done.stdout

    def check_stored(self, event_id, shipment_id, began):
        """The item of the sample event, with all its fields and no other."""
        item, = wait_until(lambda: self.daemon.items(EVENTS_TABLE, event_id), what="the item")
        self.assertEqual(item, {
            "event_id": event_id,
            "timestamp": item["timestamp"],
            "shipment_id": shipment_id,
            "status": "pending",
            "metadata": METADATA,
            "process_result": {"processed_at": item["process_result"]["processed_at"],
                               "validations": ["origin_present", "destination_present", "carrier_present"]},
            "environment": "dev",
            "ttl": item["timestamp"] + NINETY_DAYS,
        })
        now = int(time.time())
        self.assertTrue(began <= item["timestamp"] <= now, item)
        self.assertTrue(item["timestamp"] <= item["process_result"]["processed_at"] <= now, item)
        self.assertEqual(self.daemon.items(EVENTS_TABLE, shipment_id, "shipment-index"), [item])

    def test_aws_cli_puts_the_sample_event(self):
        began = int(time.time())
        answer = self.daemon.aws("events", "put-events", "--entries", json.dumps([sample("SHIP-CLI")]))
        self.assertEqual(answer["FailedEntryCount"], 0)
        entry, = answer["Entries"]
        self.assertEqual(list(entry), ["EventId"])
        self.check_stored(entry["EventId"], "SHIP-CLI", began)

    def test_aws_cli_shorthand_reads_a_failed_entry(self):
        answer = self.daemon.aws("events", "put-events", "--entries", "Source=a,DetailType=b,Detail=no json")
        malformed = {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
        self.assertEqual(answer, {"FailedEntryCount": 1, "Entries": [malformed]})

    def test_aws_cli_raises_an_operation_that_is_not_there(self):
        said = self.daemon.aws("events", "list-event-sources", code=254)
        self.assertIn("(UnknownOperationException)", said)
        self.assertIn("ListEventSources", said)

    def test_boto3_puts_the_sample_event_with_a_time(self):
        import datetime  # pylint: disable=import-outside-toplevel
        began = int(time.time())
        client = self.boto()
        answer = client.put_events(Entries=[sample("SHIP-BOTO")])
        self.assertEqual(answer["FailedEntryCount"], 0)
        self.assertEqual(answer["ResponseMetadata"]["HTTPStatusCode"], 200)
        self.assertTrue(answer["ResponseMetadata"]["RequestId"])
        self.check_stored(answer["Entries"][0]["EventId"], "SHIP-BOTO", began)

        then = datetime.datetime(2001, 2, 3, 4, 5, 6, 999000, tzinfo=datetime.timezone.utc)
        answer = client.put_events(Entries=[sample("SHIP-2001", Time=then, Resources=["arn:a", "b"])])
        event_id = answer["Entries"][0]["EventId"]
        # The sample's time to live, 90 days after its time, is long over: whether it is removed already is a race.
        self.assertEqual(answer["FailedEntryCount"], 0, event_id)

    def test_boto3_raises_what_aws_raises(self):
        from botocore.exceptions import ClientError  # pylint: disable=import-outside-toplevel
        with self.assertRaises(ClientError) as caught:
            self.boto().put_events(Entries=[sample("SHIP-11")] * 11)
        error = caught.exception.response
        self.assertEqual(error["Error"]["Code"], "ValidationException")
        self.assertIn("Member must have length less than or equal to 10", error["Error"]["Message"])
        self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], 400)
        self.assertTrue(error["ResponseMetadata"]["RequestId"])

    def test_boto3_keeps_one_connection(self):
        client = self.boto()
        ids = {client.put_events(Entries=[sample(f"SHIP-KEEP-{i}")])["Entries"][0]["EventId"] for i in range(20)}
        self.assertEqual(len(ids), 20)
        for event_id in ids:
            wait_until(lambda: self.daemon.items(EVENTS_TABLE, event_id), what=f"the item of {event_id}")

    def test_curl_posts_a_plain_body(self):
        began = int(time.time())
        detail = {"shipment_id": "SHIP-CURL", "status": "pending", "metadata": METADATA}
        body = json.dumps({"Entries": [{**sample(""), "Detail": detail}]})
        answer = json.loads(self.curl(self.daemon.url + "/events", "-d", body))  # a form, says curl
        self.assertEqual(answer["FailedEntryCount"], 0)
        self.check_stored(answer["Entries"][0]["EventId"], "SHIP-CURL", began)

    def test_curl_posts_one_bare_entry_and_a_list(self):
        bare = json.loads(self.curl(self.daemon.url + "/events", "--json", json.dumps(sample("SHIP-BARE"))))
        self.assertEqual(len(bare["Entries"]), 1)
        several = json.loads(self.curl(self.daemon.url + "/events", "--json",
                                       json.dumps([sample("SHIP-L1"), sample("SHIP-L2")])))
        self.assertEqual(len(several["Entries"]), 2)
        for shipment_id in ("SHIP-BARE", "SHIP-L1", "SHIP-L2"):
            wait_until(lambda: self.daemon.items(EVENTS_TABLE, shipment_id, "shipment-index"), what=shipment_id)

    def test_curl_waits_for_100_continue_and_sends_chunks(self):
        body = json.dumps(sample("SHIP-CONTINUE"))
        for header in ("Expect: 100-continue", "Transfer-Encoding: chunked"):
            with self.subTest(header):
                answer = json.loads(self.curl(self.daemon.url + "/events", "-H", header, "--expect100-timeout", "20",
                                              "-d", body))
                self.assertEqual(answer["FailedEntryCount"], 0)


if __name__ == "__main__":
    unittest.main()
