"""waybill queues, and waybill queue peek, send, purge, redrive."""

import json
import subprocess
import unittest

from sqs import ARN, BINARY, SqsTest, clean_environment, md5, wait_until


class Verbs(SqsTest):
    def queue_verb(self, *args, stdin=None, code=0):
        return self.daemon.waybill("queue", *args, stdin=stdin, code=code)

    def refused_verb(self, *args, code=1):
        done = subprocess.run([BINARY, *args], text=True, capture_output=True, timeout=60, check=False,
                              env=clean_environment(WAYBILL_ENDPOINT=self.daemon.url))
        self.assertEqual(done.returncode, code, done)
        return done.stderr

    def test_queues_are_listed_with_what_waits_in_them(self):
        dead = self.queue("dead")
        url = self.queue(RedrivePolicy=self.redrive_to(dead, 3))
        name = url.rsplit("/", 1)[1]
        for delay in (0, 0, 60):
            self.send(url, DelaySeconds=delay)
        self.receive(url, MaxNumberOfMessages=1)
        self.advance("30s")
        self.receive(url, MaxNumberOfMessages=1)
        line, = [each for each in self.daemon.lines("queues") if each["name"] == name]
        self.assertEqual((line["visible"], line["in_flight"], line["delayed"], line["dead_letters_to"]),
                         (1, 1, 1, self.arn(dead)))
        self.assertGreaterEqual(line["oldest_seconds"], 30)
        row, = [each.split() for each in self.daemon.waybill("queues").splitlines() if each.startswith(name + " ")]
        self.assertEqual(row[1:4], ["1", "1", "1"])

    def test_a_peek_receives_nothing(self):
        url = self.queue()
        name = url.rsplit("/", 1)[1]
        self.send(url, "first\nline", MessageAttributes={"a": {"DataType": "Number", "StringValue": "1"}})
        for _ in range(3):
            line, = self.daemon.lines("queue", "peek", name)
        self.assertEqual((line["state"], line["receives"], line["body"]), ("visible", 0, "first\nline"))
        self.assertEqual(line["attributes"], {"a": {"DataType": "Number", "StringValue": "1"}})
        self.assertIn(r"first\nline", self.queue_verb("peek", name))
        message = self.received(url, AttributeNames=["ApproximateReceiveCount"])
        self.assertEqual(message["Attributes"], {"ApproximateReceiveCount": "1"})
        line, = self.daemon.lines("queue", "peek", self.arn(url))
        self.assertEqual((line["id"], line["state"], line["receives"]), (message["MessageId"], "in_flight", 1))
        self.assertEqual(self.queue_verb("peek", self.queue().rsplit("/", 1)[1]), "no messages\n")

    def test_a_message_is_sent_from_the_command_line_a_file_or_standard_input(self):
        url = self.queue()
        name = url.rsplit("/", 1)[1]
        self.queue_verb("send", name, "as argument", "--attribute", "kind=test", "--attribute", "count:Number=5")
        self.queue_verb("send", name, "--file", self.file("from a file"))
        sent = json.loads(self.queue_verb("send", name, "--file", "-", "--json", stdin="from stdin"))
        self.assertEqual(sent["MD5OfMessageBody"], md5("from stdin"))
        messages = {each["Body"]: each for each in self.receive(url, MessageAttributeNames=["All"])}
        self.assertEqual(set(messages), {"as argument", "from a file", "from stdin"})
        self.assertEqual(messages["as argument"]["MessageAttributes"],
                         {"kind": {"DataType": "String", "StringValue": "test"},
                          "count": {"DataType": "Number", "StringValue": "5"}})

    def test_a_message_for_a_fifo_queue(self):
        url = self.queue("fifo")
        name = url.rsplit("/", 1)[1]
        self.assertIn("The request must contain the parameter MessageGroupId.",
                      self.refused_verb("queue", "send", name, "x"))
        self.queue_verb("send", name, "x", "--group", "g", "--deduplication-id", "d")
        self.assertEqual(self.bodies(url), ["x"])

    def test_a_queue_is_purged(self):
        url = self.queue()
        name = url.rsplit("/", 1)[1]
        self.send(url)
        self.assertEqual(self.queue_verb("purge", name), f"purged {name}\n")
        self.assertEqual(self.counts(url), (0, 0, 0))
        self.assertIn("is allowed every 60 seconds", self.refused_verb("queue", "purge", name))

    def test_dead_letters_are_redriven(self):
        dead = self.queue("dead")
        url = self.queue(VisibilityTimeout="0", RedrivePolicy=self.redrive_to(dead))
        self.send(url, "poison")
        self.receive(url)
        self.assertEqual(self.receive(url), [])
        self.assertEqual(self.queue_verb("redrive", dead.rsplit("/", 1)[1]), "moved 1 message\n")
        self.assertEqual(self.bodies(url), ["poison"])

    def dead_letters_of_rules(self, dead):
        """Two events each for two targets that are not there; the ARNs of each and its rule."""
        events = self.daemon.boto()
        targets = []
        for kind in ("first", "second"):
            name = self.name(kind)
            target = ARN + name
            targets.append(target)
            rule = events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))["RuleArn"]
            events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": target,
                                                    "DeadLetterConfig": {"Arn": self.arn(dead)}}])
            self.daemon.put(*[{"Source": name, "DetailType": "t", "Detail": "{}"}] * 2)
            targets.append(rule)
        wait_until(lambda: self.counts(dead)[0] == 4, what="four dead letters")
        return targets

    def test_dead_letters_of_rules_are_picked_counted_and_redriven_with_their_records(self):
        dead = self.queue("dead")
        name = dead.rsplit("/", 1)[1]
        first, _, second, rule = self.dead_letters_of_rules(dead)
        records = {letter["id"] for letter in self.daemon.lines("dead-letters", "list")}
        self.send(dead, "by hand")
        self.assertEqual(self.queue_verb("redrive", name, "--dry-run"),
                         f"would move 4 messages\n  2 to {first}\n  2 to {second}\n"
                         "  1 message of unknown origin: name a queue with --to\n")
        self.assertEqual(json.loads(self.queue_verb("redrive", name, "--dry-run", "--json", "--filter", f"rule={rule}")),
                         {"redriven": 2, "to": {second: 2}, "unknown": 0, "dry_run": True})
        self.assertEqual(self.counts(dead)[0], 5)
        url = self.call("CreateQueue", QueueName=second.rsplit(":", 1)[1])["QueueUrl"]
        self.assertEqual(self.queue_verb("redrive", name, "--filter", f"target={second},code=NO_RESOURCE"),
                         f"moved 2 messages\n  2 to {second}\n")
        wait_until(lambda: self.counts(url)[0] == 2, what="the events")
        self.assertEqual(self.counts(dead)[0], 3)
        left = {letter["id"] for letter in self.daemon.lines("dead-letters", "list")}
        self.assertEqual(len(records - left), 2)
        self.assertEqual({letter["target_arn"] for letter in self.daemon.lines("dead-letters", "list")
                          if letter["id"] in records} & {first, second}, {first})

    def test_a_redrive_that_fails_again_ends_all_the_same(self):
        dead = self.queue("dead")
        name = dead.rsplit("/", 1)[1]
        self.dead_letters_of_rules(dead)
        self.assertTrue(self.queue_verb("redrive", name, "--filter", "code=NO_RESOURCE").startswith("moved 4 messages\n"))
        wait_until(lambda: self.counts(dead)[0] == 4, what="the same dead letters again")

    def test_a_redrive_by_filter_is_told_what_is_wrong_with_it(self):
        name = self.queue("dead").rsplit("/", 1)[1]
        for body, said in (({"filter": {"event": "x"}}, "there is no such filter"), ({"dry_run": "true"}, "true or false"),
                           ({"all": True}, "'all' is no member"), ({"after": "x"}, "after"), ([], "JSON object"),
                           ({"filter": {"code": 5}}, "filter.code must be a string")):
            with self.subTest(body):
                answer = self.daemon.http("POST", f"/_waybill/queues/{name}/redrive", json.dumps(body))
                self.assertEqual(answer.status, 400)
                self.assertIn(said, answer.body.decode() if isinstance(answer.body, bytes) else answer.body)
        self.refused_verb("queue", "redrive", name, "--filter", "colour=red", code=2)
        self.refused_verb("queue", "redrive", name, "--dry-run", "--to", "x", code=2)

    def test_a_queue_that_is_no_dead_letter_queue_is_not_redriven(self):
        self.assertIn("InvalidParameterValue", self.refused_verb("queue", "redrive", self.queue().rsplit("/", 1)[1]))

    def test_a_name_that_is_none(self):
        name = self.queue("misspelt").rsplit("/", 1)[1]
        for verb in (("peek",), ("purge",), ("redrive",)):
            with self.subTest(verb):
                self.assertEqual(self.refused_verb("queue", *verb, name + "x").strip(),
                                 f"waybill queue {verb[0]}: there is no queue '{name}x'; did you mean {name}?")

    def test_used_wrongly(self):
        self.assertIn("give the message in one way", self.refused_verb("queue", "send", "q", code=2))
        self.refused_verb("queue", "peek", code=2)
        self.refused_verb("queue", code=2)
        self.refused_verb("queue", "peek", "q", "--limit", "0", code=2)


if __name__ == "__main__":
    unittest.main()
