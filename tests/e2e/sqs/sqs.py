"""What the tests of the SQS API share: a daemon, and one way to call it in both protocols.

Each case runs twice: through Debian's boto3, which speaks the query protocol, and as JSON like today's SDKs. Members and
answers are those of the JSON protocol; an error is compared by the code of the query protocol, which JSON answers carry
in a header, and by its text to the letter.
"""

import base64
import functools
import hashlib
import itertools
import json
import struct
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from daemon import BINARY, Daemon, DaemonTest, clean_environment, wait_until  # noqa: E402  pylint: disable=C0413,W0611

ACCOUNT, REGION = "000000000000", "us-east-1"
ARN = f"arn:aws:sqs:{REGION}:{ACCOUNT}:"
NON_EXISTENT = ("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.")
VIRTUAL_CLOCK = ("--set", "clock=virtual")
NUMBERS = itertools.count(1)


class Refused(Exception):
    """An error of SQS: code of the query protocol, text, HTTP status."""

    def __init__(self, code, message, status, shape=None):
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status, self.shape = code, message, status, shape


class QueryClient:
    """Debian's boto3. It checks nothing by itself, so that every answer is the daemon's."""

    def __init__(self, daemon, region=REGION, key="waybill"):
        import boto3  # pylint: disable=import-outside-toplevel
        from botocore.config import Config  # pylint: disable=import-outside-toplevel
        self.client = boto3.client("sqs", endpoint_url=daemon.url, region_name=region, aws_access_key_id=key,
                                   aws_secret_access_key="waybill",
                                   config=Config(retries={"max_attempts": 0}, proxies={}, parameter_validation=False))

    def call(self, operation, **members):
        from botocore import xform_name  # pylint: disable=import-outside-toplevel
        from botocore.exceptions import ClientError  # pylint: disable=import-outside-toplevel
        try:
            answer = getattr(self.client, xform_name(operation))(**members)
        except ClientError as error:
            said = error.response
            raise Refused(said["Error"]["Code"], said["Error"]["Message"],
                          said["ResponseMetadata"]["HTTPStatusCode"]) from None
        answer.pop("ResponseMetadata")
        return answer

    def close(self):
        self.client.close()


class JsonClient:
    """AWS JSON 1.0, as SDKs speak it since the end of 2023."""

    def __init__(self, daemon):
        self.daemon = daemon

    def call(self, operation, **members):
        body = json.dumps(members, default=lambda value: base64.b64encode(value).decode())
        answer = self.daemon.http("POST", "/", body.encode(), {"Content-Type": "application/x-amz-json-1.0",
                                                               "X-Amz-Target": f"AmazonSQS.{operation}"})
        said = json.loads(answer.body or "{}")
        if answer.status == 200:
            return self.with_bytes(said)
        code, fault = answer.headers["x-amzn-query-error"].split(";")
        assert fault == ("Receiver" if answer.status >= 500 else "Sender"), answer
        raise Refused(code, said["message"], answer.status, said["__type"])

    def with_bytes(self, said):
        if isinstance(said, list):
            return [self.with_bytes(each) for each in said]
        if not isinstance(said, dict):
            return said
        return {name: base64.b64decode(value) if name == "BinaryValue" else self.with_bytes(value)
                for name, value in said.items()}

    def close(self):
        pass


def in_both_protocols(case):
    """A class of cases, once for each protocol."""
    module = sys.modules[case.__module__]
    for protocol, client in (("Query", QueryClient), ("Json", JsonClient)):
        name = f"{case.__name__}In{protocol}"
        setattr(module, name, type(name, (case,), {"client_type": client, "__module__": case.__module__}))
    return None  # itself it has no protocol


def json_only(test):
    """For members and operations that Debian's boto3 does not know."""
    @functools.wraps(test)
    def wrapped(self):
        if self.client_type is not JsonClient:
            self.skipTest("Debian's boto3 does not know it")
        test(self)
    return wrapped


def md5(text):
    return hashlib.md5(text if isinstance(text, bytes) else text.encode()).hexdigest()


def md5_of_attributes(attributes):
    """As AWS documents it: names in order, each with its type and value behind their lengths."""
    text = b""
    for name, value in sorted(attributes.items()):
        binary = value["DataType"].startswith("Binary")
        content = value["BinaryValue"] if binary else value["StringValue"].encode()
        for part in (name.encode(), value["DataType"].encode()):
            text += struct.pack(">I", len(part)) + part
        text += (b"\2" if binary else b"\1") + struct.pack(">I", len(content)) + content
    return md5(text)


class SqsTest(DaemonTest):
    flags = VIRTUAL_CLOCK
    rules = None
    client_type = JsonClient

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(*cls.flags, rules=cls.rules).start()
        cls.addClassCleanup(cls.daemon.remove)
        cls.client = cls.client_type(cls.daemon)
        cls.addClassCleanup(cls.client.close)

    def call(self, operation, **members):
        return self.client.call(operation, **members)

    def refused(self, code, message, operation, **members):
        """The operation fails so; a message of None is not looked at. Answers the error."""
        with self.assertRaises(Refused) as caught:
            self.call(operation, **members)
        self.assertEqual(caught.exception.code, code, caught.exception.message)
        if message is not None:
            self.assertEqual(caught.exception.message, message)
        return caught.exception

    def not_valid(self, value, parameter, reason, operation, **members):
        self.refused("InvalidParameterValue", f"Value {value} for parameter {parameter} is invalid. Reason: {reason}",
                     operation, **members)

    def advance(self, span):
        self.daemon.waybill("clock", "advance", span)

    # ---- making and using ----

    def name(self, kind="queue"):
        """A name that no other test uses."""
        return f"{kind}-{next(NUMBERS)}"

    def queue(self, kind="queue", **attributes):
        """The URL of a new queue; "fifo" makes one that is FIFO."""
        name = self.name(kind)
        if kind == "fifo":
            name, attributes = name + ".fifo", {"FifoQueue": "true", **attributes}
        members = {"Attributes": attributes} if attributes else {}
        return self.call("CreateQueue", QueueName=name, **members)["QueueUrl"]

    def arn(self, url):
        return ARN + url.rsplit("/", 1)[1]

    def redrive_to(self, dead, count=1):
        return json.dumps({"deadLetterTargetArn": self.arn(dead), "maxReceiveCount": count})

    def attributes(self, url, *names):
        return self.call("GetQueueAttributes", QueueUrl=url, AttributeNames=list(names or ["All"]))["Attributes"]

    def counts(self, url):
        """Visible, in flight, delayed."""
        shown = self.attributes(url)
        return tuple(int(shown["ApproximateNumberOfMessages" + kind]) for kind in ("", "NotVisible", "Delayed"))

    def send(self, url, body="hello", **members):
        return self.call("SendMessage", QueueUrl=url, MessageBody=body, **members)

    def receive(self, url, **members):
        """The messages of one receive."""
        return self.call("ReceiveMessage", QueueUrl=url, **{"MaxNumberOfMessages": 10, **members}).get("Messages", [])

    def received(self, url, **members):
        """The one message that there is."""
        message, = self.receive(url, **members)
        return message

    def bodies(self, url, **members):
        return sorted(message["Body"] for message in self.receive(url, **members))

    def delete(self, url, message):
        self.call("DeleteMessage", QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
