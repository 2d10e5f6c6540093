"""Queues themselves: made, found, listed, purged, deleted."""

import unittest

from sqs import ACCOUNT, NON_EXISTENT, SqsTest, in_both_protocols

STANDARD_NAME = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"
FIFO_NAME = ("The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with "
             ".fifo suffix and be 1 to 80 in length.")


@in_both_protocols
class Queues(SqsTest):
    def test_the_url_of_a_queue_has_the_host_that_the_client_called(self):
        name = self.name()
        url = self.call("CreateQueue", QueueName=name)["QueueUrl"]
        self.assertEqual(url, f"{self.daemon.url}/{ACCOUNT}/{name}")
        self.assertEqual(self.call("GetQueueUrl", QueueName=name), {"QueueUrl": url})

    def test_creating_it_again_with_the_same_attributes_answers_the_same_queue(self):
        name = self.name()
        first = self.call("CreateQueue", QueueName=name, Attributes={"VisibilityTimeout": "5"})
        self.assertEqual(self.call("CreateQueue", QueueName=name, Attributes={"VisibilityTimeout": "5"}), first)
        self.assertEqual(self.call("CreateQueue", QueueName=name), first)
        self.assertEqual(self.call("CreateQueue", QueueName=name, Attributes={"DelaySeconds": "0"}), first)

    def test_creating_it_again_with_other_attributes_is_refused(self):
        name = self.name()
        self.call("CreateQueue", QueueName=name, Attributes={"VisibilityTimeout": "5"})
        self.refused("QueueAlreadyExists",
                     "A queue already exists with the same name and a different value for attribute VisibilityTimeout",
                     "CreateQueue", QueueName=name, Attributes={"VisibilityTimeout": "6"})

    def test_names(self):
        for name in ("a b", "a.b", "x" * 81, "orders.fifo", "ä"):
            with self.subTest(name):
                self.refused("InvalidParameterValue", STANDARD_NAME, "CreateQueue", QueueName=name)
        self.call("CreateQueue", QueueName="x" * 80)

    def test_a_name_is_needed(self):
        self.refused("MissingParameter", "The request must contain the parameter QueueName.", "CreateQueue")

    def test_names_of_fifo_queues(self):
        for name in ("orders", ".fifo", "x" * 76 + ".fifo"):
            with self.subTest(name):
                self.refused("InvalidParameterValue", FIFO_NAME, "CreateQueue", QueueName=name,
                             Attributes={"FifoQueue": "true"})

    def test_a_queue_that_is_not_there(self):
        gone = self.daemon.url + "/" + ACCOUNT + "/none"
        self.refused(*NON_EXISTENT, "GetQueueUrl", QueueName="none")
        self.refused("InvalidParameterValue", None, "GetQueueUrl", QueueName="none", QueueOwnerAWSAccountId="me")
        for operation, members in (("DeleteQueue", {}), ("PurgeQueue", {}), ("GetQueueAttributes", {}),
                                   ("ListQueueTags", {}), ("ListDeadLetterSourceQueues", {}), ("ReceiveMessage", {}),
                                   ("SendMessage", {"MessageBody": "x"}), ("DeleteMessage", {"ReceiptHandle": "x"}),
                                   ("ChangeMessageVisibility", {"ReceiptHandle": "x", "VisibilityTimeout": 1}),
                                   ("SetQueueAttributes", {"Attributes": {"DelaySeconds": "1"}}),
                                   ("SendMessageBatch", {"Entries": [{"Id": "a", "MessageBody": "x"}]})):
            with self.subTest(operation):
                self.refused(*NON_EXISTENT, operation, QueueUrl=gone, **members)

    def test_an_address_that_is_no_queue_url(self):
        for url in ("orders", self.daemon.url + "/orders"):
            with self.subTest(url):
                error = self.refused("InvalidAddress", f"The address {url} is not valid for this endpoint.",
                                     "PurgeQueue", QueueUrl=url)
                self.assertEqual(error.status, 404)

    def test_a_url_is_needed(self):
        self.refused("MissingParameter", "The request must contain the parameter QueueUrl.", "DeleteQueue")

    def test_whatever_the_host_in_the_url_the_queue_is_found(self):
        url = self.queue()
        name = url.rsplit("/", 1)[1]
        for other in (f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/{name}", f"http://waybill:4566/123456789012/{name}"):
            with self.subTest(other):
                self.send(other)
        self.assertEqual(len(self.receive(url)), 2)

    def test_a_deleted_queue_is_gone_with_its_messages_and_may_be_made_anew(self):
        url = self.queue()
        self.send(url)
        self.call("DeleteQueue", QueueUrl=url)
        self.refused(*NON_EXISTENT, "ReceiveMessage", QueueUrl=url)
        self.assertEqual(self.call("CreateQueue", QueueName=url.rsplit("/", 1)[1]), {"QueueUrl": url})
        self.assertEqual(self.receive(url), [])

    def test_queues_are_listed_by_prefix(self):
        prefix = self.name("listed")
        self.assertEqual(self.call("ListQueues", QueueNamePrefix=prefix), {})
        urls = sorted(self.call("CreateQueue", QueueName=f"{prefix}-{n}")["QueueUrl"] for n in range(3))
        self.assertEqual(self.call("ListQueues", QueueNamePrefix=prefix), {"QueueUrls": urls})
        self.assertLessEqual(set(urls), set(self.call("ListQueues")["QueueUrls"]))

    def test_lists_come_in_pages_when_they_are_asked_to(self):
        prefix = self.name("paged")
        urls = [self.call("CreateQueue", QueueName=f"{prefix}-{n}")["QueueUrl"] for n in range(5)]
        found, token = [], {}
        while True:
            page = self.call("ListQueues", QueueNamePrefix=prefix, MaxResults=2, **token)
            self.assertLessEqual(len(page["QueueUrls"]), 2)
            found += page["QueueUrls"]
            if "NextToken" not in page:
                break
            token = {"NextToken": page["NextToken"]}
        self.assertEqual(found, urls)

    def test_pages_are_of_one_to_a_thousand(self):
        for most in (0, 1001):
            with self.subTest(most):
                self.not_valid(most, "MaxResults", "MaxResults must be an integer between 1 and 1000, inclusive.",
                               "ListQueues", MaxResults=most)
        self.refused("InvalidParameterValue", "Invalid or expired next token.", "ListQueues", MaxResults=1,
                     NextToken="?")

    def test_a_purge_deletes_what_is_visible_in_flight_and_delayed(self):
        url = self.queue()
        self.send(url, "first")
        self.receive(url)
        self.send(url, "second")
        self.send(url, "third", DelaySeconds=60)
        self.assertEqual(self.counts(url), (1, 1, 1))
        self.call("PurgeQueue", QueueUrl=url)
        self.assertEqual(self.counts(url), (0, 0, 0))
        self.send(url, "after")
        self.assertEqual(self.bodies(url), ["after"])

    def test_a_queue_is_purged_once_in_sixty_seconds(self):
        url = self.queue()
        self.call("PurgeQueue", QueueUrl=url)
        name = url.rsplit("/", 1)[1]
        error = self.refused("AWS.SimpleQueueService.PurgeQueueInProgress",
                             f"Only one PurgeQueue operation on {name} is allowed every 60 seconds.", "PurgeQueue",
                             QueueUrl=url)
        self.assertEqual(error.status, 403)
        self.advance("61s")
        self.call("PurgeQueue", QueueUrl=url)

    def test_the_queues_whose_dead_letters_come_here(self):
        dead = self.queue("dead")
        self.assertEqual(self.call("ListDeadLetterSourceQueues", QueueUrl=dead).get("queueUrls", []), [])
        sources = sorted(self.queue(RedrivePolicy=self.redrive_to(dead)) for _ in range(2))
        self.assertEqual(sorted(self.call("ListDeadLetterSourceQueues", QueueUrl=dead)["queueUrls"]), sources)
        page = self.call("ListDeadLetterSourceQueues", QueueUrl=dead, MaxResults=1)
        self.assertEqual(len(page["queueUrls"]), 1)
        self.assertIn("NextToken", page)

    def test_tags(self):
        url = self.call("CreateQueue", QueueName=self.name(), tags={"team": "blue"})["QueueUrl"]
        self.call("TagQueue", QueueUrl=url, Tags={"team": "red", "cost": "7"})
        self.assertEqual(self.call("ListQueueTags", QueueUrl=url), {"Tags": {"team": "red", "cost": "7"}})
        self.call("UntagQueue", QueueUrl=url, TagKeys=["team", "none"])
        self.assertEqual(self.call("ListQueueTags", QueueUrl=url), {"Tags": {"cost": "7"}})
        self.call("UntagQueue", QueueUrl=url, TagKeys=["cost"])
        self.assertEqual(self.call("ListQueueTags", QueueUrl=url), {})

    def test_fifty_tags_are_the_most(self):
        url = self.queue()
        self.call("TagQueue", QueueUrl=url, Tags={f"k{n}": "v" for n in range(50)})
        self.refused("InvalidParameterValue", f"Too many tags added for queue {url.rsplit('/', 1)[1]}.", "TagQueue",
                     QueueUrl=url, Tags={"one-more": "v"})

    def test_keys_of_tags(self):
        url = self.queue()
        self.call("TagQueue", QueueUrl=url, Tags={"x" * 128: "v" * 256})
        self.refused("InvalidParameterValue", "Tag keys must be between 1 and 128 characters in length.", "TagQueue",
                     QueueUrl=url, Tags={"x" * 129: "v"})
        self.refused("InvalidParameterValue", None, "TagQueue", QueueUrl=url, Tags={"aws:x": "v"})


if __name__ == "__main__":
    unittest.main()
