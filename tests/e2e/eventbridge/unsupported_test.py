"""What AWS has and Waybill has not, or nobody has: an error that names it, never a success."""

import unittest

from eventbridge import EventBridgeTest

PARTNER = "aws.partner/example.com/a"
NOT_SUPPORTED = {
    "ActivateEventSource": {"Name": PARTNER}, "DeactivateEventSource": {"Name": PARTNER},
    "DescribeEventSource": {"Name": PARTNER}, "ListEventSources": {},
    "CreatePartnerEventSource": {"Name": PARTNER, "Account": "123456789012"},
    "DeletePartnerEventSource": {"Name": PARTNER, "Account": "123456789012"},
    "DescribePartnerEventSource": {"Name": PARTNER}, "ListPartnerEventSources": {"NamePrefix": "aws.partner"},
    "ListPartnerEventSourceAccounts": {"EventSourceName": PARTNER}, "PutPartnerEvents": {"Entries": []},
    "CreateEndpoint": {"Name": "e"}, "DeleteEndpoint": {"Name": "e"}, "DescribeEndpoint": {"Name": "e"},
    "ListEndpoints": {}, "UpdateEndpoint": {"Name": "e"}}


class UnsupportedTest(EventBridgeTest):

    def check_unsupported(self, operation, members):
        answer = self.daemon.call(members, f"AWSEvents.{operation}")
        self.assertEqual((answer.status, answer.json()["__type"]), (400, "UnknownOperationException"), answer)
        self.assertIn(operation, answer.json()["message"])
        self.assertIn("not supported by Waybill", answer.json()["message"])

    def test_each_of_the_fifteen(self):
        self.assertEqual(len(NOT_SUPPORTED), 15)
        for operation, members in NOT_SUPPORTED.items():
            with self.subTest(operation):
                self.check_unsupported(operation, members)

    def test_a_client_raises_it(self):
        self.check_refused("UnknownOperationException", None, "list_event_sources")

    def test_an_operation_that_nobody_has(self):
        self.check_unsupported("PutRulez", {})

    def test_an_operation_in_another_case(self):
        self.check_unsupported("putRule", {})

    def test_another_service(self):
        answer = self.daemon.call({}, "AmazonKinesis.ListStreams")
        self.assertEqual((answer.status, answer.json()["__type"]), (400, "UnknownOperationException"), answer)
        self.assertIn("ListStreams", answer.json()["message"])

    def test_no_operation(self):
        answer = self.daemon.call({}, None)
        self.assertEqual((answer.status, answer.json()["__type"]), (400, "UnknownOperationException"), answer)
        self.assertIn("X-Amz-Target", answer.json()["message"])


if __name__ == "__main__":
    unittest.main()
