"""Connections: made, described without their secrets, listed, changed, deleted."""

import datetime
import unittest

from eventbridge import ACCOUNT, EVENTS, REGION, EventBridgeTest, answer_of, fresh

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
BASIC = {"BasicAuthParameters": {"Username": "u", "Password": "secret"}}
API_KEY = {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "secret"}}
OAUTH = {"OAuthParameters": {"AuthorizationEndpoint": "https://127.0.0.1:1/token", "HttpMethod": "POST",
                             "ClientParameters": {"ClientID": "me", "ClientSecret": "secret"}}}
NOTHING_TO_UPDATE = "Failed to update the connection(s). At least one of the following is required: Description, "


def unknown(name):
    return f"Failed to describe the connection(s). Connection '{name}' does not exist."


class ConnectionsTest(EventBridgeTest):

    def make_connection(self, kind="API_KEY", parameters=None, **members):
        name = fresh("connection")
        self.events.create_connection(Name=name, AuthorizationType=kind, AuthParameters=parameters or API_KEY,
                                      **members)
        return name

    def shown(self, name):
        return answer_of(self.events.describe_connection, Name=name)

    def check_changed(self, name, answer, state, *times):
        """The answer of a call that changes: the ARN, the state and these times."""
        self.assertRegex(answer["ConnectionArn"], f"^{EVENTS}connection/{name}/{UUID}$")
        self.assertEqual(answer["ConnectionState"], state)
        self.assertEqual(set(answer), {"ConnectionArn", "ConnectionState", *times})
        for time in times:
            self.assertIsInstance(answer[time], datetime.datetime)

    def test_create(self):
        for kind, parameters, state in (("BASIC", BASIC, "AUTHORIZED"), ("API_KEY", API_KEY, "AUTHORIZED"),
                                        ("OAUTH_CLIENT_CREDENTIALS", OAUTH, "AUTHORIZING")):
            with self.subTest(kind):
                name = fresh("connection")
                answer = answer_of(self.events.create_connection, Name=name, AuthorizationType=kind,
                                   AuthParameters=parameters)
                self.check_changed(name, answer, state, "CreationTime", "LastModifiedTime")

    def check_described(self, kind, parameters, shown_parameters):
        name = self.make_connection(kind, parameters, Description="of a test")
        shown = self.shown(name)
        self.assertEqual((shown["Name"], shown["Description"], shown["AuthorizationType"], shown["AuthParameters"]),
                         (name, "of a test", kind, shown_parameters))
        self.assertRegex(shown["SecretArn"], f"^arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:events!connection/"
                                             f"{name}/{UUID}-[A-Za-z0-9]{{6}}$")
        self.assertNotIn("'secret'", str(shown))
        return shown

    def test_describe_basic(self):
        self.check_described("BASIC", BASIC, {"BasicAuthParameters": {"Username": "u"}})

    def test_describe_api_key(self):
        shown = self.check_described("API_KEY", API_KEY, {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key"}})
        self.assertEqual(shown["ConnectionState"], "AUTHORIZED")
        for time in ("CreationTime", "LastModifiedTime", "LastAuthorizedTime"):
            self.assertIsInstance(shown[time], datetime.datetime)

    def test_describe_oauth(self):
        self.check_described("OAUTH_CLIENT_CREDENTIALS", OAUTH, {"OAuthParameters": {
            "AuthorizationEndpoint": "https://127.0.0.1:1/token", "HttpMethod": "POST",
            "ClientParameters": {"ClientID": "me"}}})

    def test_describe_echoes_http_parameters(self):
        headers = {"HeaderParameters": [{"Key": "X-A", "Value": "1", "IsValueSecret": False}]}
        self.check_described("API_KEY", {**API_KEY, "InvocationHttpParameters": headers},
                             {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key"}, "InvocationHttpParameters": headers})

    def test_a_list_shows_less(self):
        name = self.make_connection()
        listed, = self.events.list_connections(NamePrefix=name)["Connections"]
        shown = self.shown(name)
        for member in ("AuthParameters", "SecretArn"):
            del shown[member]
        self.assertEqual(listed, shown)

    def test_a_list_of_one_state(self):
        name = self.make_connection()
        names = [each["Name"] for each in self.events.list_connections(ConnectionState="AUTHORIZED")["Connections"]]
        self.assertIn(name, names)
        self.check_answer({"Connections": []}, "list_connections", NamePrefix=name, ConnectionState="DEAUTHORIZED")

    def test_update(self):
        name = self.make_connection(Description="old")
        arn = self.shown(name)["ConnectionArn"]
        answer = answer_of(self.events.update_connection, Name=name, AuthorizationType="BASIC", AuthParameters=BASIC)
        self.check_changed(name, answer, "AUTHORIZED", "CreationTime", "LastModifiedTime", "LastAuthorizedTime")
        shown = self.shown(name)
        self.assertEqual((shown["ConnectionArn"], shown["Description"], shown["AuthParameters"]),
                         (arn, "old", {"BasicAuthParameters": {"Username": "u"}}))

    def test_update_the_description_alone(self):
        name = self.make_connection()
        self.events.update_connection(Name=name, Description="new")
        shown = self.shown(name)
        self.assertEqual((shown["Description"], shown["AuthParameters"]),
                         ("new", {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key"}}))

    def test_deauthorize(self):
        name = self.make_connection()
        answer = answer_of(self.events.deauthorize_connection, Name=name)
        self.check_changed(name, answer, "DEAUTHORIZING", "CreationTime", "LastModifiedTime", "LastAuthorizedTime")
        self.assertEqual(self.shown(name)["ConnectionState"], "DEAUTHORIZED")

    def test_delete(self):
        name = self.make_connection()
        answer = answer_of(self.events.delete_connection, Name=name)
        self.check_changed(name, answer, "DELETING", "CreationTime", "LastModifiedTime", "LastAuthorizedTime")
        self.check_not_found(unknown(name), "describe_connection", Name=name)
        self.check_answer({"Connections": []}, "list_connections", NamePrefix=name)

    def test_describe_unknown(self):
        self.check_not_found(unknown("nowhere"), "describe_connection", Name="nowhere")

    def test_change_unknown(self):
        for operation, members in (("update_connection", {"Description": "d"}), ("delete_connection", {}),
                                   ("deauthorize_connection", {})):
            with self.subTest(operation):
                self.check_not_found(None, operation, Name="nowhere", **members)

    def test_create_twice(self):
        self.check_refused("ResourceAlreadyExistsException", None, "create_connection", Name=self.make_connection(),
                           AuthorizationType="API_KEY", AuthParameters=API_KEY)

    def test_the_block_of_another_type(self):
        self.check_not_valid("Parameter BasicAuthParameters is not valid. Reason: Missing required field(s)",
                             "create_connection", Name=fresh("connection"), AuthorizationType="BASIC",
                             AuthParameters=API_KEY)

    def test_oauth_without_tls(self):
        endpoint = {**OAUTH["OAuthParameters"], "AuthorizationEndpoint": "http://example.com/token"}
        self.check_not_valid("Parameter AuthorizationEndpoint is not valid", "create_connection",
                             Name=fresh("connection"), AuthorizationType="OAUTH_CLIENT_CREDENTIALS",
                             AuthParameters={"OAuthParameters": endpoint})

    def test_update_of_nothing(self):
        from botocore.exceptions import ClientError  # pylint: disable=import-outside-toplevel
        with self.assertRaises(ClientError) as caught:
            self.events.update_connection(Name=self.make_connection())
        error = caught.exception.response["Error"]
        self.assertEqual(error["Code"], "ValidationException")
        self.assertTrue(error["Message"].startswith(NOTHING_TO_UPDATE), error)


if __name__ == "__main__":
    unittest.main()
