"""waybill queues, and waybill queue peek, send, purge, redrive."""

import json
import subprocess
import unittest

from sqs import BINARY, SqsTest, clean_environment, md5


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
