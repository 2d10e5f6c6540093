"""Message move tasks: dead letters go back where they came from. Debian's boto3 does not know them yet."""

import base64
import unittest

from sqs import ARN, JsonClient, SqsTest, wait_until


class Moves(SqsTest):
    client_type = JsonClient

    def dead_letters(self, count=3):
        """A dead-letter queue with messages of one source; both URLs."""
        dead = self.queue("dead")
        source = self.queue(VisibilityTimeout="0", RedrivePolicy=self.redrive_to(dead))
        for number in range(count):
            self.send(source, f"m{number}")
        self.receive(source)
        wait_until(lambda: not self.receive(source) and self.counts(dead)[0] == count, what="the dead letters")
        self.call("SetQueueAttributes", QueueUrl=source, Attributes={"VisibilityTimeout": "30"})
        return dead, source

    def ended(self, dead):
        def task():
            newest = self.call("ListMessageMoveTasks", SourceArn=self.arn(dead))["Results"][0]
            return newest if newest["Status"] not in ("RUNNING", "CANCELLING") else None
        return wait_until(task, what="the end of the move")

    def test_dead_letters_go_back_to_their_source(self):
        dead, source = self.dead_letters()
        handle = self.call("StartMessageMoveTask", SourceArn=self.arn(dead))["TaskHandle"]
        self.assertTrue(handle)
        task = self.ended(dead)
        self.assertEqual((task["Status"], task["SourceArn"], task["ApproximateNumberOfMessagesMoved"]),
                         ("COMPLETED", self.arn(dead), 3))
        self.assertNotIn("TaskHandle", task)
        self.assertGreater(task["StartedTimestamp"], 1_000_000_000_000)
        self.assertEqual(self.counts(dead), (0, 0, 0))
        self.assertEqual(self.bodies(source), ["m0", "m1", "m2"])

    def test_or_to_a_queue_that_is_named(self):
        dead, _ = self.dead_letters()
        other = self.queue()
        self.call("StartMessageMoveTask", SourceArn=self.arn(dead), DestinationArn=self.arn(other),
                  MaxNumberOfMessagesPerSecond=500)
        task = self.ended(dead)
        self.assertEqual((task["DestinationArn"], task["MaxNumberOfMessagesPerSecond"]), (self.arn(other), 500))
        self.assertEqual(self.bodies(other), ["m0", "m1", "m2"])

    def test_a_task_is_cancelled_by_its_handle(self):
        dead, _ = self.dead_letters()
        handle = self.call("StartMessageMoveTask", SourceArn=self.arn(dead), MaxNumberOfMessagesPerSecond=1)["TaskHandle"]
        moved = self.call("CancelMessageMoveTask", TaskHandle=handle)["ApproximateNumberOfMessagesMoved"]
        self.assertLess(moved, 3)
        self.assertEqual(self.ended(dead)["Status"], "CANCELLED")

    def test_one_task_runs_at_a_time(self):
        dead, _ = self.dead_letters()
        handle = self.call("StartMessageMoveTask", SourceArn=self.arn(dead), MaxNumberOfMessagesPerSecond=1)["TaskHandle"]
        with self.assertRaises(Exception) as caught:
            self.call("StartMessageMoveTask", SourceArn=self.arn(dead))
        self.assertIn(caught.exception.code, ("AWS.SimpleQueueService.UnsupportedOperation", "InvalidParameterValue"))
        self.call("CancelMessageMoveTask", TaskHandle=handle)

    def test_sources_that_are_none(self):
        error = self.refused("ResourceNotFoundException", None, "StartMessageMoveTask", SourceArn=ARN + "none")
        self.assertEqual(error.status, 404)
        self.refused("InvalidParameterValue", None, "StartMessageMoveTask", SourceArn=self.arn(self.queue()))
        self.refused("MissingParameter", "The request must contain the parameter SourceArn.", "StartMessageMoveTask")
        self.refused("ResourceNotFoundException", None, "ListMessageMoveTasks", SourceArn=ARN + "none")

    def test_a_handle_that_is_none(self):
        for none in ("nonsense", base64.b64encode(b'{"taskId": 5}').decode()):
            self.refused("InvalidParameterValue", "Value for parameter TaskHandle is invalid.", "CancelMessageMoveTask",
                         TaskHandle=none)
        unknown = base64.b64encode(b'{"taskId": "x", "sourceArn": "y"}').decode()
        self.refused("ResourceNotFoundException", "Task does not exist.", "CancelMessageMoveTask", TaskHandle=unknown)

    def test_ranges(self):
        dead = self.queue("dead")
        for rate in (0, 501):
            with self.subTest(rate):
                self.refused("InvalidParameterValue", None, "StartMessageMoveTask", SourceArn=self.arn(dead),
                             MaxNumberOfMessagesPerSecond=rate)
        for most in (0, 11):
            with self.subTest(most):
                self.refused("InvalidParameterValue", None, "ListMessageMoveTasks", SourceArn=self.arn(dead),
                             MaxResults=most)


if __name__ == "__main__":
    unittest.main()
