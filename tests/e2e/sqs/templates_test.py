"""Queues that a template declares: what their clients see, and what an operator changes of them."""

import json
import signal
import unittest

from sqs import ACCOUNT, ARN, Daemon, JsonClient, SqsTest, wait_until

TEMPLATE = """
Resources:
  Jobs:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: jobs
      VisibilityTimeout: 90
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: "3"}
      Tags: [{Key: team, Value: blue}]
  Dead:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: jobs-dead
      RedriveAllowPolicy: {redrivePermission: byQueue, sourceQueueArns: [!Sub "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:jobs"]}
  Ordered: {Type: AWS::SQS::Queue, Properties: {FifoQueue: true, ContentBasedDeduplication: true}}
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Jobs]
      PolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: sqs:SendMessage, Resource: !GetAtt Jobs.Arn}]
  News: {Type: AWS::SNS::Topic, Properties: {TopicName: news}}
  NewsPolicy:
    Type: AWS::SNS::TopicPolicy
    Properties: {Topics: [!Ref News], PolicyDocument: {Version: "2012-10-17", Statement: []}}
  BusPolicy:
    Type: AWS::Events::EventBusPolicy
    Properties: {StatementId: all, Action: "events:PutEvents", Principal: "*"}
Outputs:
  Url: {Value: !Ref Jobs}
  Name: {Value: !GetAtt Ordered.QueueName}
"""


class Templates(SqsTest):
    flags = ()

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon()
        cls.addClassCleanup(cls.daemon.remove)
        cls.template = cls.daemon.directory / "queues.yaml"
        cls.template.write_text(TEMPLATE)
        cls.daemon.rules = cls.template
        cls.daemon.start()
        cls.client = JsonClient(cls.daemon)

    def url_of(self, name):
        return self.call("GetQueueUrl", QueueName=name)["QueueUrl"]

    def status(self):
        return json.loads(self.daemon.waybill("status", "--json"))

    def test_its_properties_are_attributes(self):
        shown = self.attributes(self.url_of("jobs"))
        self.assertEqual((shown["VisibilityTimeout"], json.loads(shown["RedrivePolicy"])),
                         ("90", {"deadLetterTargetArn": ARN + "jobs-dead", "maxReceiveCount": 3}))
        self.assertEqual(json.loads(shown["Policy"])["Statement"][0]["Principal"], {"Service": "events.amazonaws.com"})
        self.assertEqual(self.call("ListQueueTags", QueueUrl=self.url_of("jobs")), {"Tags": {"team": "blue"}})
        self.assertEqual(json.loads(self.attributes(self.url_of("jobs-dead"))["RedriveAllowPolicy"]),
                         {"redrivePermission": "byQueue", "sourceQueueArns": [ARN + "jobs"]})

    def test_a_fifo_queue_without_a_name_gets_one_that_ends_in_fifo(self):
        outputs = self.status()["templates"][0]["outputs"]
        self.assertEqual(outputs["Name"], "queues-Ordered.fifo")
        self.assertEqual(self.attributes(self.url_of("queues-Ordered.fifo"))["ContentBasedDeduplication"], "true")

    def test_ref_is_a_url_that_clients_can_send_to(self):
        url = self.status()["templates"][0]["outputs"]["Url"]
        self.assertTrue(url.endswith(f"/{ACCOUNT}/jobs"), url)
        self.send(url, "by Ref")
        self.delete(url, self.received(url))

    def test_policies_of_topics_and_buses_are_told(self):
        import boto3  # pylint: disable=import-outside-toplevel
        sns = boto3.client("sns", endpoint_url=self.daemon.url, region_name="us-east-1", aws_access_key_id="waybill",
                           aws_secret_access_key="waybill")
        self.addCleanup(sns.close)
        shown = sns.get_topic_attributes(TopicArn="arn:aws:sns:us-east-1:000000000000:news")["Attributes"]["Policy"]
        self.assertEqual(json.loads(shown), {"Version": "2012-10-17", "Statement": []})
        events = self.daemon.boto()
        self.addCleanup(events.close)
        statement, = json.loads(events.describe_event_bus()["Policy"])["Statement"]
        self.assertEqual((statement["Sid"], statement["Principal"]), ("all", "*"))

    def test_what_an_operator_changes_is_drift_until_the_next_reload(self):
        url = self.url_of("jobs")
        self.call("SetQueueAttributes", QueueUrl=url, Attributes={"VisibilityTimeout": "5"})
        self.assertTrue(any("jobs" in line for line in self.status()["drift"]))
        self.daemon.signal(signal.SIGHUP)
        wait_until(lambda: self.attributes(url)["VisibilityTimeout"] == "90", what="the template's value")
        self.assertEqual(self.status()["drift"], [])

    def test_a_queue_that_the_template_no_longer_has_is_deleted(self):
        self.template.write_text(TEMPLATE.replace("  Ordered:", "  More: {Type: AWS::SQS::Queue, Properties: "
                                                  "{QueueName: more}}\n  Ordered:"))
        self.daemon.signal(signal.SIGHUP)
        wait_until(lambda: "/more" in str(self.call("ListQueues")), what="the new queue")
        self.send(self.url_of("more"))
        self.template.write_text(TEMPLATE)
        self.daemon.signal(signal.SIGHUP)
        wait_until(lambda: "/more" not in str(self.call("ListQueues")), what="the queue gone")

    def test_a_template_with_a_queue_that_cannot_be_is_refused(self):
        daemon = self.own_daemon()
        broken = daemon.directory / "broken.yaml"
        broken.write_text("Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: a.fifo, DelaySecond: 1}\n")
        daemon.rules = broken
        log = daemon.refused()
        self.assertIn('"a.fifo" needs FifoQueue: true', log)
        self.assertIn('"DelaySecond" is not known here; the nearest is DelaySeconds', log)


if __name__ == "__main__":
    unittest.main()
