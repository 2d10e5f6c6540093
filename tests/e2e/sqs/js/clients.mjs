// AWS's own client for JavaScript: SQS in JSON, with the checks of MD5s that it makes itself, and its own classes of
// errors. Run by js_client_test.py, which starts the daemon and says where it is.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as sdk from "@aws-sdk/client-sqs";

const ENDPOINT = process.env.WAYBILL_ENDPOINT;
const ARN = "arn:aws:sqs:us-east-1:000000000000:";
const options = {
  endpoint: ENDPOINT,
  region: "us-east-1",
  credentials: { accessKeyId: "waybill", secretAccessKey: "waybill" },
  maxAttempts: 1,
};
const client = new sdk.SQSClient(options);
let number = 0;

async function call(operation, input = {}, by = client) {
  const { $metadata, ...answer } = await by.send(new sdk[`${operation}Command`](input));
  assert.equal($metadata.httpStatusCode, 200);
  assert.ok($metadata.requestId);
  return answer;
}

// name: of the SDK's class for the error; code: of the query protocol, which the SDK reads from a header.
async function refused(name, message, operation, input, code) {
  await assert.rejects(call(operation, input), (error) => {
    assert.equal(error.name, name, error.message);
    if (message !== undefined) assert.equal(error.message, message);
    if (sdk[name]) assert.ok(error instanceof sdk[name]);
    if (code) assert.equal(error.Error?.Code ?? error.Code, code);
    assert.ok(error.$metadata.httpStatusCode >= 400);
    return true;
  });
}

const notValid = (value, parameter, reason, operation, input) =>
  refused(
    "InvalidParameterValue",
    `Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`,
    operation,
    input,
  );

async function queue(Attributes = {}, suffix = "") {
  const { QueueUrl } = await call("CreateQueue", { QueueName: `js-${++number}${suffix}`, Attributes });
  return QueueUrl;
}
const fifo = (Attributes = {}) => queue({ FifoQueue: "true", ...Attributes }, ".fifo");
const nameOf = (url) => url.slice(url.lastIndexOf("/") + 1);
const arnOf = (url) => ARN + nameOf(url);
const send = (QueueUrl, MessageBody = "hello", more = {}) => call("SendMessage", { QueueUrl, MessageBody, ...more });
async function receive(QueueUrl, more = {}) {
  const { Messages = [] } = await call("ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 10, ...more });
  return Messages;
}
async function attributes(QueueUrl, ...AttributeNames) {
  return (await call("GetQueueAttributes", { QueueUrl, AttributeNames })).Attributes;
}

test("a queue is created, found, and has its URL under the endpoint", async () => {
  const QueueUrl = await queue();
  assert.equal(QueueUrl, `${ENDPOINT}/000000000000/${nameOf(QueueUrl)}`);
  assert.deepEqual(await call("GetQueueUrl", { QueueName: nameOf(QueueUrl) }), { QueueUrl });
});

test("a client without an endpoint goes where the queue URL says", async () => {
  const QueueUrl = await queue();
  const elsewhere = new sdk.SQSClient({ ...options, endpoint: undefined, logger: { warn() {} } });
  await call("SendMessage", { QueueUrl, MessageBody: "by URL" }, elsewhere);
  assert.equal((await receive(QueueUrl))[0].Body, "by URL");
});

test("a queue is created once with the same attributes", async () => {
  const QueueUrl = await queue({ DelaySeconds: "3" });
  const again = { QueueName: nameOf(QueueUrl), Attributes: { DelaySeconds: "3" } };
  assert.deepEqual(await call("CreateQueue", again), { QueueUrl });
  await refused(
    "QueueNameExists",
    "A queue already exists with the same name and a different value for attribute DelaySeconds",
    "CreateQueue",
    { ...again, Attributes: { DelaySeconds: "4" } },
    "QueueAlreadyExists",
  );
});

test("a queue that does not exist", async () => {
  await refused(
    "QueueDoesNotExist",
    "The specified queue does not exist.",
    "GetQueueUrl",
    { QueueName: "none" },
    "AWS.SimpleQueueService.NonExistentQueue",
  );
});

test("a name that is none", () =>
  refused(
    "InvalidParameterValue",
    "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
    "CreateQueue",
    { QueueName: "a b" },
  ));

test("an address that is no queue URL", () =>
  refused("InvalidAddress", undefined, "PurgeQueue", { QueueUrl: `${ENDPOINT}/none` }));

test("pages of queues are put together by the SDK's paginator", async () => {
  for (let i = 0; i < 5; ++i) await call("CreateQueue", { QueueName: `paged-${i}` });
  const names = [];
  const pages = sdk.paginateListQueues({ client, pageSize: 2 }, { QueueNamePrefix: "paged-" });
  for await (const page of pages) names.push(...(page.QueueUrls ?? []).map(nameOf));
  assert.deepEqual(names, ["paged-0", "paged-1", "paged-2", "paged-3", "paged-4"]);
});

test("a deleted queue is gone", async () => {
  const QueueUrl = await queue();
  assert.deepEqual(await call("DeleteQueue", { QueueUrl }), {});
  await refused("QueueDoesNotExist", undefined, "SendMessage", { QueueUrl, MessageBody: "x" });
});

test("attributes are set and told", async () => {
  const QueueUrl = await queue();
  await call("SetQueueAttributes", { QueueUrl, Attributes: { VisibilityTimeout: "7", DelaySeconds: "1" } });
  assert.deepEqual(await attributes(QueueUrl, "VisibilityTimeout", "DelaySeconds", "QueueArn"), {
    VisibilityTimeout: "7",
    DelaySeconds: "1",
    QueueArn: arnOf(QueueUrl),
  });
});

test("an attribute that is none, and a value that is none", async () => {
  const QueueUrl = await queue();
  await refused("InvalidAttributeName", "Unknown Attribute Colour.", "GetQueueAttributes", {
    QueueUrl,
    AttributeNames: ["Colour"],
  });
  await refused("InvalidAttributeValue", "Invalid value for the parameter DelaySeconds.", "SetQueueAttributes", {
    QueueUrl,
    Attributes: { DelaySeconds: "901" },
  });
});

test("tags", async () => {
  const { QueueUrl } = await call("CreateQueue", { QueueName: "tagged", tags: { a: "1" } });
  await call("TagQueue", { QueueUrl, Tags: { b: "2" } });
  assert.deepEqual(await call("ListQueueTags", { QueueUrl }), { Tags: { a: "1", b: "2" } });
  await call("UntagQueue", { QueueUrl, TagKeys: ["a"] });
  assert.deepEqual(await call("ListQueueTags", { QueueUrl }), { Tags: { b: "2" } });
});

test("permissions", async () => {
  const QueueUrl = await queue();
  const permission = { QueueUrl, Label: "l", AWSAccountIds: ["111122223333"], Actions: ["SendMessage"] };
  await call("AddPermission", permission);
  await notValid("l", "Label", "Already exists.", "AddPermission", permission);
  const { Policy } = await attributes(QueueUrl, "Policy");
  assert.equal(JSON.parse(Policy).Statement[0].Sid, "l");
  await call("RemovePermission", { QueueUrl, Label: "l" });
  assert.equal(await attributes(QueueUrl, "Policy"), undefined);
  await refused("OverLimit", undefined, "AddPermission", { ...permission, Actions: Array(8).fill("*") });
});

test("a message is sent and received, and the SDK finds its MD5s right", async () => {
  const QueueUrl = await queue();
  const { MessageId, MD5OfMessageBody } = await send(QueueUrl, "hällo 😀");
  assert.equal(MD5OfMessageBody.length, 32);
  const [message] = await receive(QueueUrl);
  assert.deepEqual([message.MessageId, message.Body], [MessageId, "hällo 😀"]);
});

test("message attributes of all types", async () => {
  const QueueUrl = await queue();
  const MessageAttributes = {
    text: { DataType: "String", StringValue: "Köln" },
    number: { DataType: "Number", StringValue: "3.5" },
    bytes: { DataType: "Binary", BinaryValue: new Uint8Array([0, 255, 10]) },
    "foo.a": { DataType: "String.label", StringValue: "x" },
  };
  const sent = await send(QueueUrl, "m", { MessageAttributes });
  const [message] = await receive(QueueUrl, { MessageAttributeNames: ["All"] });
  assert.equal(message.MD5OfMessageAttributes, sent.MD5OfMessageAttributes);
  assert.deepEqual(message.MessageAttributes, MessageAttributes);
});

test("message attributes are asked for by prefix", async () => {
  const QueueUrl = await queue();
  const value = { DataType: "String", StringValue: "x" };
  await send(QueueUrl, "m", { MessageAttributes: { "foo.a": value, "foo.b": value, bar: value } });
  const [message] = await receive(QueueUrl, { MessageAttributeNames: ["foo.*"] });
  assert.deepEqual(Object.keys(message.MessageAttributes).sort(), ["foo.a", "foo.b"]);
});

test("system attributes by their newer member", async () => {
  const QueueUrl = await queue();
  const header = { AWSTraceHeader: { DataType: "String", StringValue: "Root=1-5759e988-bd862e3fe1be46a994272793" } };
  const sent = await send(QueueUrl, "m", { MessageSystemAttributes: header });
  assert.equal(sent.MD5OfMessageSystemAttributes.length, 32);
  const [message] = await receive(QueueUrl, { MessageSystemAttributeNames: ["All"] });
  assert.deepEqual(
    [message.Attributes.ApproximateReceiveCount, message.Attributes.AWSTraceHeader],
    ["1", header.AWSTraceHeader.StringValue],
  );
});

test("a body is needed, of characters that XML has, and not too long", async () => {
  const QueueUrl = await queue();
  await refused("MissingParameter", "The request must contain the parameter MessageBody.", "SendMessage", {
    QueueUrl,
    MessageBody: "",
  });
  await refused("InvalidMessageContents", undefined, "SendMessage", { QueueUrl, MessageBody: "\u0001" });
  await refused(
    "InvalidParameterValue",
    "One or more parameters are invalid. Reason: Message must be shorter than 262144 bytes.",
    "SendMessage",
    { QueueUrl, MessageBody: "x".repeat(262_145) },
  );
});

test("an attribute of another type", async () =>
  refused(
    "InvalidParameterValue",
    "The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is Binary, " +
      "Number, and String.",
    "SendMessage",
    { QueueUrl: await queue(), MessageBody: "m", MessageAttributes: { a: { DataType: "Text", StringValue: "x" } } },
  ));

test("a delay", async () => {
  const QueueUrl = await queue();
  await send(QueueUrl, "later", { DelaySeconds: 900 });
  assert.deepEqual(await receive(QueueUrl), []);
  assert.deepEqual(await attributes(QueueUrl, "ApproximateNumberOfMessagesDelayed"), {
    ApproximateNumberOfMessagesDelayed: "1",
  });
  await notValid(901, "DelaySeconds", "DelaySeconds must be >= 0 and <= 900.", "SendMessage", {
    QueueUrl,
    MessageBody: "x",
    DelaySeconds: 901,
  });
});

test("a batch of messages, one of which is wrong", async () => {
  const QueueUrl = await queue();
  const { Successful, Failed } = await call("SendMessageBatch", {
    QueueUrl,
    Entries: [
      { Id: "good", MessageBody: "a" },
      { Id: "bad", MessageBody: "\u0001" },
    ],
  });
  assert.deepEqual(Successful.map((each) => each.Id), ["good"]);
  assert.deepEqual(
    Failed.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault]),
    [["bad", "InvalidMessageContents", true]],
  );
});

for (const [name, entries, code] of [
  ["EmptyBatchRequest", [], "AWS.SimpleQueueService.EmptyBatchRequest"],
  [
    "TooManyEntriesInBatchRequest",
    Array.from({ length: 11 }, (_, i) => ({ Id: `${i}`, MessageBody: "x" })),
    "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
  ],
  ["BatchEntryIdsNotDistinct", ["a", "a"].map((Id) => ({ Id, MessageBody: "x" }))],
  ["InvalidBatchEntryId", [{ Id: "a b", MessageBody: "x" }]],
  ["BatchRequestTooLong", ["a", "b"].map((Id) => ({ Id, MessageBody: "x".repeat(200_000) }))],
]) {
  test(`a batch that is refused: ${name}`, async () =>
    refused(name, undefined, "SendMessageBatch", { QueueUrl: await queue(), Entries: entries }, code));
}

test("a receive of ranges that are none", async () => {
  const QueueUrl = await queue();
  await notValid(11, "MaxNumberOfMessages", "Must be between 1 and 10, if provided.", "ReceiveMessage", {
    QueueUrl,
    MaxNumberOfMessages: 11,
  });
  await notValid(21, "WaitTimeSeconds", "Must be >= 0 and <= 20, if provided.", "ReceiveMessage", {
    QueueUrl,
    WaitTimeSeconds: 21,
  });
});

test("a long poll is woken by a message", async () => {
  const QueueUrl = await queue();
  const poll = receive(QueueUrl, { WaitTimeSeconds: 20 });
  await send(QueueUrl, "woken");
  assert.equal((await poll)[0].Body, "woken");
});

test("fifty polls at once get a message each", async () => {
  const QueueUrl = await queue();
  const many = new sdk.SQSClient({ ...options, requestHandler: { httpAgent: { maxSockets: 100 } } });
  const polls = Array.from({ length: 50 }, () =>
    call("ReceiveMessage", { QueueUrl, WaitTimeSeconds: 20 }, many).then(({ Messages }) => Messages[0].Body),
  );
  await Promise.all(Array.from({ length: 50 }, (_, i) => send(QueueUrl, `${i}`)));
  assert.equal(new Set(await Promise.all(polls)).size, 50);
});

test("a message is deleted, and its handle may be used again", async () => {
  const QueueUrl = await queue();
  await send(QueueUrl);
  const [{ ReceiptHandle }] = await receive(QueueUrl);
  assert.deepEqual(await call("DeleteMessage", { QueueUrl, ReceiptHandle }), {});
  await call("DeleteMessage", { QueueUrl, ReceiptHandle });
  assert.deepEqual(await attributes(QueueUrl, "ApproximateNumberOfMessagesNotVisible"), {
    ApproximateNumberOfMessagesNotVisible: "0",
  });
});

test("a handle that is none", async () =>
  refused(
    "ReceiptHandleIsInvalid",
    'The input receipt handle "x" is not a valid receipt handle.',
    "DeleteMessage",
    { QueueUrl: await queue(), ReceiptHandle: "x" },
  ));

test("messages are deleted by batches", async () => {
  const QueueUrl = await queue();
  for (const body of "abc") await send(QueueUrl, body);
  const Entries = (await receive(QueueUrl)).map(({ ReceiptHandle }, i) => ({ Id: `${i}`, ReceiptHandle }));
  const { Successful, Failed } = await call("DeleteMessageBatch", {
    QueueUrl,
    Entries: [...Entries, { Id: "bad", ReceiptHandle: "x" }],
  });
  assert.deepEqual([Successful.length, Failed.map((each) => each.Id)], [3, ["bad"]]);
});

test("visibility is changed", async () => {
  const QueueUrl = await queue();
  await send(QueueUrl);
  const [{ ReceiptHandle }] = await receive(QueueUrl);
  await call("ChangeMessageVisibility", { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
  await refused("MessageNotInflight", undefined, "ChangeMessageVisibility", {
    QueueUrl,
    ReceiptHandle,
    VisibilityTimeout: 5,
  });
  const [again] = await receive(QueueUrl);
  await notValid(
    43_201,
    "VisibilityTimeout",
    "VisibilityTimeout must be an integer between 0 and 43200.",
    "ChangeMessageVisibility",
    { QueueUrl, ReceiptHandle: again.ReceiptHandle, VisibilityTimeout: 43_201 },
  );
});

test("visibility is changed by batches", async () => {
  const QueueUrl = await queue();
  await send(QueueUrl);
  const [{ ReceiptHandle }] = await receive(QueueUrl);
  const { Successful, Failed } = await call("ChangeMessageVisibilityBatch", {
    QueueUrl,
    Entries: [
      { Id: "back", ReceiptHandle, VisibilityTimeout: 0 },
      { Id: "bad", ReceiptHandle: "x", VisibilityTimeout: 0 },
    ],
  });
  assert.deepEqual([Successful, Failed.map((each) => each.Code)], [[{ Id: "back" }], ["ReceiptHandleIsInvalid"]]);
  assert.equal((await receive(QueueUrl)).length, 1);
});

test("a queue is purged once a minute", async () => {
  const QueueUrl = await queue();
  await send(QueueUrl);
  assert.deepEqual(await call("PurgeQueue", { QueueUrl }), {});
  await refused(
    "PurgeQueueInProgress",
    `Only one PurgeQueue operation on ${nameOf(QueueUrl)} is allowed every 60 seconds.`,
    "PurgeQueue",
    { QueueUrl },
    "AWS.SimpleQueueService.PurgeQueueInProgress",
  );
  assert.deepEqual(await receive(QueueUrl), []);
});

test("a FIFO queue keeps order in its groups and drops duplicates", async () => {
  const QueueUrl = await fifo({ ContentBasedDeduplication: "true" });
  const sent = [];
  for (const body of ["a", "b", "a"]) sent.push(await send(QueueUrl, body, { MessageGroupId: "g" }));
  assert.equal(sent[0].SequenceNumber, sent[2].SequenceNumber);
  assert.ok(sent[0].SequenceNumber < sent[1].SequenceNumber);
  const messages = await receive(QueueUrl, { MessageSystemAttributeNames: ["MessageGroupId"] });
  assert.deepEqual(
    messages.map(({ Body, Attributes }) => [Body, Attributes.MessageGroupId]),
    [
      ["a", "g"],
      ["b", "g"],
    ],
  );
});

test("a FIFO queue needs a group, and a deduplication id", async () => {
  const QueueUrl = await fifo();
  await refused("MissingParameter", "The request must contain the parameter MessageGroupId.", "SendMessage", {
    QueueUrl,
    MessageBody: "x",
    MessageDeduplicationId: "d",
  });
  await refused(
    "InvalidParameterValue",
    "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    "SendMessage",
    { QueueUrl, MessageBody: "x", MessageGroupId: "g" },
  );
});

test("dead letters name the queue that they come from", async () => {
  const dead = await queue();
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arnOf(dead), maxReceiveCount: 1 });
  const QueueUrl = await queue({ RedrivePolicy, VisibilityTimeout: "0" });
  await send(QueueUrl, "poison");
  await receive(QueueUrl);
  await receive(QueueUrl);
  const [letter] = await receive(dead, { MessageSystemAttributeNames: ["DeadLetterQueueSourceArn"] });
  assert.deepEqual([letter.Body, letter.Attributes.DeadLetterQueueSourceArn], ["poison", arnOf(QueueUrl)]);
  assert.deepEqual(await call("ListDeadLetterSourceQueues", { QueueUrl: dead }), { queueUrls: [QueueUrl] });
});
