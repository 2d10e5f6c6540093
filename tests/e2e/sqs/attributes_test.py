"""Attributes of queues, their policies and permissions."""

import json
import unittest

from sqs import ACCOUNT, SqsTest, in_both_protocols


@in_both_protocols
class Attributes(SqsTest):
    def test_defaults(self):
        url = self.queue()
        shown = self.attributes(url)
        times = shown.pop("CreatedTimestamp"), shown.pop("LastModifiedTimestamp")
        self.assertEqual(times[0], times[1])
        self.assertRegex(times[0], r"^\d{10}$")
        self.assertEqual(shown, {
            "QueueArn": self.arn(url), "VisibilityTimeout": "30", "MaximumMessageSize": "262144",
            "MessageRetentionPeriod": "345600", "DelaySeconds": "0", "ReceiveMessageWaitTimeSeconds": "0",
            "SqsManagedSseEnabled": "true", "ApproximateNumberOfMessages": "0",
            "ApproximateNumberOfMessagesNotVisible": "0", "ApproximateNumberOfMessagesDelayed": "0"})

    def test_defaults_of_a_fifo_queue(self):
        shown = self.attributes(self.queue("fifo"))
        self.assertEqual([shown[name] for name in ("FifoQueue", "ContentBasedDeduplication", "DeduplicationScope",
                                                   "FifoThroughputLimit")], ["true", "false", "queue", "perQueue"])

    def test_each_attribute_that_can_be_set_is_told_again(self):
        url = self.queue()
        wanted = {"VisibilityTimeout": "43200", "MaximumMessageSize": "1024", "MessageRetentionPeriod": "60",
                  "DelaySeconds": "900", "ReceiveMessageWaitTimeSeconds": "20", "KmsMasterKeyId": "alias/mine",
                  "KmsDataKeyReusePeriodSeconds": "60", "SqsManagedSseEnabled": "false"}
        for name, value in wanted.items():
            with self.subTest(name):
                self.call("SetQueueAttributes", QueueUrl=url, Attributes={name: value})
                self.assertEqual(self.attributes(url, name), {name: value})

    def test_only_what_is_asked_for_is_answered(self):
        url = self.queue()
        self.assertEqual(self.attributes(url, "QueueArn", "DelaySeconds"),
                         {"QueueArn": self.arn(url), "DelaySeconds": "0"})
        self.assertEqual(self.call("GetQueueAttributes", QueueUrl=url), {})
        self.assertEqual(self.call("GetQueueAttributes", QueueUrl=url, AttributeNames=["RedrivePolicy"]), {})

    def test_names_that_are_none(self):
        url = self.queue()
        for call in (lambda: self.refused("InvalidAttributeName", "Unknown Attribute Colour.", "GetQueueAttributes",
                                          QueueUrl=url, AttributeNames=["Colour"]),
                     lambda: self.refused("InvalidAttributeName", "Unknown Attribute Colour.", "SetQueueAttributes",
                                          QueueUrl=url, Attributes={"Colour": "red"}),
                     lambda: self.refused("InvalidAttributeName", "Unknown Attribute Colour.", "CreateQueue",
                                          QueueName=self.name(), Attributes={"Colour": "red"})):
            call()

    def test_what_is_counted_or_kept_cannot_be_set(self):
        url = self.queue()
        for name in ("QueueArn", "CreatedTimestamp", "LastModifiedTimestamp", "ApproximateNumberOfMessages", "All"):
            with self.subTest(name):
                self.refused("InvalidAttributeName", f"Unknown Attribute {name}.", "SetQueueAttributes", QueueUrl=url,
                             Attributes={name: "1"})

    def test_ranges(self):
        url = self.queue()
        for name, values in {"VisibilityTimeout": ("-1", "43201", "soon", ""), "DelaySeconds": ("-1", "901"),
                             "MaximumMessageSize": ("1023", "262145"), "MessageRetentionPeriod": ("59", "1209601"),
                             "ReceiveMessageWaitTimeSeconds": ("-1", "21"),
                             "KmsDataKeyReusePeriodSeconds": ("59", "86401"), "SqsManagedSseEnabled": ("yes",)}.items():
            for value in values:
                with self.subTest(name=name, value=value):
                    self.refused("InvalidAttributeValue", f"Invalid value for the parameter {name}.",
                                 "SetQueueAttributes", QueueUrl=url, Attributes={name: value})

    def test_one_attribute_that_is_wrong_leaves_all_as_they_were(self):
        url = self.queue()
        before = self.attributes(url)
        self.refused("InvalidAttributeValue", None, "SetQueueAttributes", QueueUrl=url,
                     Attributes={"DelaySeconds": "5", "VisibilityTimeout": "x"})
        self.assertEqual(self.attributes(url), before)

    def test_attributes_of_fifo_queues_are_for_those(self):
        url = self.queue()
        for name, value in (("ContentBasedDeduplication", "true"), ("DeduplicationScope", "queue"),
                            ("FifoThroughputLimit", "perQueue"), ("FifoQueue", "true")):
            with self.subTest(name):
                self.refused("InvalidAttributeName", f"Unknown Attribute {name}.", "SetQueueAttributes", QueueUrl=url,
                             Attributes={name: value})

    def test_a_fifo_queue_stays_one(self):
        self.refused("InvalidAttributeValue",
                     "Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.",
                     "SetQueueAttributes", QueueUrl=self.queue("fifo"), Attributes={"FifoQueue": "false"})

    def test_high_throughput_needs_deduplication_by_group(self):
        url = self.queue("fifo")
        self.refused("InvalidAttributeValue", None, "SetQueueAttributes", QueueUrl=url,
                     Attributes={"FifoThroughputLimit": "perMessageGroupId"})
        wanted = {"FifoThroughputLimit": "perMessageGroupId", "DeduplicationScope": "messageGroup"}
        self.call("SetQueueAttributes", QueueUrl=url, Attributes=wanted)
        self.assertEqual(self.attributes(url, *wanted), wanted)

    # ---- redrive ----

    def test_a_redrive_policy_is_told_as_json(self):
        dead = self.queue("dead")
        url = self.queue(RedrivePolicy=json.dumps({"deadLetterTargetArn": self.arn(dead), "maxReceiveCount": "5"}))
        self.assertEqual(json.loads(self.attributes(url)["RedrivePolicy"]),
                         {"deadLetterTargetArn": self.arn(dead), "maxReceiveCount": 5})
        self.call("SetQueueAttributes", QueueUrl=url, Attributes={"RedrivePolicy": ""})
        self.assertNotIn("RedrivePolicy", self.attributes(url))

    def test_redrive_policies_that_are_none(self):
        url, fifo = self.queue(), self.queue("fifo")
        for policy, reason in (
                ("[]", "Redrive policy is not a valid JSON map."),
                ("{", "Redrive policy is not a valid JSON map."),
                ('{"maxReceiveCount":1}', "Redrive policy does not contain mandatory attribute: deadLetterTargetArn."),
                (f'{{"deadLetterTargetArn":"{self.arn(url)}"}}',
                 "Redrive policy does not contain mandatory attribute: maxReceiveCount."),
                (f'{{"deadLetterTargetArn":"{self.arn(url)}-none","maxReceiveCount":1}}',
                 "Dead letter target does not exist."),
                (f'{{"deadLetterTargetArn":"{self.arn(fifo)}","maxReceiveCount":1}}',
                 "Dead-letter queue must be same type of queue as the source."),
                (f'{{"deadLetterTargetArn":"{self.arn(url)}","maxReceiveCount":0}}',
                 "Invalid value for maxReceiveCount: 0, valid values are from 1 to 1000 both inclusive.")):
            with self.subTest(policy):
                self.not_valid(policy, "RedrivePolicy", reason, "SetQueueAttributes", QueueUrl=url,
                               Attributes={"RedrivePolicy": policy})

    def test_a_dead_letter_queue_says_whose_it_takes(self):
        dead, allowed, other = self.queue("dead"), self.queue(), self.queue()
        policy = {"redrivePermission": "byQueue", "sourceQueueArns": [self.arn(allowed)]}
        self.call("SetQueueAttributes", QueueUrl=dead, Attributes={"RedriveAllowPolicy": json.dumps(policy)})
        self.assertEqual(json.loads(self.attributes(dead)["RedriveAllowPolicy"]), policy)
        self.call("SetQueueAttributes", QueueUrl=allowed, Attributes={"RedrivePolicy": self.redrive_to(dead)})
        self.refused("InvalidParameterValue", None, "SetQueueAttributes", QueueUrl=other,
                     Attributes={"RedrivePolicy": self.redrive_to(dead)})
        self.call("SetQueueAttributes", QueueUrl=dead, Attributes={"RedriveAllowPolicy": '{"redrivePermission":"denyAll"}'})
        self.refused("InvalidParameterValue", None, "SetQueueAttributes", QueueUrl=other,
                     Attributes={"RedrivePolicy": self.redrive_to(dead)})

    def test_redrive_allow_policies_that_are_none(self):
        url = self.queue()
        for policy in ("[]", "{}", '{"redrivePermission":"some"}', '{"redrivePermission":"byQueue"}',
                       '{"redrivePermission":"denyAll","sourceQueueArns":["a"]}',
                       '{"redrivePermission":"byQueue","sourceQueueArns":[]}'):
            with self.subTest(policy):
                self.refused("InvalidParameterValue", None, "SetQueueAttributes", QueueUrl=url,
                             Attributes={"RedriveAllowPolicy": policy})

    # ---- who may ----

    def test_a_policy_is_stored_and_told(self):
        url = self.queue()
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
                                                          "Action": "sqs:SendMessage", "Resource": self.arn(url)}]}
        self.call("SetQueueAttributes", QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
        self.assertEqual(json.loads(self.attributes(url, "Policy")["Policy"]), policy)
        self.refused("InvalidAttributeValue", None, "SetQueueAttributes", QueueUrl=url, Attributes={"Policy": "none"})
        self.call("SetQueueAttributes", QueueUrl=url, Attributes={"Policy": ""})
        self.assertNotIn("Policy", self.attributes(url))

    def permit(self, url, **members):
        return {"QueueUrl": url, "Label": "l", "AWSAccountIds": [ACCOUNT], "Actions": ["SendMessage"], **members}

    def test_a_permission_is_a_statement_of_the_policy(self):
        url = self.queue()
        self.call("AddPermission", **self.permit(url, Actions=["SendMessage", "ReceiveMessage"]))
        self.assertEqual(json.loads(self.attributes(url)["Policy"])["Statement"], [
            {"Sid": "l", "Effect": "Allow", "Principal": {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]},
             "Action": ["SQS:SendMessage", "SQS:ReceiveMessage"], "Resource": self.arn(url)}])
        self.call("RemovePermission", QueueUrl=url, Label="l")
        self.assertNotIn("Policy", self.attributes(url))

    def test_a_label_is_there_once(self):
        url = self.queue()
        self.call("AddPermission", **self.permit(url))
        self.not_valid("l", "Label", "Already exists.", "AddPermission", **self.permit(url))
        self.not_valid("m", "Label", "can't find label.", "RemovePermission", QueueUrl=url, Label="m")

    def test_permissions_that_are_none(self):
        url = self.queue()
        self.not_valid("SQS:Fly", "ActionName", "Please refer to the appropriate WSDL for a list of valid actions.",
                       "AddPermission", **self.permit(url, Actions=["Fly"]))
        self.not_valid("[me]", "PrincipalId", "Unable to verify.", "AddPermission",
                       **self.permit(url, AWSAccountIds=["me"]))
        error = self.refused("OverLimit", "8 Actions were found, maximum allowed is 7.", "AddPermission",
                             **self.permit(url, Actions=["*"] * 8))
        self.assertEqual(error.status, 403)
        for missing in ("Label", "AWSAccountIds", "Actions"):
            with self.subTest(missing):
                members = self.permit(url)
                del members[missing]
                self.refused("MissingParameter", f"The request must contain the parameter {missing}.", "AddPermission",
                             **members)


if __name__ == "__main__":
    unittest.main()
