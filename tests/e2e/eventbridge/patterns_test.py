"""Patterns that are refused, with AWS's text, and TestEventPattern."""

import json
import unittest

from eventbridge import EventBridgeTest, fresh

EVENT = {"id": "1", "account": "123456789012", "source": "shop", "time": "2026-09-24T08:15:00Z",
         "region": "us-east-1", "detail-type": "Order Placed", "resources": [], "detail": {"total": 5}}


class RefusedPatternTest(EventBridgeTest):

    def check_pattern(self, pattern, reason, *columns):
        """columns: where each line `at [Source: …]` of the text points to."""
        places = "".join(f'\n at [Source: (String)"{pattern}"; line: 1, column: {column}]' for column in columns)
        self.check_refused("InvalidEventPatternException", f"Event pattern is not valid. Reason: {reason}{places}",
                           "put_rule", Name=fresh("rule"), EventPattern=pattern)

    def test_no_object(self):
        self.check_pattern('["a"]', "Filter is not an object", 2)
        self.check_pattern('"x"', "Filter is not an object", 2)

    def test_an_empty_object(self):
        self.check_pattern("{}", "Empty objects are not allowed", 3)

    def test_an_empty_array(self):
        self.check_pattern('{"resources": []}', "Empty arrays are not allowed", 17)

    def test_a_leaf_that_is_no_array(self):
        self.check_pattern('{"int": 42}', '"int" must be an object or an array', 11)
        self.check_pattern('{"string": "my-value"}', '"string" must be an object or an array', 13)

    def test_an_array_in_an_array(self):
        self.check_pattern('{"a": [["x"]]}', "Match value must be String, number, true, false, or null", 9)

    def test_an_operator_without_name(self):
        self.check_pattern('{"a": [{}]}', "Match expression name not found", 10)

    def test_an_operator_that_does_not_exist(self):
        self.check_pattern('{"a": [{"EXISTS": true}]}', "Unrecognized match type EXISTS", 23)

    def test_two_operators_in_one_object(self):
        self.check_pattern('{"a": [{"prefix":"a","suffix":"b"}]}', "Only one key allowed in match expression", 32)

    def test_operators_of_texts(self):
        self.check_pattern('{"a": [{"prefix": 1}]}', "prefix match pattern must be a string", 20)
        self.check_pattern('{"a": [{"suffix": [1]}]}', "suffix match pattern must be a string", 20)
        self.check_pattern('{"a": [{"equals-ignore-case": 1}]}',
                           "equals-ignore-case match pattern must be a string", 32)

    def test_exists(self):
        self.check_pattern('{"a": [{"exists": "x"}]}', "exists match pattern must be either true or false.", 20)

    def test_numeric(self):
        self.check_pattern('{"a": [{"numeric": 10}]}', "Value of numeric must be an array.", 22)
        self.check_pattern('{"a": [{"numeric": ["==", 5]}]}', "Unrecognized numeric range operator: ==", 28)
        self.check_pattern('{"a": [{"numeric": [">", 0, ">", 0]}]}', "Bad numeric range operator: >", 32)
        self.check_pattern('{"a": [{"numeric": [">", 0, "<"]}]}', "Value of < must be numeric", 33)

    def test_anything_but(self):
        self.check_pattern('{"a": [{"anything-but": null}]}',
                           "Value of anything-but must be an array or single string/number value.", 29)
        self.check_pattern('{"a": [{"anything-but": {"prefix": ""}}]}', "Null prefix/suffix not allowed", 38)

    def test_a_list_of_anything_but_says_twice_where(self):
        self.check_pattern('{"a": [{"anything-but": [true]}]}',
                           "Inside anything but list, start|null|boolean is not supported.", 30, 30)

    def test_cidr_says_not_where(self):
        self.check_pattern('{"a": [{"cidr": "10.0.0.0"}]}', "Malformed CIDR, one '/' required")
        self.check_pattern('{"a": [{"cidr": "10.0.0.0/xx"}]}', "Malformed CIDR, mask bits must be an integer")
        self.check_pattern('{"a": [{"cidr": "xx.11.xx/8"}]}', "Nonstandard IP address: xx.11.xx")

    def test_a_list_under_cidr_speaks_of_prefix(self):
        self.check_pattern('{"a": [{"cidr": ["10.0.0.0/8"]}]}', "prefix match pattern must be a string", 18)

    def test_wildcard(self):
        self.check_pattern('{"a": [{"wildcard": "x**"}]}', "Consecutive wildcard characters at pos 2", 26)

    def test_a_wildcard_that_is_too_complex(self):
        self.check_pattern('{"a": [{"wildcard": "*a*a*a*a*a*a*a*a*a*a"}]}',
                           "Rule is too complex - try using fewer wildcard characters or fewer repeating character "
                           "sequences after a wildcard character")

    def test_or_with_one_branch(self):
        self.check_pattern('{"$or": [{"a": [1]}]}', "Unrecognized match type a", 17)

    def test_no_json(self):
        self.check_pattern('{"a": [b]}', "Unrecognized token 'b': was expecting (JSON String, Number, Array, Object or "
                                         "token 'null', 'true' or 'false')", 9)
        self.check_pattern("{'bad': 1}", "Unexpected character (''' (code 39)): was expecting double-quote to start "
                                         "field name", 2)

    def test_only_the_first_error_is_told(self):
        self.check_pattern('{"a": [], "b": 1}', "Empty arrays are not allowed", 9)


class TestEventPatternTest(EventBridgeTest):

    def judged(self, pattern, event):
        return self.events.test_event_pattern(EventPattern=json.dumps(pattern), Event=json.dumps(event))["Result"]

    def check_event(self, message, event):
        self.check_not_valid(message, "test_event_pattern", EventPattern='{"source": ["shop"]}',
                             Event=event if isinstance(event, str) else json.dumps(event))

    def test_true_and_false(self):
        self.assertIs(self.judged({"detail": {"total": [{"numeric": [">", 4]}]}}, EVENT), True)
        self.assertIs(self.judged({"detail": {"total": [{"numeric": [">", 5]}]}}, EVENT), False)

    def test_numbers_are_compared_by_their_value(self):
        answer = self.events.test_event_pattern(EventPattern='{"detail": {"total": [5.0]}}', Event=json.dumps(EVENT))
        self.assertIs(answer["Result"], True)

    def test_the_pattern_is_looked_at_before_the_event(self):
        self.check_refused("InvalidEventPatternException", 'Event pattern is not valid. Reason: "a" must be an object '
                           'or an array\n at [Source: (String)"{"a": 1}"; line: 1, column: 8]',
                           "test_event_pattern", EventPattern='{"a": 1}', Event="no JSON")

    def test_an_event_that_is_no_object(self):
        for event in ("[]", "1", "no JSON"):
            with self.subTest(event):
                self.check_event("Parameter Event is not valid.", event)

    def test_an_event_needs_six_members(self):
        for member in ("id", "account", "source", "time", "region", "detail-type"):
            with self.subTest(member):
                self.check_event("Parameter Event is not valid.",
                                 {name: value for name, value in EVENT.items() if name != member})

    def test_an_event_may_be_without_resources_and_detail(self):
        bare = {name: value for name, value in EVENT.items() if name not in ("resources", "detail")}
        self.assertIs(self.judged({"source": ["shop"]}, bare), True)

    def test_an_event_whose_time_is_none(self):
        self.check_event("Parameter Event is not valid. Reason: Invalid time.", {**EVENT, "time": "yesterday"})

    def test_an_empty_list_of_anything_but_is_a_fault(self):
        self.check_refused("InternalException", None, "test_event_pattern",
                           EventPattern='{"source": [{"anything-but": []}]}', Event=json.dumps(EVENT))


if __name__ == "__main__":
    unittest.main()
