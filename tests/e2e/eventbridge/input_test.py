"""What a target gets of an event: Input, InputPath and InputTransformer, to the byte."""

import json
import re
import time
import unittest

from eventbridge import ACCOUNT, REGION, EventBridgeTest, fresh, rule_arn

DETAIL = ('{"s": "text", "q": "a \\"b\\"", "i": 42, "f": 300.0, "yes": true, "none": null, '
          '"o": {"a": [1, "x"], "b": {}}, "l": ["HIGH", "LOW"], "d-a_s/h": 1}')


class InputTest(EventBridgeTest):

    def got(self, detail=DETAIL, **target):
        """What the recorder gets of an event with this detail."""
        return self.delivered(self.put(self.make_route(**target), detail))

    def transformed(self, template, **paths):
        return self.got(InputTransformer={"InputPathsMap": paths, "InputTemplate": template})

    def check_not_delivered(self, template, **paths):
        """The result is no JSON: one dead letter, no retries."""
        rule = self.make_route(InputTransformer={"InputPathsMap": paths, "InputTemplate": template})
        event_id = self.put(rule, DETAIL)
        letter = self.dead_letter(event_id)
        self.assertEqual((letter["error_code"], letter["error_message"]),
                         ("INVALID_JSON", "Invalid input for target."))
        self.assertLessEqual(letter["attempts"], 1)
        self.assertNotIn("exhausted_retry_condition", letter)
        self.assertEqual(self.recordings(event_id), [])

    # ---- Input ----

    def test_input_is_delivered_as_it_was_put(self):
        text = '{ "b": 1.0,\n  "a": "ü" }'
        self.assertEqual(self.got(Input=text), text)

    def test_input_may_be_a_scalar(self):
        self.assertEqual(self.got(Input='"text"'), '"text"')
        self.assertEqual(self.got(Input="42"), "42")

    # ---- InputPath ----

    def test_the_path_of_everything_is_the_event(self):
        rule = self.make_route(InputPath="$")
        event_id = self.put(rule, '{"a": 1}')
        self.assertEqual(self.delivered(event_id), (
            f'{{"version":"0","id":"{event_id}","detail-type":"t","source":"{rule}","account":"{ACCOUNT}",'
            f'"time":"{json.loads(self.delivered(event_id))["time"]}","region":"{REGION}","resources":[],'
            '"detail":{"a":1}}'))

    def test_the_path_of_an_object_gives_compact_json(self):
        self.assertEqual(self.got(InputPath="$.detail.o"), '{"a":[1,"x"],"b":{}}')

    def test_the_path_of_a_text_gives_it_with_its_quotes(self):
        self.assertEqual(self.got(InputPath="$.detail.s"), '"text"')

    def test_the_path_of_a_number_gives_its_spelling(self):
        self.assertEqual(self.got(InputPath="$.detail.f"), "300.0")

    def test_a_path_into_a_list(self):
        self.assertEqual(self.got(InputPath="$.detail.l[1]"), '"LOW"')

    def test_a_path_of_a_name_with_signs(self):
        self.assertEqual(self.got(InputPath="$.detail-type"), '"t"')
        self.assertEqual(self.got(InputPath="$.detail.d-a_s/h"), "1")

    def test_a_path_to_nothing_gives_an_empty_object(self):
        self.assertEqual(self.got(InputPath="$.detail.missing.at.all"), "{}")
        self.assertEqual(self.got(InputPath="$.detail.none"), "{}")

    # ---- InputTransformer: an object ----

    def test_values_in_an_object(self):
        self.assertEqual(self.transformed('{"s": <s>, "i": <i>, "f": <f>, "yes": <yes>, "o": <o>}', s="$.detail.s",
                                          i="$.detail.i", f="$.detail.f", yes="$.detail.yes", o="$.detail.o"),
                         '{"s": "text", "i": 42, "f": 300.0, "yes": true, "o": {"a":[1,"x"],"b":{}}}')

    def test_nothing_in_an_object_is_an_empty_text(self):
        self.assertEqual(self.transformed('{"m": <m>, "n": <n>}', m="$.detail.missing", n="$.detail.none"),
                         '{"m": "", "n": ""}')

    def test_values_within_the_quotes_of_an_object(self):
        self.assertEqual(self.transformed('{"p": "u/<s>/<i>/<yes>/<m>"}', s="$.detail.s", i="$.detail.i",
                                          yes="$.detail.yes", m="$.detail.missing"), '{"p": "u/text/42/true/"}')

    def test_a_text_within_quotes_is_escaped(self):
        self.assertEqual(self.transformed('{"p": "<q>"}', q="$.detail.q"), '{"p": "a \\"b\\""}')

    def test_an_object_within_quotes_is_not_delivered(self):
        self.check_not_delivered('{"p": "<o>"}', o="$.detail.o")

    def test_the_white_space_of_a_template_stays(self):
        self.assertEqual(self.transformed('{\n  "s" :  <s>\n}', s="$.detail.s"), '{\n  "s" :  "text"\n}')

    # ---- InputTransformer: other roots ----

    def test_a_template_of_a_value_alone(self):
        self.assertEqual(self.transformed("<i>", i="$.detail.i"), "42")
        self.assertEqual(self.transformed("<n>", n="$.detail.none"), "null")

    def test_nothing_in_a_list_is_null(self):
        self.assertEqual(self.transformed("[<n>]", n="$.detail.none"), "[null]")

    # ---- InputTransformer: a text ----

    def test_values_in_a_text(self):
        self.assertEqual(self.transformed('"Payload <s>, <i>, <yes> and <m>."', s="$.detail.s", i="$.detail.i",
                                          yes="$.detail.yes", m="$.detail.missing"),
                         '"Payload text, 42, true and ."')

    def test_an_object_in_a_text_loses_its_quotes(self):
        self.assertEqual(self.transformed('"got <o> <l>"', o="$.detail.o", l="$.detail.l"),
                         '"got {a:[1,x],b:{}} [HIGH,LOW]"')

    def test_several_lines_stay_several_lines(self):
        self.assertEqual(self.transformed('"first <s>"\n"second <i>"', s="$.detail.s", i="$.detail.i"),
                         '"first text"\n"second 42"')

    # ---- what needs no path ----

    def test_the_rule(self):
        rule = self.make_route(InputTransformer={
            "InputTemplate": '{"name": <aws.events.rule-name>, "arn": <aws.events.rule-arn>}'})
        self.assertEqual(self.delivered(self.put(rule)), f'{{"name": "{rule}", "arn": "{rule_arn(rule)}"}}')

    def test_the_time_of_ingestion(self):
        began = time.time()
        found = re.fullmatch(r'\{"at": "(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d{3}Z"\}',
                             self.transformed('{"at": <aws.events.event.ingestion-time>}'))
        self.assertTrue(found)
        self.assertGreaterEqual(found[1], time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(began)))

    def test_the_whole_event(self):
        rule = self.make_route(InputTransformer={"InputTemplate": '{"event": <aws.events.event.json>}'})
        event_id = self.put(rule, '{"f": 300.0}')
        body = self.delivered(event_id)
        self.assertTrue(body.endswith('"detail":{"f":300.0}}}'), body)
        self.assertEqual(json.loads(body)["event"]["id"], event_id)

    def test_the_event_without_its_detail(self):
        rule = self.make_route(InputTransformer={"InputTemplate": '{"event": <aws.events.event>}'})
        event_id = self.put(rule, Time=1000000000, Resources=["r"])
        self.assertEqual(json.loads(self.delivered(event_id))["event"], {
            "version": "0", "id": event_id, "detailType": "t", "source": rule, "account": ACCOUNT,
            "time": 1_000_000_000_000, "region": REGION, "resources": ["r"]})

    # ---- each target by itself ----

    def test_two_targets_of_a_rule_are_shaped_each_in_its_way(self):
        rule = self.make_rule()
        self.events.put_targets(Rule=rule, Targets=[
            {"Id": "a", "Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:recorder", "Input": "1"},
            {"Id": "b", "Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:second-recorder", "InputPath": "$.source"}])
        event_id = self.put(rule)
        self.daemon.wait_drained()
        self.assertEqual({item["function"]: item["body"] for item in self.recorded_items(event_id)},
                         {"recorder": "1", "second-recorder": f'"{rule}"'})

    def test_a_shape_that_is_taken_away(self):
        rule = self.make_route(Input="1")
        self.assertEqual(self.delivered(self.put(rule)), "1")
        self.make_target(rule)
        event_id = self.put(rule)
        self.assertEqual(json.loads(self.delivered(event_id))["id"], event_id)

    def test_a_placeholder_is_no_key(self):
        rule = self.make_rule(Name=fresh("rule"))
        self.check_not_valid(None, "put_targets", Rule=rule, Targets=[{
            "Id": "t", "Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:recorder",
            "InputTransformer": {"InputPathsMap": {"s": "$.detail.s"}, "InputTemplate": '{<s>: 1}'}}])


if __name__ == "__main__":
    unittest.main()
