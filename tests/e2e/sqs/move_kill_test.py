"""A message move task whose daemon is killed again and again: every message arrives, each once, and the task ends."""

import unittest

from sqs import ARN, Daemon, JsonClient, wait_until

MESSAGES = 3_000


class KilledMove(unittest.TestCase):

    def setUp(self):
        self.daemon = Daemon(rules=None)
        self.addCleanup(self.daemon.remove)
        self.restart()
        self.dead = self.create("dead")
        self.source = self.create("source", RedrivePolicy=f'{{"deadLetterTargetArn":"{ARN}dead","maxReceiveCount":3}}')

    def restart(self):
        self.daemon.start()
        self.client = JsonClient(self.daemon)

    def create(self, name, **attributes):
        self.client.call("CreateQueue", QueueName=name, Attributes=attributes)
        return f"{self.daemon.url}/000000000000/{name}"

    def counts(self):
        """Of all queues at one moment: whenever it is asked, no message is missing, and none is there twice."""
        counts = {queue["name"]: queue["visible"] for queue in self.daemon.lines("queues")}
        self.assertEqual(counts["source"] + counts["dead"], MESSAGES)
        return counts

    def bodies(self, name):
        """Of all messages, taken out."""
        url = f"{self.daemon.url}/000000000000/{name}"
        found = []
        while messages := self.client.call("ReceiveMessage", QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            found += [message["Body"] for message in messages]
            self.client.call("DeleteMessageBatch", QueueUrl=url,
                             Entries=[{"Id": str(i), "ReceiptHandle": message["ReceiptHandle"]}
                                      for i, message in enumerate(messages)])
        return found

    def task(self):
        return self.client.call("ListMessageMoveTasks", SourceArn=ARN + "dead")["Results"][0]

    def test_killed_amid_a_move(self):
        for first in range(0, MESSAGES, 10):
            self.client.call("SendMessageBatch", QueueUrl=self.dead,
                             Entries=[{"Id": str(i), "MessageBody": f"m{first + i}"} for i in range(10)])
        self.client.call("StartMessageMoveTask", SourceArn=ARN + "dead", DestinationArn=ARN + "source",
                         MaxNumberOfMessagesPerSecond=500)
        interrupted = 0
        for part in range(1, 5):
            wait_until(lambda: self.counts()["source"] >= part * MESSAGES // 8, 30, "a part of the move")  # pylint: disable=W0640
            self.daemon.kill()
            self.restart()
            interrupted += self.counts()["dead"] > 0
        self.assertGreater(interrupted, 0)
        wait_until(lambda: self.task()["Status"] == "COMPLETED", 30, "the end of the move")
        self.assertEqual(self.counts(), {"dead": 0, "source": MESSAGES})
        self.assertEqual(sorted(self.bodies("source")), sorted(f"m{number}" for number in range(MESSAGES)))


if __name__ == "__main__":
    unittest.main()
