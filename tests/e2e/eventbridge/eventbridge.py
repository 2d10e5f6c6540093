"""What the tests of the EventBridge API share: a daemon with functions that record what they get, and its clients.

boto3 checks nothing by itself here, so that every answer is the daemon's. An answer is compared whole, an error by its
code and its text to the letter.
"""

import itertools
import json
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from daemon import BINARY, SHORT_RETRIES, Daemon, DaemonTest, wait_until  # noqa: E402  pylint: disable=C0413

PLUGIN = Path(os.environ.get("WAYBILL_RECORDER", BINARY.parent / "tests/e2e/eventbridge/recorder.so"))
TEMPLATE = HERE / "recorder/recorder.yaml"
ACCOUNT, REGION = "000000000000", "us-east-1"
EVENTS = f"arn:aws:events:{REGION}:{ACCOUNT}:"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"
RECORDER, SECOND_RECORDER = FUNCTION + "recorder", FUNCTION + "second-recorder"
FAILING = FUNCTION + "failing"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"
DISTANT_PAST, DISTANT_END = 1_000_000_000, 1_000_000_100  # seconds since the epoch; nothing else is of then
LIMIT_EXCEEDED = "The requested resource exceeds the maximum number allowed."
WITH_RECORDER = ("--plugins", PLUGIN)
NUMBERS = itertools.count(1)


def fresh(kind):
    """A name that no other test uses."""
    return f"{kind}-{next(NUMBERS)}"


def bus_arn(name="default"):
    return f"{EVENTS}event-bus/{name}"


def rule_arn(rule, bus="default"):
    return f"{EVENTS}rule/{rule}" if bus == "default" else f"{EVENTS}rule/{bus}/{rule}"


def archive_arn(name):
    return f"{EVENTS}archive/{name}"


def constraint(value, path, text):
    """One violation of the request model."""
    return f"Value '{value}' at '{path}' failed to satisfy constraint: {text}"


def violations(*each):
    count = len(each)
    return f"{count} validation error{'s' if count > 1 else ''} detected: " + "; ".join(each)


def answer_of(call, **members):
    """What an operation answers, without the client's own member."""
    answer = call(**members)
    answer.pop("ResponseMetadata")
    return answer


class EventBridgeTest(DaemonTest):
    flags = (*SHORT_RETRIES, *WITH_RECORDER)
    rules = TEMPLATE

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(*cls.flags, rules=cls.rules).start()
        cls.addClassCleanup(cls.daemon.remove)
        cls.events = cls.daemon.boto(parameter_validation=False)
        cls.addClassCleanup(cls.events.close)

    def kill(self):
        """kill -9; then the daemon again, and a client of it."""
        self.daemon.kill()
        self.daemon.start()
        self.events.close()
        type(self).events = self.daemon.boto(parameter_validation=False)
        self.addClassCleanup(self.events.close)

    def client_of(self, daemon, **options):
        client = daemon.boto(parameter_validation=False, **options)
        self.addCleanup(client.close)
        return client

    # ---- asking ----

    def check_answer(self, expected, operation, **members):
        self.assertEqual(answer_of(getattr(self.events, operation), **members), expected)

    def check_refused(self, code, message, operation, client=None, **members):
        """The operation fails so; a message of None is not looked at."""
        from botocore.exceptions import ClientError  # pylint: disable=import-outside-toplevel
        with self.assertRaises(ClientError) as caught:
            getattr(client or self.events, operation)(**members)
        error = caught.exception.response
        self.assertEqual(error["Error"]["Code"], code, error["Error"])
        if message is not None:
            self.assertEqual(error["Error"]["Message"], message)
        self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], 500 if code == "InternalException" else 400)
        self.assertTrue(error["ResponseMetadata"]["RequestId"])

    def check_not_found(self, message, operation, **members):
        self.check_refused("ResourceNotFoundException", message, operation, **members)

    def check_not_valid(self, message, operation, **members):
        self.check_refused("ValidationException", message, operation, **members)

    def raw(self, operation, **members):
        """For members that the client does not know: the answer of a call that succeeds."""
        answer = self.daemon.call(members, f"AWSEvents.{operation}")
        self.assertEqual(answer.status, 200, answer)
        return json.loads(answer.body or "{}")

    def check_raw_refused(self, code, message, operation, body):
        """The body as it is sent, text or anything else as JSON."""
        answer = self.daemon.call(body, f"AWSEvents.{operation}")
        self.assertEqual(answer.json(), {"__type": code, "message": message})
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (400, "application/x-amz-json-1.1"))

    # ---- making ----

    def make_bus(self, **members):
        name = fresh("bus")
        self.events.create_event_bus(Name=name, **members)
        return name

    def make_rule(self, bus="default", pattern=None, **members):
        """A rule, by default for a source of its own name."""
        name = members.pop("Name", None) or fresh("rule")
        if "ScheduleExpression" not in members:
            members["EventPattern"] = json.dumps(pattern if pattern is not None else {"source": [name]})
        self.events.put_rule(Name=name, EventBusName=bus, **members)
        return name

    def make_target(self, rule, bus="default", arn=RECORDER, **members):
        target = {"Id": "t", "Arn": arn, **members}
        answer = self.events.put_targets(Rule=rule, EventBusName=bus, Targets=[target])
        self.assertEqual(answer["FailedEntryCount"], 0, answer)
        return target

    def make_route(self, bus="default", **target):
        """A rule with one target, by default the recorder; its name, which is the source that it matches."""
        rule = self.make_rule(bus)
        self.make_target(rule, bus, **target)
        return rule

    # ---- sending and seeing ----

    def put(self, source, detail="{}", bus="default", client=None, **members):
        """The id of an event that was accepted."""
        entry = {"Source": source, "DetailType": "t", "EventBusName": bus,
                 "Detail": detail if isinstance(detail, str) else json.dumps(detail), **members}
        answer = (client or self.events).put_events(Entries=[entry])
        self.assertEqual(answer["FailedEntryCount"], 0, answer)
        return answer["Entries"][0]["EventId"]

    def recordings(self, event_id, daemon=None):
        """What the recorders have got of an event."""
        return [item["body"] for item in self.recorded_items(event_id, daemon)]

    def recorded_items(self, event_id, daemon=None):
        answer = (daemon or self.daemon).http("GET", f"/_waybill/tables/recordings/items?key={event_id}")
        self.assertEqual(answer.status, 200, answer)
        return answer.json()["items"]

    def delivered(self, event_id, daemon=None):
        """The one text that a recorder got of an event."""
        body, = wait_until(lambda: self.recordings(event_id, daemon), what="the recording")
        return body

    def check_nothing_delivered(self, event_id, daemon=None):
        """The status counts all that PutEvents acknowledged: what is not pending then and not recorded, never was."""
        (daemon or self.daemon).wait_drained()
        self.assertEqual(self.recordings(event_id, daemon), [])
        self.assertEqual(self.dead_letters(event_id, daemon), [])

    def dead_letters(self, event_id, daemon=None):
        return (daemon or self.daemon).lines("dead-letters", "list", "--filter", f"event={event_id}")

    def dead_letter(self, event_id, daemon=None):
        letter, = wait_until(lambda: self.dead_letters(event_id, daemon), what="the dead letter")
        return letter
