"""PutEvents as AWS answers it: entries one by one, whole calls refused, and the event that a target gets."""

import calendar
import json
import re
import time
import unittest

from daemon import DaemonTest, wait_until

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MALFORMED = {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}
NOT_AUTHORIZED = {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "Not authorized for the source."}
TOO_LARGE = "Total size of the entries in the request is over the limit."
LIMIT = 1_048_576


def entry(**more):
    """A good entry; a member given as None is left out."""
    whole = {"Source": "a.b", "DetailType": "t", "Detail": "{}", **more}
    return {name: value for name, value in whole.items() if value is not None}


def required(name):
    return {"ErrorCode": "InvalidArgument",
            "ErrorMessage": f"Parameter {name} is not valid. Reason: {name} is a required argument."}


def nested(levels):
    return '{"a":' * levels + "1" + "}" * levels


class EntryTest(DaemonTest):

    def check_entry(self, expected, **more):
        answer = self.daemon.call({"Entries": [entry(**more)]})
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json(), {"FailedEntryCount": 1, "Entries": [expected]})

    def test_a_good_entry_has_an_event_id_and_nothing_else(self):
        answer = self.daemon.call({"Entries": [entry()]})
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "application/x-amz-json-1.1"))
        self.assertRegex(answer.headers["x-amzn-RequestId"], UUID)
        result = answer.json()["Entries"][0]
        self.assertEqual(list(result), ["EventId"])
        self.assertRegex(result["EventId"], f"^{UUID.pattern}$")

    def test_required_members(self):
        for name in ("Source", "DetailType", "Detail"):
            for missing in (None, ""):
                with self.subTest(name=name, value=missing):
                    self.check_entry(required(name), **{name: missing})

    def test_null_is_absent(self):
        answer = self.daemon.call('{"Entries":[{"Source":null,"DetailType":"t","Detail":"{}"}]}')
        self.assertEqual(answer.json()["Entries"], [required("Source")])

    def test_detail_that_is_no_json_object(self):
        for detail in ("[1]", '"text"', "1", "null", "true", "{", '{"a":1', '{"a":1}}', "{'a':1}", '{"a":01}', "{a:1}",
                       '{"a":1,}', '{"a":"\t"}', json.dumps('{"a":1}'), " ", "not json", "{}{}", '{"a":NaN}'):
            with self.subTest(detail):
                self.check_entry(MALFORMED, Detail=detail)

    def test_source_of_aws(self):
        self.check_entry(NOT_AUTHORIZED, Source="aws.events")
        self.assertIn("EventId", self.daemon.put(entry(Source="aws"))[0])
        self.assertIn("EventId", self.daemon.put(entry(Source="my.aws.events"))[0])

    def test_the_first_failing_check_wins(self):
        self.check_entry(required("Source"), Source="", DetailType="", Detail="")
        self.check_entry(required("DetailType"), DetailType=None, Detail="[")
        self.check_entry(required("Detail"), Source="aws.x", Detail="")
        self.check_entry(MALFORMED, Source="aws.x", Detail="[]")

    def test_a_mixed_request_keeps_its_order_and_its_good_entries(self):
        results = self.daemon.put(
            entry(Source=""),
            entry(Source="logistics.shipment", DetailType="Shipment Created", EventBusName="logistics-events-dev",
                  Detail='{"shipment_id":"MIXED-1"}'),
            entry(Detail="x"),
            entry(Source="logistics.shipment", DetailType="Shipment Created", EventBusName="logistics-events-dev",
                  Detail='{"shipment_id":"MIXED-2"}'))
        self.assertEqual([results[0], results[2]], [required("Source"), MALFORMED])
        for position, shipment_id in ((1, "MIXED-1"), (3, "MIXED-2")):
            item, = wait_until(lambda: self.daemon.items("logistics-shipment-events-dev", shipment_id,
                                                         "shipment-index"), what=shipment_id)
            self.assertEqual(item["event_id"], results[position]["EventId"])

    def test_the_counts_of_a_mixed_request_show_in_the_metrics(self):
        received = self.daemon.metric("waybill_events_received_total")
        malformed = self.daemon.metric("waybill_events_rejected_total", code="MalformedDetail")
        self.daemon.put(entry(), entry(Detail="x"), entry(Detail="y"))
        self.assertEqual(self.daemon.metric("waybill_events_received_total"), received + 3)
        self.assertEqual(self.daemon.metric("waybill_events_rejected_total", code="MalformedDetail"), malformed + 2)

    def test_an_unknown_bus_succeeds_and_is_counted(self):
        for bus in ("nowhere", "arn:aws:events:us-east-1:000000000000:event-bus/elsewhere"):
            self.assertIn("EventId", self.daemon.put(entry(EventBusName=bus))[0])
        for name in ("nowhere", "elsewhere"):
            self.assertEqual(self.daemon.metric("waybill_events_unknown_bus_total", bus=name), 1)

    def test_a_bus_may_be_named_by_its_arn(self):
        event_id = self.daemon.put_shipment({"shipment_id": "ARN-1"},
                                            EventBusName="arn:aws:events:us-east-1:000000000000:"
                                                         "event-bus/logistics-events-dev")
        wait_until(lambda: self.daemon.items("logistics-shipment-events-dev", event_id), what="the item")

    def test_detail_of_a_hundred_thousand_levels(self):
        deep = nested(100_000)
        self.check_entry(MALFORMED, Detail=deep)
        self.check_entry(MALFORMED, Detail="[" * 100_000 + "]" * 100_000)
        self.check_entry(MALFORMED, Detail="[" * 100_000)
        for body in (f'{{"Entries":[{{"Source":"a","DetailType":"b","Detail":{deep}}}]}}',
                     f'{{"Source":"a","DetailType":"b","Detail":{deep}}}'):
            answer = self.daemon.http("POST", "/events", body)
            self.assertEqual((answer.status, answer.json()["Entries"]), (200, [MALFORMED]), answer)
        self.assertIn("EventId", self.daemon.put(entry(Detail=nested(900)))[0])


class WholeCallTest(DaemonTest):

    def check_refused(self, answer, code, message):
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (400, "application/x-amz-json-1.1"), answer)
        self.assertRegex(answer.headers["x-amzn-RequestId"], UUID)
        self.assertEqual(list(answer.json()), ["__type", "message"])
        self.assertEqual(answer.json()["__type"], code)
        self.assertRegex(answer.json()["message"], message)

    def test_eleven_entries(self):
        entries = [{"Source": f"s{i}", "DetailType": "d", "Detail": f'{{"n": {i}}}', "EventBusName": "bus"}
                   for i in range(11)]
        printed = ", ".join(f'PutEventsRequestEntry(time=null, source=s{i}, resources=null, detailType=d, '
                            f'detail={{"n": {i}}}, eventBusName=bus, traceHeader=null, kmsKeyIdentifier=null, '
                            f'internalMetadata=null)' for i in range(11))
        answer = self.daemon.call({"Entries": entries})
        self.check_refused(answer, "ValidationException", "^1 validation error detected: ")
        self.assertEqual(answer.json()["message"],
                         f"1 validation error detected: Value '[{printed}]' at 'entries' failed to satisfy constraint: "
                         "Member must have length less than or equal to 10")

    def test_no_entries(self):
        self.check_refused(self.daemon.call({"Entries": []}), "ValidationException",
                           "Value '\\[\\]' at 'entries' failed .*: Member must have length greater than or equal to 1$")
        for body in ({}, {"Entries": None}):
            self.check_refused(self.daemon.call(body), "ValidationException",
                               "^1 validation error detected: Value 'null' at 'entries' .*: Member must not be null$")

    def test_the_size_of_all_entries_together(self):
        room = LIMIT - len("a.bt") - len('{"a":""}')
        full = '{"a":"%s"}'
        self.assertIn("EventId", self.daemon.put(entry(Detail=full % ("x" * room)))[0])
        too_large = [
            [entry(Detail=full % ("x" * (room + 1)))],
            [entry(Detail=full % ("x" * room), Time=1)],  # a time counts 14
            [entry(Detail=full % ("x" * room), Resources=["r"])],
            [entry(Detail=full % ("x" * (room // 2))), entry(Detail=full % ("é" * (room // 4)))],  # bytes, all entries
        ]
        for entries in too_large:
            self.check_refused(self.daemon.call(json.dumps({"Entries": entries}, ensure_ascii=False)),
                               "ValidationException", f"^{re.escape(TOO_LARGE)}$")

    def test_the_limit_is_a_setting(self):
        daemon = self.own_daemon("--set", "limits.put_events_bytes=2000", "--set", "limits.put_events_entries=2",
                                 rules=None).start()
        answer = daemon.call({"Entries": [entry(Detail=json.dumps({"a": "x" * 2000}))]})
        self.check_refused(answer, "ValidationException", f"^{re.escape(TOO_LARGE)}$")
        self.check_refused(daemon.call({"Entries": [entry()] * 3}), "ValidationException", "less than or equal to 2$")

    def test_unparsable_json(self):
        for body in ("", "{", "[]", "nonsense", '{"Entries":[{"Source":"a"]}', '"text"', '{"Entries":[{}]}x', "\0"):
            with self.subTest(body):
                self.check_refused(self.daemon.call(body), "SerializationException", "[a-z]")

    def test_wrong_types(self):
        for body, named in (
                ({"Entries": "x"}, "Entries"), ({"Entries": {}}, "Entries"), ({"Entries": [1]}, "Entries.1"),
                ({"Entries": [entry(), []]}, "Entries.2"), ({"Entries": [entry(Source=5)]}, "Entries.1.Source"),
                ({"Entries": [entry(DetailType=["t"])]}, "Entries.1.DetailType"),
                ({"Entries": [entry(Detail={"a": 1})]}, "Entries.1.Detail"),
                ({"Entries": [entry(EventBusName=True)]}, "Entries.1.EventBusName"),
                ({"Entries": [entry(Resources="arn")]}, "Entries.1.Resources"),
                ({"Entries": [entry(Resources=[1])]}, "Entries.1.Resources"),
                ({"Entries": [entry(Time="yesterday")]}, "Entries.1.Time"),
                ({"Entries": [entry(Time=1e18)]}, "Entries.1.Time")):
            with self.subTest(named):
                self.check_refused(self.daemon.call(body), "SerializationException", re.escape(named))

    def test_invalid_utf8(self):
        for bad in (b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf"):
            body = b'{"Entries":[{"Source":"a","DetailType":"b","Detail":"{\\"a\\":\\"' + bad + b'\\"}"}]}'
            with self.subTest(bad):
                self.check_refused(self.daemon.call(body), "SerializationException", "UTF-8")

    def test_a_broken_escape(self):
        body = r'{"Entries":[{"Source":"a\ud800","DetailType":"b","Detail":"{}"}]}'
        answer = self.daemon.call(body)
        self.check_refused(answer, "SerializationException", "Source|JSON")

    def test_member_limits(self):
        for more, path in (({"TraceHeader": "x" * 501}, "entries.1.member.traceHeader"),
                           ({"Resources": ["x" * 2049]}, "entries.1.member.resources"),
                           ({"EventBusName": "no spaces"}, "entries.1.member.eventBusName")):
            self.check_refused(self.daemon.call({"Entries": [entry(**more)]}), "ValidationException",
                               f"^1 validation error detected: Value '.*' at '{path}' failed to satisfy constraint: ")

    def test_unknown_operations(self):
        self.check_refused(self.daemon.call({}, "AWSEvents.PutEvent"), "UnknownOperationException",
                           r"AWSEvents\.PutEvent\b.*AWSEvents\.PutEvents")
        self.check_refused(self.daemon.call({}, "DynamoDB_20120810.PutItem"), "UnknownOperationException",
                           r"DynamoDB_20120810\.PutItem")
        self.check_refused(self.daemon.call("Action=SendMessage&Version=2012-11-05", None),
                           "UnknownOperationException", "SendMessage")

    def test_no_operation(self):
        self.check_refused(self.daemon.call({}, None), "UnknownOperationException", "X-Amz-Target.*/events")


class DeliveredEventTest(DaemonTest):
    """What a target gets, as the dead letter's notification shows it, which carries the event's very text."""

    def delivered(self, event_id):
        def message():
            for each in self.daemon.lines("notifications"):
                if f'"id":"{event_id}"' in each["notification"]["Message"]:
                    return each["notification"]["Message"]
            return None
        return wait_until(message, what="the dead letter's notification")

    def test_the_text_of_the_event(self):
        detail = ' {"z": 300.0, "a": 3e2,\n\t"b": [ 1 ,2 ], "n": 12345678901234567890.10, "ü": "Größe – 日本 🚚",' \
                 ' "e": "\\u00e9\\/\\n", "dup": 1, "s": " kept  as is "} '
        event_id = self.daemon.put_shipment(detail, Time=1_700_000_000.999, Resources=["arn:one", "zwei ö"])
        self.assertEqual(
            self.delivered(event_id),
            f'{{"version":"0","id":"{event_id}","detail-type":"Shipment Created","source":"logistics.shipment",'
            '"account":"000000000000","time":"2023-11-14T22:13:20Z","region":"us-east-1",'
            '"resources":["arn:one","zwei ö"],"detail":{"z":300.0,"a":3e2,"b":[1,2],"n":12345678901234567890.10,'
            '"ü":"Größe – 日本 🚚","e":"\\u00e9\\/\\n","dup":1,"s":" kept  as is "}}')

    def test_time_is_now_where_none_is_given_and_resources_are_always_there(self):
        began = int(time.time())
        event = json.loads(self.delivered(self.daemon.put_shipment("{}")))
        self.assertEqual(event["resources"], [])
        seconds = time.strptime(event["time"], "%Y-%m-%dT%H:%M:%SZ")
        self.assertTrue(began <= calendar.timegm(seconds) <= time.time())

    def test_times_of_the_past_and_the_future(self):
        times = {0: "1970-01-01T00:00:00Z", 4102444800: "2100-01-01T00:00:00Z", 951782400.5: "2000-02-29T00:00:00Z"}
        ids = {self.daemon.put_shipment("{}", Time=given): said for given, said in times.items()}
        for event_id, said in ids.items():
            self.assertEqual(json.loads(self.delivered(event_id))["time"], said)

    def test_a_plain_body_may_write_the_time_as_text(self):
        body = {"Source": "logistics.shipment", "DetailType": "Shipment Created", "Detail": {"b": 1, "a": 300.0},
                "EventBusName": "logistics-events-dev", "Time": "2026-01-31T12:00:00.9+01:00"}
        answer = self.daemon.http("POST", "/events", json.dumps(body))
        event = self.delivered(answer.json()["Entries"][0]["EventId"])
        self.assertIn('"time":"2026-01-31T11:00:00Z"', event)
        self.assertTrue(event.endswith('"detail":{"b":1,"a":300.0}}'), event)

    def test_account_and_region_are_settings(self):
        daemon = self.own_daemon("--account-id", "123456789012", "--region", "eu-central-1",
                                 "--set", "retry.base=1ms", "--set", "retry.cap=2ms").start()
        daemon.put_shipment("{}")
        letter, = wait_until(lambda: daemon.lines("dead-letters", "list"), what="the dead letter")
        self.assertIn(":eu-central-1:123456789012:", letter["rule_arn"])
        event = json.loads(daemon.waybill("dead-letters", "show", letter["id"]))["payload"]
        self.assertEqual((event["account"], event["region"]), ("123456789012", "eu-central-1"))


if __name__ == "__main__":
    unittest.main()
