"""API destinations: made, described, listed, changed, deleted. What they deliver has tests of its own."""

import datetime
import unittest

from eventbridge import EVENTS, EventBridgeTest, answer_of, fresh
from connections_test import API_KEY, OAUTH, UUID

ENDPOINT = "https://127.0.0.1:1/path"
CHANGED = ("ApiDestinationArn", "ApiDestinationState", "CreationTime", "LastModifiedTime")


def unknown(name):
    return f"Failed to describe the api-destination(s). An api-destination '{name}' does not exist."


class ApiDestinationsTest(EventBridgeTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connection = cls.events.create_connection(Name="c", AuthorizationType="API_KEY",
                                                      AuthParameters=API_KEY)["ConnectionArn"]

    def request(self, **changes):
        return {"Name": fresh("destination"), "ConnectionArn": self.connection, "InvocationEndpoint": ENDPOINT,
                "HttpMethod": "POST", **changes}

    def make_destination(self, **changes):
        request = self.request(**changes)
        self.events.create_api_destination(**request)
        return request["Name"]

    def shown(self, name):
        return answer_of(self.events.describe_api_destination, Name=name)

    def test_create(self):
        request = self.request()
        answer = answer_of(self.events.create_api_destination, **request)
        self.assertRegex(answer["ApiDestinationArn"], f"^{EVENTS}api-destination/{request['Name']}/{UUID}$")
        self.assertEqual((set(answer), answer["ApiDestinationState"]), (set(CHANGED), "ACTIVE"))
        self.assertIsInstance(answer["CreationTime"], datetime.datetime)

    def test_it_is_inactive_while_its_connection_is_authorized(self):
        connection = self.events.create_connection(Name=fresh("c"), AuthorizationType="OAUTH_CLIENT_CREDENTIALS",
                                                   AuthParameters=OAUTH)["ConnectionArn"]
        answer = self.events.create_api_destination(**self.request(ConnectionArn=connection))
        self.assertEqual(answer["ApiDestinationState"], "INACTIVE")

    def test_describe(self):
        request = self.request(Description="of a test", InvocationRateLimitPerSecond=7)
        created = answer_of(self.events.create_api_destination, **request)
        self.assertEqual(self.shown(request["Name"]), {**request, **created})

    def test_the_rate_is_300_unless_given(self):
        name = self.make_destination()
        shown = self.shown(name)
        self.assertEqual(shown["InvocationRateLimitPerSecond"], 300)
        self.assertNotIn("Description", shown)

    def test_a_list_leaves_out_the_description(self):
        name = self.make_destination(Description="d")
        shown = self.shown(name)
        del shown["Description"]
        self.check_answer({"ApiDestinations": [shown]}, "list_api_destinations", NamePrefix=name)

    def test_a_list_of_one_connection(self):
        connection = self.events.create_connection(Name=fresh("c"), AuthorizationType="API_KEY",
                                                   AuthParameters=API_KEY)["ConnectionArn"]
        name = self.make_destination(ConnectionArn=connection)
        self.make_destination()
        listed = self.events.list_api_destinations(ConnectionArn=connection)["ApiDestinations"]
        self.assertEqual([each["Name"] for each in listed], [name])

    def test_update_changes_what_is_given(self):
        name = self.make_destination(Description="old", InvocationRateLimitPerSecond=7)
        before = self.shown(name)
        answer = answer_of(self.events.update_api_destination, Name=name, HttpMethod="PUT")
        self.assertEqual(set(answer), set(CHANGED))
        after = self.shown(name)
        self.assertEqual(after, {**before, "HttpMethod": "PUT", "LastModifiedTime": after["LastModifiedTime"]})
        self.assertGreater(after["LastModifiedTime"], before["LastModifiedTime"])

    def test_delete(self):
        name = self.make_destination()
        self.check_answer({}, "delete_api_destination", Name=name)
        self.check_not_found(unknown(name), "describe_api_destination", Name=name)
        self.check_answer({"ApiDestinations": []}, "list_api_destinations", NamePrefix=name)

    def test_describe_unknown(self):
        self.check_not_found(unknown("nowhere"), "describe_api_destination", Name="nowhere")

    def test_change_unknown(self):
        for operation in ("update_api_destination", "delete_api_destination"):
            with self.subTest(operation):
                self.check_not_found(None, operation, Name="nowhere")

    def test_create_twice(self):
        name = self.make_destination()
        self.check_refused("ResourceAlreadyExistsException", None, "create_api_destination",
                           **self.request(Name=name))

    def test_a_connection_that_does_not_exist(self):
        self.check_not_found(None, "create_api_destination",
                             **self.request(ConnectionArn=f"{EVENTS}connection/nowhere/1-2"))

    def test_an_endpoint_without_tls(self):
        endpoint = "http://example.com/path"
        self.check_not_valid(f"Parameter InvocationEndpoint is not valid. Reason: Endpoint '{endpoint}' is not valid",
                             "create_api_destination", **self.request(InvocationEndpoint=endpoint))

    def test_an_endpoint_that_is_no_url(self):
        self.check_not_valid("Parameter InvocationEndpoint is not valid. Reason: Endpoint 'nonsense' is not valid",
                             "create_api_destination", **self.request(InvocationEndpoint="nonsense"))


if __name__ == "__main__":
    unittest.main()
