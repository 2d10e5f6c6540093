// AWS's own client for JavaScript, as of today: what Debian's clients do not know yet, and that it understands every
// kind of answer. Run by js_client_test.py, which starts the daemon and says where it is.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as sdk from "@aws-sdk/client-eventbridge";

const client = new sdk.EventBridgeClient({
  endpoint: process.env.WAYBILL_ENDPOINT,
  region: "us-east-1",
  credentials: { accessKeyId: "waybill", secretAccessKey: "waybill" },
  maxAttempts: 1,
});
const EVENTS = "arn:aws:events:us-east-1:000000000000:";
const QUEUE = "arn:aws:sqs:us-east-1:000000000000:letters";
const RECORDER = "arn:aws:lambda:us-east-1:000000000000:function:recorder";
const busArn = (name) => `${EVENTS}event-bus/${name}`;

async function call(operation, input = {}) {
  const { $metadata, ...answer } = await client.send(new sdk[`${operation}Command`](input));
  assert.equal($metadata.httpStatusCode, 200);
  assert.ok($metadata.requestId);
  return answer;
}

async function refused(name, message, operation, input) {
  await assert.rejects(call(operation, input), (error) => {
    assert.equal(error.name, name);
    if (message !== undefined) assert.equal(error.message, message);
    assert.equal(error.$metadata.httpStatusCode, 400);
    return true;
  });
}

test("an event bus is created with all that it may have", async () => {
  const given = {
    Description: "of a test",
    KmsKeyIdentifier: "alias/events",
    DeadLetterConfig: { Arn: QUEUE },
    LogConfig: { IncludeDetail: "FULL", Level: "TRACE" },
  };
  const created = await call("CreateEventBus", { Name: "whole", ...given });
  assert.deepEqual(created, { EventBusArn: busArn("whole"), ...given });
  const { CreationTime, LastModifiedTime, ...shown } = await call("DescribeEventBus", { Name: "whole" });
  assert.deepEqual(shown, { Name: "whole", Arn: busArn("whole"), ...given });
  assert.ok(CreationTime instanceof Date);
  assert.equal(CreationTime.getTime(), LastModifiedTime.getTime());
});

test("an event bus is updated", async () => {
  await call("CreateEventBus", { Name: "updated", Description: "old" });
  const changes = { Description: "new", LogConfig: { IncludeDetail: "NONE", Level: "ERROR" } };
  assert.deepEqual(await call("UpdateEventBus", { Name: "updated", ...changes }), {
    Name: "updated",
    Arn: busArn("updated"),
    ...changes,
  });
  const shown = await call("DescribeEventBus", { Name: "updated" });
  assert.deepEqual([shown.Description, shown.LogConfig], [changes.Description, changes.LogConfig]);
  assert.ok(shown.LastModifiedTime > shown.CreationTime);
});

test("an event bus that does not exist is not updated", async () => {
  await refused("ResourceNotFoundException", "Event bus nowhere does not exist.", "UpdateEventBus", {
    Name: "nowhere",
    Description: "d",
  });
});

test("the level of an event bus's log is one of four", async () => {
  await refused(
    "ValidationException",
    "1 validation error detected: Value 'LOUD' at 'logConfig.level' failed to satisfy constraint: Member must satisfy " +
      "enum value set: [OFF, ERROR, INFO, TRACE]",
    "CreateEventBus",
    { Name: "loud", LogConfig: { Level: "LOUD" } },
  );
});

test("dead letters of an event bus go to a queue", async () => {
  await refused("ValidationException", "lambda is not supported as a dead letter resource", "UpdateEventBus", {
    Name: "default",
    DeadLetterConfig: { Arn: RECORDER },
  });
});

test("a listed event bus has its description and times", async () => {
  await call("CreateEventBus", { Name: "listed", Description: "d" });
  const { EventBuses: [bus] } = await call("ListEventBuses", { NamePrefix: "listed" });
  assert.deepEqual([bus.Name, bus.Description], ["listed", "d"]);
  assert.ok(bus.CreationTime instanceof Date && bus.LastModifiedTime instanceof Date);
});

test("an archive keeps its key", async () => {
  const KmsKeyIdentifier = "alias/archive";
  await call("CreateArchive", { ArchiveName: "keyed", EventSourceArn: busArn("default"), KmsKeyIdentifier });
  assert.equal((await call("DescribeArchive", { ArchiveName: "keyed" })).KmsKeyIdentifier, KmsKeyIdentifier);
});

test("a connection keeps its key, and an API destination refers to it", async () => {
  const { ConnectionArn } = await call("CreateConnection", {
    Name: "keyed",
    AuthorizationType: "API_KEY",
    AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: "X-Key", ApiKeyValue: "secret" } },
    KmsKeyIdentifier: "alias/connection",
  });
  const connection = await call("DescribeConnection", { Name: "keyed" });
  assert.equal(connection.KmsKeyIdentifier, "alias/connection");
  assert.deepEqual(connection.AuthParameters, { ApiKeyAuthParameters: { ApiKeyName: "X-Key" } });
  const request = { Name: "keyed", ConnectionArn, InvocationEndpoint: "https://127.0.0.1:1/", HttpMethod: "POST" };
  const { ApiDestinationState } = await call("CreateApiDestination", request);
  assert.equal(ApiDestinationState, "ACTIVE");
  const shown = await call("DescribeApiDestination", { Name: "keyed" });
  assert.deepEqual({ ...shown, ...request, InvocationRateLimitPerSecond: 300 }, shown);
});

test("a target keeps the members of later years", async () => {
  const Id = "t", Rule = "appsync";
  const target = {
    Id,
    Arn: "arn:aws:appsync:us-east-1:000000000000:endpoints/graphql-api/a",
    RoleArn: "arn:aws:iam::000000000000:role/r",
    AppSyncParameters: { GraphQLOperation: "mutation { a }" },
  };
  await call("PutRule", { Name: Rule, EventPattern: '{"source":["a"]}' });
  assert.deepEqual(await call("PutTargets", { Rule, Targets: [target] }), { FailedEntryCount: 0, FailedEntries: [] });
  assert.deepEqual(await call("ListTargetsByRule", { Rule }), { Targets: [target] });
});

test("a rule may be for management events", async () => {
  const State = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
  await call("PutRule", { Name: "managed-events", EventPattern: '{"source":["a"]}', State });
  assert.equal((await call("DescribeRule", { Name: "managed-events" })).State, State);
});

test("events are put one by one", async () => {
  const entry = { Source: "js", DetailType: "t", Detail: '{"a":1}' };
  const answer = await call("PutEvents", { Entries: [entry, { ...entry, Detail: "[]" }, { ...entry, Time: new Date() }] });
  assert.equal(answer.FailedEntryCount, 1);
  assert.deepEqual(answer.Entries.map((each) => Object.keys(each)), [["EventId"], ["ErrorCode", "ErrorMessage"], ["EventId"]]);
});

test("a pattern is tested", async () => {
  const Event = JSON.stringify({ id: "1", account: "1", source: "a", time: "2026-01-01T00:00:00Z", region: "r", "detail-type": "t" });
  assert.deepEqual(await call("TestEventPattern", { EventPattern: '{"source":[{"suffix":"a"}]}', Event }), { Result: true });
});

test("errors of the model have their classes", async () => {
  await assert.rejects(call("PutRule", { Name: "bad", EventPattern: '{"a":1}' }), sdk.InvalidEventPatternException);
  await assert.rejects(call("DescribeRule", { Name: "nowhere" }), sdk.ResourceNotFoundException);
  await assert.rejects(call("CreateEventBus", { Name: "default" }), sdk.ResourceAlreadyExistsException);
});

test("pages are followed", async () => {
  await call("CreateEventBus", { Name: "paged" });
  for (const Name of ["a", "b", "c"]) await call("PutRule", { Name, EventBusName: "paged", EventPattern: '{"source":["a"]}' });
  const names = [];
  let NextToken;
  do {
    const page = await call("ListRules", { EventBusName: "paged", Limit: 2, NextToken });
    names.push(page.Rules.map((rule) => rule.Name));
    NextToken = page.NextToken;
  } while (NextToken);
  assert.deepEqual(names, [["a", "b"], ["c"]]);
});

test("an operation that Waybill has not is an error that names it", async () => {
  await assert.rejects(call("ListEndpoints"), (error) => {
    assert.equal(error.name, "UnknownOperationException");
    assert.match(error.message, /ListEndpoints/);
    return true;
  });
});
