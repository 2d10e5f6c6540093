"""Every verb of the command line: what it is for, and what it says when it is used wrongly."""

import json
import subprocess
import time
import unittest

from daemon import BINARY, RULES, DaemonTest, clean_environment, run_waybill, wait_until

EVENTS = "logistics-shipment-events-dev"
ENTRY = {"Source": "logistics.shipment", "DetailType": "Shipment Created", "EventBusName": "logistics-events-dev",
         "Detail": {"shipment_id": "SHIP-CLI", "status": "pending"}}
OK, FAILED, USAGE = 0, 1, 2


class CommandLineTest(unittest.TestCase):

    def run_verb(self, *args, code=OK, **options):
        done = run_waybill(*args, **options)
        self.assertEqual(done.returncode, code, f"{args}: {done.stdout}{done.stderr}")
        return done

    def check_misuse(self, *args, said):
        """Exit code 2, one line on standard error that says what is wrong, nothing on standard output."""
        done = self.run_verb(*args, code=USAGE)
        self.assertEqual(done.stdout, "")
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn(said, done.stderr)

    def test_version(self):
        self.assertRegex(self.run_verb("--version").stdout, r"^waybill \d+\.\d+\.\d+\n$")

    def test_every_verb_has_help_with_its_options(self):
        whole = self.run_verb("--help").stdout
        verbs = ["serve", "check", "put-events", "tables", "query", "scan", "dead-letters", "status", "notifications",
                 "health", "reset", "match", "explain", "env", "settings"]
        for verb in verbs:
            self.assertRegex(whole, rf"(?m)^\s+{verb} ")
        self.assertIn("Exit codes: 0 done, 1 failed, 2 used wrongly", whole)
        for verb in verbs:
            self.assertIn("--help", self.run_verb(verb, "--help").stdout)
        for verb in ("list", "show", "redrive", "drop"):
            self.assertIn("--help", self.run_verb("dead-letters", verb, "--help").stdout)

    def test_misuse(self):
        self.check_misuse("tabels", said="did you mean tables?")
        self.check_misuse("dead-letters", "redriv", said="did you mean redrive?")
        self.check_misuse("query", EVENTS, said="--key is required")
        self.check_misuse("query", EVENTS, "--kee", "x", "--key", "y", said="did you mean --key?")
        self.check_misuse("scan", said="TABLE is required")
        self.check_misuse("scan", EVENTS, "--limit", "0", said="--limit")
        self.check_misuse("put-events", said="FILE is required")
        self.check_misuse("tables", "one", said="one argument too many")
        self.check_misuse("dead-letters", "show", said="ID is required")
        self.check_misuse("dead-letters", "show", "x", said="ID")
        self.check_misuse("dead-letters", "redrive", said="name what to redrive")
        self.check_misuse("dead-letters", "redrive", "1", "--all", said="in one way")
        self.check_misuse("dead-letters", "list", "--filter", "color=red", said="color=red")
        self.check_misuse("serve", "--set", "retry.base", said="name=value")
        self.check_misuse("serve", "--set", "retry.bsae=1s", said="nearest one is 'retry.base'")
        self.check_misuse("serve", "--set", "retry.base=soon", said="500ms")
        self.check_misuse("serve", "--account-id", "12", said="12 digits")
        self.check_misuse("serve", "--config", "/nowhere.yaml", said="/nowhere.yaml")
        for nothing in ((), ("dead-letters",)):
            done = self.run_verb(*nothing, code=USAGE)
            self.assertIn("--help", done.stderr)

    def test_no_daemon(self):
        endpoint = ("--endpoint", "http://127.0.0.1:1")
        for verb in (("tables",), ("scan", EVENTS), ("query", EVENTS, "--key", "x"), ("health",), ("status",),
                     ("reset",), ("notifications",), ("dead-letters", "list"), ("dead-letters", "show", 1),
                     ("dead-letters", "drop", 1), ("dead-letters", "redrive", "--all")):
            done = self.run_verb(*verb, *endpoint, code=FAILED)
            self.assertIn("no daemon answers at http://127.0.0.1:1; start one with 'waybill serve'", done.stderr)
        self.run_verb("put-events", "-", *endpoint, stdin=json.dumps(ENTRY), code=FAILED)

    def test_settings_lists_each_with_its_default(self):
        text = self.run_verb("settings").stdout
        self.assertRegex(text, r"(?m)^retry\.base +1s$")
        self.assertIn("retry:\n", self.run_verb("settings", "--yaml").stdout)
        self.assertIn("`retry.base`", self.run_verb("settings", "--markdown").stdout)

    def test_match(self):
        pattern, event = {"source": [{"prefix": "shop."}]}, {"source": "shop.web"}
        lines = [json.dumps({"pattern": pattern, "event": event}),
                 json.dumps({"pattern": json.dumps(pattern), "event": json.dumps(event)}),
                 json.dumps({"event": {"source": "x"}, "pattern": json.dumps(pattern)}),
                 json.dumps({"pattern": {"source": "shop"}, "event": event}),
                 json.dumps({"pattern": "{", "event": event}),
                 json.dumps({"pattern": pattern, "event": "{"}),
                 json.dumps({"pattern": pattern}),
                 "not json", "", "[]",
                 '{"pattern":{"a":[300]},"event":{"a":3.0e2}}']
        answers = [json.loads(line) for line in self.run_verb("match", stdin="\n".join(lines)).stdout.splitlines()]
        self.assertEqual([(each["valid"], each["match"], "error" in each) for each in answers],
                         [(True, True, False), (True, True, False), (True, False, False), (False, False, True),
                          (False, False, True), (True, False, True), (False, False, True), (False, False, True),
                          (False, False, True), (False, False, True), (True, True, False)])
        self.assertIn('"source" must be an object or an array', answers[3]["error"])

    def test_explain(self):
        done = self.run_verb("explain", "--pattern", '{"detail":{"status":["delivered"]}}',
                             "--event", '{"detail":{"status":"Delivered"}}')
        self.assertEqual(done.stdout, "does not match\n  no   `detail.status` is \"Delivered\", the pattern wants "
                         "\"delivered\": differs in case\n")
        answer = json.loads(self.run_verb("explain", "--json", stdin='{"pattern":{"a":[1]},"event":{"a":1}}').stdout)
        self.assertIs(answer["match"], True)
        self.assertIn("belong together", self.run_verb("explain", "--pattern", "{}", code=FAILED).stderr)

    def test_match_answers_as_it_reads(self):
        with subprocess.Popen([BINARY, "match"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                              env=clean_environment()) as process:
            for source in ("a", "b"):
                process.stdin.write(json.dumps({"pattern": {"source": ["a"]}, "event": {"source": source}}) + "\n")
                process.stdin.flush()
                self.assertEqual(json.loads(process.stdout.readline())["match"], source == "a")
            process.stdin.close()
            self.assertEqual(process.wait(10), 0)

    def test_match_with_invalid_utf8_and_no_file(self):
        done = self.run_verb("match", stdin=b'{"pattern":"\xff","event":{}}\n')
        self.assertIn("UTF-8", json.loads(done.stdout)["error"])
        self.assertIn("/nowhere", self.run_verb("match", "/nowhere", code=FAILED).stderr)

    def test_check(self):
        done = self.run_verb("check", "--rules", RULES)
        self.assertRegex(done.stdout, r"logistics-events\.yaml: \d+ resources\n")
        self.assertIn("notice: logistics-events: AlertsEmail ", done.stdout)
        self.assertRegex(done.stdout, r"\n0 errors, \d+ notices\n$")
        self.assertIn("no template is loaded", self.run_verb("check").stdout)
        done = self.run_verb("check", "--rules", RULES, "--set", "parameters.Environment=No!", code=FAILED)
        self.assertIn("Environment", done.stderr)
        self.assertIn("/nowhere", self.run_verb("check", "--rules", "/nowhere", code=FAILED).stderr)

    def test_output_that_cannot_be_written_is_a_failure(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([BINARY, "settings"], stdout=full, stderr=subprocess.PIPE, text=True, check=False,
                                  env=clean_environment())
        self.assertEqual(done.returncode, FAILED)
        self.assertIn("standard output", done.stderr)


class DaemonVerbsTest(DaemonTest):

    def put(self, text, code=OK):
        return self.daemon.waybill("put-events", "-", stdin=text, code=code)

    def test_input_that_is_no_utf8_is_told_in_one_line(self):
        path = self.daemon.directory / "bytes"
        path.write_bytes(b'{"pattern": "\xff"}')
        wrong = b"\xff\xfe"
        self.daemon.call({"QueueName": "bytes"}, "AmazonSQS.CreateQueue")
        for args in (("queue", "send", "bytes", "--file", path), ("queue", "send", "bytes", wrong),
                     ("queue", "send", "bytes", "x", "--attribute", b"a=" + wrong), ("explain", path),
                     ("explain", "--rule", wrong, "--event", "{}"), ("clock", "advance", wrong),
                     ("dead-letters", "redrive", "--filter", b"code=" + wrong),
                     ("dead-letters", "redrive", "1", "--detail", path)):
            with self.subTest(args):
                done = subprocess.run([BINARY, *args], capture_output=True, timeout=60, check=False,
                                      env=clean_environment(WAYBILL_ENDPOINT=self.daemon.url))
                self.assertIn(done.returncode, (FAILED, USAGE), done)
                self.assertEqual(done.stderr.count(b"\n"), 1, done)

    def test_put_events_takes_entries_in_all_their_forms(self):
        text = json.dumps({**ENTRY, "Detail": json.dumps(ENTRY["Detail"])})
        for body, count in ((json.dumps(ENTRY), 1), (text, 1), (json.dumps([ENTRY] * 3), 3),
                            (json.dumps({"Entries": [ENTRY] * 2}), 2), ((text + "\n") * 4, 4),
                            (json.dumps([ENTRY] * 25), 25)):
            self.assertEqual(len(self.put(body).split()), count)
        self.assertEqual(len(self.daemon.waybill("put-events", self.file(json.dumps(ENTRY))).split()), 1)

    def test_put_events_says_which_entries_failed(self):
        done = run_waybill("put-events", "-", "--endpoint", self.daemon.url,
                           stdin=json.dumps([ENTRY, {**ENTRY, "Source": ""}, ENTRY]))
        self.assertEqual((done.returncode, len(done.stdout.split())), (FAILED, 2))
        self.assertIn("entry 2: InvalidArgument: Parameter Source is not valid.", done.stderr)
        self.assertIn("1 of 3 entries failed", done.stderr)

    def test_put_events_of_what_is_none(self):
        for text in ("", "[]", "{", "5", '{"Entries":{}}', "[1]"):
            self.put(text, code=FAILED)
        self.daemon.waybill("put-events", "/nowhere", code=FAILED)

    def test_explain_of_a_rule(self):
        rule = ["--rule", "logistics-shipment-create-dev", "--bus", "logistics-events-dev"]
        event = json.dumps({"source": "logistics.shipment", "detail-type": "Shipment created", "detail": {}})
        text = self.daemon.waybill("explain", *rule, "--event", event)
        self.assertEqual(text, "does not match\n  no   `detail-type` is \"Shipment created\", the pattern wants "
                         "\"Shipment Created\": differs in case\n  yes  `source` is \"logistics.shipment\"\n")
        self.assertEqual(self.daemon.waybill("explain", *rule, self.file(event)), text)
        self.assertEqual(self.daemon.waybill("explain", *rule, stdin=event), text)

    def test_explain_of_a_rule_that_has_no_pattern_or_is_not_there(self):
        def refused(*args):
            done = run_waybill("explain", "--endpoint", self.daemon.url, "--event", "{}", *args)
            self.assertEqual((done.returncode, done.stdout), (FAILED, ""))
            return done.stderr
        self.assertIn("Rule logistics-shipment-create-dev does not exist on EventBus default",
                      refused("--rule", "logistics-shipment-create-dev"))
        self.assertIn("exclude each other", refused("--rule", "x", "--pattern", "{}"))
        self.daemon.call({"Name": "hourly", "ScheduleExpression": "rate(1 hour)"}, target="AWSEvents.PutRule")
        self.addCleanup(self.daemon.call, {"Name": "hourly"}, target="AWSEvents.DeleteRule")
        self.assertIn("rule 'hourly' on bus 'default' has no event pattern", refused("--rule", "hourly"))

    def test_tables_query_and_scan_for_people(self):
        event_id = self.put(json.dumps({**ENTRY, "Detail": {"shipment_id": "SHIP-TABLE"}})).strip()
        wait_until(lambda: self.daemon.items(EVENTS, event_id), what="the item")
        tables = self.daemon.waybill("tables")
        self.assertRegex(tables, rf"(?m)^{EVENTS} +event_id S, timestamp N +ttl +\d+$")
        self.assertRegex(tables, r"(?m)^ +shipment-index +shipment_id S, timestamp N$")
        for verb in (("query", EVENTS, "--key", event_id), ("scan", EVENTS),
                     ("query", EVENTS, "--index", "shipment-index", "--key", "SHIP-TABLE", "--reverse")):
            printed = self.daemon.waybill(*verb)
            self.assertIn("event_id", printed.splitlines()[0])
            self.assertIn("SHIP-TABLE", printed)
        self.assertEqual(self.daemon.waybill("query", EVENTS, "--key", "nobody"), "no items\n")

    def test_tables_and_indexes_that_are_not_there(self):
        for verb in (("scan", "logistics-shipment-event-dev"), ("query", "nowhere", "--key", "x"),
                     ("query", EVENTS, "--index", "nowhere", "--key", "x"),
                     ("query", EVENTS, "--key", "x", "--from", "no number")):
            self.daemon.waybill(*verb, code=FAILED)

    def test_scan_of_more_than_a_page(self):
        daemon = self.own_daemon().start()
        for _ in range(110):
            daemon.put(*[{**ENTRY, "Detail": json.dumps({"shipment_id": "MANY"})}] * 10)
        daemon.wait_drained()
        scanned = daemon.items(EVENTS)
        self.assertEqual((len(scanned), len({item["event_id"] for item in scanned})), (1100, 1100))
        self.assertEqual(len(daemon.lines("query", EVENTS, "--index", "shipment-index", "--key", "MANY")), 1100)
        self.assertEqual(len(daemon.lines("scan", EVENTS, "--limit", 1050)), 1050)

    def test_health_status_and_env(self):
        self.assertEqual(self.daemon.waybill("health"), "ready\n")
        self.assertIn(EVENTS, self.daemon.waybill("status"))
        self.assertIn(self.daemon.url, self.daemon.waybill("status"))
        self.assertEqual(json.loads(self.daemon.waybill("status", "--json"))["account_id"], "000000000000")
        script = self.daemon.waybill("env") + 'echo "$AWS_ENDPOINT_URL $AWS_REGION $AWS_ACCESS_KEY_ID"; alias awslocal'
        shell = subprocess.run(["sh", "-c", script], text=True, capture_output=True, check=True)
        self.assertEqual(shell.stdout.splitlines()[0], f"{self.daemon.url} us-east-1 waybill")
        self.assertIn(f"--endpoint-url {self.daemon.url}", shell.stdout)

    def test_check_of_a_running_daemon(self):
        self.assertIn("AlertsEmail", self.daemon.waybill("check", "--endpoint", self.daemon.url))

    def test_dead_letters_of_none(self):
        self.assertEqual(self.daemon.waybill("dead-letters", "list"), "no dead letters\n")
        self.assertEqual(self.daemon.waybill("notifications"), "no notifications\n")
        for verb in ("show", "drop", "redrive"):
            self.daemon.waybill("dead-letters", verb, 77, code=FAILED)
        self.assertEqual(self.daemon.waybill("dead-letters", "redrive", "--all"), "redriven 0\n")

    def test_settings_come_from_flag_environment_file_default_in_this_order(self):
        daemon = self.own_daemon(rules=None)
        config = daemon.directory / "own.yaml"
        config.write_text("region: from-file\naccount_id: '111111111111'\nretry:\n  base: 2s\n")
        daemon.environment = {"WAYBILL_CONFIG": str(config), "WAYBILL_ACCOUNT_ID": "222222222222",
                              "WAYBILL_REGION": "from-environment"}
        daemon.start("--region", "from-flag")

        def place():
            status = json.loads(daemon.waybill("status", "--json"))
            return status["region"], status["account_id"]
        self.assertEqual(place(), ("from-flag", "222222222222"))
        daemon.restart()
        self.assertEqual(place(), ("from-environment", "222222222222"))
        daemon.environment = {"WAYBILL_CONFIG": str(config)}
        daemon.restart()
        self.assertEqual(place(), ("from-file", "111111111111"))
        daemon.environment = {"XDG_STATE_HOME": str(daemon.directory)}
        daemon.restart()
        self.assertEqual(place(), ("us-east-1", "000000000000"))

    def test_a_settings_file_with_a_mistake(self):
        daemon = self.own_daemon(rules=None)
        config = daemon.directory / "own.yaml"
        for text, said in (("retry:\n  bsae: 2s\n", "line 2: there is no setting 'retry.bsae'"),
                           ("- a\n", "a map of settings"), ("a: [\n", "own.yaml")):
            config.write_text(text)
            self.assertIn(said, daemon.refused("--config", config))

    def test_parameters_may_stand_in_the_file(self):
        daemon = self.own_daemon()
        (daemon.directory / "waybill.yaml").write_text(
            f"rules: [{RULES}]\nparameters:\n  Environment: file\n")  # found where the daemon is started
        daemon.rules = None
        daemon.start()
        self.assertIn("logistics-shipment-events-file", daemon.waybill("tables"))

    def test_verbs_are_quick(self):
        began = time.monotonic()
        self.daemon.waybill("health")
        self.assertLess(time.monotonic() - began, 2)


if __name__ == "__main__":
    unittest.main()
