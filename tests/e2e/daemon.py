"""A real daemon for tests, and the real clients that talk to it.

Each daemon gets a directory of its own on the build tree's disk (a tmpfs would hide what a sync costs) and a free
port. It is stopped by SIGTERM and must end with 0, whatever a test did to it; what a sanitizer wrote is a failure too.
"""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

TREE = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("WAYBILL_BINARY", TREE / "build/release/waybill"))
RULES = Path(os.environ.get("WAYBILL_RULES", TREE / "rules"))
SHORT_RETRIES = ("--set", "retry.base=50ms", "--set", "retry.cap=200ms")
ALLOW_RESET = ("--set", "allow_reset=true")
PROCESSING_EMAIL = ("--set", "parameters.ProcessingEmail=a@example.com")
START_LIMIT = STOP_LIMIT = 20  # seconds; sanitizers on a busy machine are slow
SANITIZER = re.compile(r"ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:")


def clean_environment(**more):
    """Without settings of whoever runs the tests, and without a proxy before the loopback."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("WAYBILL_", "AWS_")) and not name.lower().endswith("_proxy")}
    # Debian's client and libraries, whatever else comes first in the PATH.
    kept["PATH"] = "/usr/bin:/bin:" + kept.get("PATH", "")
    return {**kept, **more}


def wait_until(predicate, limit=15.0, what="the condition"):
    """What the predicate returned as soon as that is true; polls every 10 ms."""
    until = time.monotonic() + limit
    while True:
        result = predicate()
        if result:
            return result
        if time.monotonic() > until:
            raise AssertionError(f"{what} did not come true within {limit} s; at last: {result!r}")
        time.sleep(0.01)


def run_waybill(*args, stdin=None, environment=None, cwd=None):
    """A verb without a daemon, or with one that the arguments name."""
    binary = isinstance(stdin, bytes)
    return subprocess.run([BINARY, *map(str, args)], input=stdin if stdin is not None else (b"" if binary else ""),
                          text=not binary, capture_output=True, timeout=60, check=False, cwd=cwd,
                          env=clean_environment(**(environment or {})))


class Answer:
    """An HTTP answer, read whole."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class Daemon:
    """One data directory, and the daemons that run on it one after the other."""

    def __init__(self, *flags, rules=RULES, environment=None):
        scratch = BINARY.resolve().parent / "e2e"
        scratch.mkdir(exist_ok=True)
        self.directory = Path(tempfile.mkdtemp(prefix="daemon.", dir=scratch))
        self.data = self.directory / "data"
        self.log_file = self.directory / "log"
        self.flags, self.rules, self.environment = list(flags), rules, environment or {}
        self.process = self.port = None
        self.before_exec = None  # runs in the child, for limits
        self.ready_seconds = 0.0

    # ---- life ----

    def launch(self, *more):
        port_file = self.directory / "port"
        port_file.unlink(missing_ok=True)
        command = [BINARY, "serve", "--data-dir", self.data, "--port-file", port_file]
        if "--listen" not in more:
            command += ["--listen", "127.0.0.1:0"]
        if self.rules:
            command += ["--rules", self.rules]
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen([*map(str, command), *self.flags, *more], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, cwd=self.directory,
                                            env=clean_environment(**self.environment),
                                            preexec_fn=self.before_exec, restore_signals=self.before_exec is None)
        return port_file

    def start(self, *more):
        began = time.monotonic()
        port_file = self.launch(*more)
        while not port_file.exists():
            if self.process.poll() is not None:
                raise AssertionError(f"the daemon ended with {self.process.returncode}:\n{self.log()[-4000:]}")
            if time.monotonic() > began + START_LIMIT:
                self.process.kill()
                raise AssertionError(f"the daemon was not ready in time:\n{self.log()[-4000:]}")
            time.sleep(0.002)
        self.ready_seconds = time.monotonic() - began
        self.port = int(port_file.read_text())
        return self

    def refused(self, *more):
        """Starts what must not start; what it said."""
        self.launch(*more)
        code = self.process.wait(START_LIMIT)
        self.process = None
        if code == 0:
            raise AssertionError("the daemon ended with 0 though it had to refuse")
        return self.log()

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process = None

    def terminate(self):
        """Ends it as an operator would; how many seconds that took."""
        self.process.terminate()
        return self.wait_ended()

    def wait_ended(self):
        """After a signal, a second one of which would end it at once; how many seconds it took to end."""
        began = time.monotonic()
        process, self.process = self.process, None
        try:
            code = process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"the daemon did not end within {STOP_LIMIT} s of SIGTERM") from None
        log = self.log()
        if code != 0 or SANITIZER.search(log):
            raise AssertionError(f"the daemon ended with {code}:\n{log[-8000:]}")
        return time.monotonic() - began

    def restart(self, *more):
        self.terminate()
        return self.start(*more)

    def remove(self):
        try:
            if self.process:
                self.terminate()
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)

    def log(self):
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    # ---- clients ----

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def http(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode(errors="replace"))
        finally:
            connection.close()

    def raw(self, data, half_close=False):
        """Bytes out, and all bytes that come back until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall(data)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            received = b""
            while piece := connection.recv(65536):
                received += piece
            return received

    def call(self, body, target="AWSEvents.PutEvents", headers=None):
        """An AWS JSON 1.1 call; the body is text or bytes, or anything else as JSON."""
        if not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        named = {"X-Amz-Target": target} if target else {}
        return self.http("POST", "/", body, {"Content-Type": "application/x-amz-json-1.1", **named, **(headers or {})})

    def put(self, *entries):
        """Puts entries the AWS way; the list of results."""
        answer = self.call({"Entries": list(entries)})
        if answer.status != 200:
            raise AssertionError(f"PutEvents was refused: {answer}")
        return answer.json()["Entries"]

    def put_shipment(self, detail, detail_type="Shipment Created", source="logistics.shipment", **more):
        """One event for the shipment system; its id."""
        entry = {"Source": source, "DetailType": detail_type, "EventBusName": "logistics-events-dev",
                 "Detail": detail if isinstance(detail, str) else json.dumps(detail), **more}
        result = self.put(entry)[0]
        if "EventId" not in result:
            raise AssertionError(f"the entry was refused: {result}")
        return result["EventId"]

    def waybill(self, *args, stdin=None, code=0):
        """A verb of the CLI against this daemon; what it printed on standard output."""
        done = run_waybill(*args, stdin=stdin, environment={"WAYBILL_ENDPOINT": self.url})
        if done.returncode != code:
            raise AssertionError(f"waybill {' '.join(map(str, args))} ended with {done.returncode}, not {code}:\n"
                                 f"{done.stdout}{done.stderr}")
        return done.stdout

    def lines(self, *args):
        """A verb that prints one JSON object a line."""
        return [json.loads(line) for line in self.waybill(*args, "--json").splitlines()]

    def aws(self, *args, code=0):
        """Debian's AWS CLI against this daemon; its output as JSON."""
        environment = clean_environment(AWS_ACCESS_KEY_ID="waybill", AWS_SECRET_ACCESS_KEY="waybill",
                                        AWS_DEFAULT_REGION="us-east-1", AWS_CONFIG_FILE="/dev/null",
                                        AWS_SHARED_CREDENTIALS_FILE="/dev/null")
        client = "/usr/bin/aws" if os.path.exists("/usr/bin/aws") else "aws"
        done = subprocess.run([client, "--endpoint-url", self.url, *args], text=True, capture_output=True, timeout=60,
                              check=False, env=environment)
        if done.returncode != code:
            raise AssertionError(f"aws {' '.join(args)} ended with {done.returncode}, not {code}:\n{done.stderr}")
        return json.loads(done.stdout) if code == 0 and done.stdout.strip() else done.stderr

    def boto(self, region="us-east-1", key="waybill", **config):
        import boto3  # pylint: disable=import-outside-toplevel; only some tests need it
        from botocore.config import Config  # pylint: disable=import-outside-toplevel
        return boto3.client("events", endpoint_url=self.url, region_name=region, aws_access_key_id=key,
                            aws_secret_access_key="waybill",
                            config=Config(retries={"max_attempts": 0}, proxies={}, **config))

    # ---- what can be seen of it ----

    def items(self, table, key=None, index=None):
        """Items of a partition, or of the whole table."""
        if key is None:
            return self.lines("scan", table)
        return self.lines("query", table, "--key", key, *(("--index", index) if index else ()))

    def metric(self, name, **labels):
        """The sum of the samples that carry these labels; a label's value may be the end of the real one."""
        total = 0.0
        for line in self.http("GET", "/metrics").body.splitlines():
            found = re.fullmatch(r"(\w+)(?:\{(.*)\})? (\S+)", line)
            if not found or found[1] != name:
                continue
            given = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', found[2] or ""))
            if all(given.get(label, "").endswith(value) for label, value in labels.items()):
                total += float(found[3])
        return total

    def pending(self, kind="target "):
        """Deliveries to targets that are not done; those to subscriptions wait for their transport for ever."""
        return sum(each["pending"] for each in self.http("GET", "/_waybill/status").json()["endpoints"]
                   if each["key"].startswith(kind))

    def wait_drained(self, limit=15.0):
        wait_until(lambda: self.pending() == 0, limit, "no delivery pending")

    def healthy(self):
        return self.http("GET", "/healthz").status == 200 and self.http("GET", "/readyz").status == 200


class DaemonTest(unittest.TestCase):
    """Tests that share one daemon; each must find it well, and must leave it so."""

    flags = SHORT_RETRIES

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(*cls.flags).start()
        cls.addClassCleanup(cls.daemon.remove)

    def tearDown(self):
        self.assertIsNone(self.daemon.process.poll(), "the daemon ended")
        self.assertTrue(self.daemon.healthy())

    def own_daemon(self, *flags, **options):
        """A daemon for this test alone, not started yet."""
        daemon = Daemon(*flags, **options)
        self.addCleanup(daemon.remove)
        return daemon

    def file(self, text, name="input.json"):
        path = Path(self.daemon.directory) / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)
