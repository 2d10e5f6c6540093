// AWS::DynamoDB::Table and AWS::SNS::*.
#include "loading.h"

using namespace waybill;
using namespace waybill::templates;

namespace {

// The one resource X of a type, with its properties in flow style.
std::string one(const std::string& type, const std::string& properties) {
  return "Resources:\n  X:\n    Type: " + type + "\n    Properties: {" + properties + "}\n";
}
Json body(const std::string& type, const std::string& properties) {
  return body_of(load(one("AWS::" + type, properties)), "X");
}
// The messages without file and position; "" when it loads.
std::string problem(const std::string& type, const std::string& properties) {
  const std::string text = error_of(one("AWS::" + type, properties));
  const std::size_t at = text.find(": ");
  return at == std::string::npos ? text : text.substr(at + 2);
}

const std::string kKeys =
    "AttributeDefinitions: [{AttributeName: id, AttributeType: S}], "
    "KeySchema: [{AttributeName: id, KeyType: HASH}]";

}  // namespace

TEST_CASE("FIFO topics are refused, as by the API") {
  CHECK(problem("SNS::Topic", "TopicName: t.fifo, FifoTopic: true") ==
        "X.FifoTopic: FIFO topics are not supported by Waybill");
  CHECK(problem("SNS::Topic", "FifoTopic: 'true'") == "X.FifoTopic: FIFO topics are not supported by Waybill");
  CHECK(problem("SNS::Topic", "TopicName: t.fifo") ==
        "X.TopicName: \"t.fifo\" ends in .fifo: FIFO topics are not supported by Waybill");
  CHECK(body("SNS::Topic", "FifoTopic: false")["TopicName"] == "demo-X");
}

TEST_CASE("a table's keys are defined, and nothing else is") {
  CHECK(problem("DynamoDB::Table", kKeys) == "");
  CHECK(problem("DynamoDB::Table", "AttributeDefinitions: [], KeySchema: [{AttributeName: id, KeyType: HASH}]") ==
        "X.KeySchema[0]: the attribute \"id\" is not among the AttributeDefinitions");
  CHECK(problem("DynamoDB::Table",
                "KeySchema: [{AttributeName: id, KeyType: RANGE}], "
                "AttributeDefinitions: [{AttributeName: id, AttributeType: S}]") ==
        "X.KeySchema[0]: the first key must be HASH");
  CHECK(problem("DynamoDB::Table",
                "KeySchema: [{AttributeName: id, KeyType: HASH}], "
                "AttributeDefinitions: [{AttributeName: id, AttributeType: S}, "
                "{AttributeName: other, AttributeType: S}]") ==
        "X.AttributeDefinitions: the attribute \"other\" is no key of the table or of an index");
  CHECK(problem("DynamoDB::Table", kKeys + ", TimeToLiveSpecification: {Enabled: true}") ==
        "X.TimeToLiveSpecification: AttributeName is missing");
  CHECK(has(
      problem("DynamoDB::Table", kKeys + ", GlobalSecondaryIndexes: [{IndexName: abc, KeySchema: [{AttributeName: z, "
                                         "KeyType: HASH}]}]"),
      "X.GlobalSecondaryIndexes[0].KeySchema[0]: the attribute \"z\" is not among"));
  CHECK(
      body_of(load("Resources: {X: {Type: AWS::DynamoDB::Table, Properties: {" + kKeys +
                   ", StreamSpecification: {StreamViewType: NEW_IMAGE}}}, T: {Type: AWS::Events::EventBus, Properties: "
                   "{Name: b, Description: !GetAtt X.StreamArn}}}"),
              "T")["Description"] ==
      "arn:aws:dynamodb:eu-central-1:123456789012:table/demo-X/stream/1970-01-01T00:00:00.000");
}

TEST_CASE("what DynamoDB refuses of a table's definition is told where it stands") {
  const auto table = [](const std::string& definitions, const std::string& key, const std::string& more) {
    return problem("DynamoDB::Table", "AttributeDefinitions: [" + definitions + "], KeySchema: [" + key + "]" + more);
  };
  const auto key = [](const std::string& name, const std::string& type) {
    return "{AttributeName: " + name + ", KeyType: " + type + "}";
  };
  const std::string a = "{AttributeName: a, AttributeType: S}";
  const std::string ab = a + ", {AttributeName: b, AttributeType: S}";
  const std::string all = ", Projection: {ProjectionType: ALL}";
  const auto local = [&](const std::string& schema) {
    return ", LocalSecondaryIndexes: [{IndexName: abc, KeySchema: [" + schema + "]" + all + "}]";
  };
  CHECK(table(a + ", " + a, key("a", "HASH"), "") ==
        "X.AttributeDefinitions[1]: a second definition of the attribute \"a\"");
  CHECK(table(a, key("a", "HASH") + ", " + key("a", "RANGE"), "") == "X.KeySchema[1]: both keys are \"a\"");
  const std::string global = ", GlobalSecondaryIndexes: [{KeySchema: [" + key("a", "HASH") + "], IndexName: ";
  CHECK(table(a, key("a", "HASH"), global + "abc}]") == "X.GlobalSecondaryIndexes[0]: Projection is missing");
  CHECK(table(a, key("a", "HASH"), global + "abc, Projection: {}}]") ==
        "X.GlobalSecondaryIndexes[0].Projection: ProjectionType is missing");
  CHECK(table(a, key("a", "HASH"), global + "'a bc'" + all + "}]") ==
        "X.GlobalSecondaryIndexes[0].IndexName: \"a bc\" may have letters, digits and ._- only");
  const std::string both = key("a", "HASH") + ", " + key("b", "RANGE");
  CHECK(table(ab, key("a", "HASH"), local(both)) ==
        "X.LocalSecondaryIndexes: needs a table with a RANGE key, and this one has none");
  CHECK(table(ab, both, local(key("a", "HASH"))) ==
        "X.LocalSecondaryIndexes[0].KeySchema: a local index has a RANGE key");
  CHECK(table(ab, both, local(key("b", "HASH") + ", " + key("a", "RANGE"))) ==
        "X.LocalSecondaryIndexes[0].KeySchema: the first key must be the table's, \"a\", not \"b\"");
  CHECK(table(ab, both, local(both)) == "");
}

TEST_CASE("subscriptions fit their protocol; those inside a topic become resources of their own") {
  const std::string topic = "TopicArn: 'arn:aws:sns:eu-central-1:123456789012:t'";
  CHECK(problem("SNS::Subscription", topic + ", Protocol: email, Endpoint: me") ==
        "X.Endpoint: \"me\" is not an e-mail address");
  CHECK(problem("SNS::Subscription", topic + ", Protocol: https, Endpoint: 'http://x'") ==
        "X.Endpoint: \"http://x\" does not begin with https://");
  CHECK(problem("SNS::Subscription", topic + ", Protocol: lambda, Endpoint: f") == "X.Endpoint: \"f\" is not an ARN");
  CHECK(problem("SNS::Subscription", "TopicArn: t, Protocol: sms, Endpoint: '1'") ==
        "X.TopicArn: \"t\" is not the ARN of a topic");
  CHECK(
      has(problem("SNS::Subscription", topic + ", Protocol: fax, Endpoint: '1'"), "X.Protocol: \"fax\" is not one of"));
  const LoadedTemplate loaded =
      load(one("AWS::SNS::Topic", "TopicName: t, Subscription: [{Protocol: email, Endpoint: a@b.cc}]"));
  REQUIRE(loaded.resources.size() == 2);
  CHECK(loaded.resources[1].key.kind == "AWS::SNS::Subscription");
  CHECK(loaded.resources[1].key.name == "demo/X-1");
  const Json subscription = body_of(loaded, "X-1");
  CHECK(subscription["TopicArn"] == "arn:aws:sns:eu-central-1:123456789012:t");
  CHECK(subscription["Arn"].get<std::string>().starts_with("arn:aws:sns:eu-central-1:123456789012:t:"));
}

TEST_CASE("policies of subscriptions are checked as SNS checks them") {
  const std::string hook =
      "TopicArn: 'arn:aws:sns:eu-central-1:123456789012:t', Protocol: https, Endpoint: 'https://a.example', ";
  CHECK(load(one("AWS::SNS::Subscription", hook + "FilterPolicy: {a: [b]}")).resources.size() == 1);
  CHECK(problem("SNS::Subscription", hook + "FilterPolicy: {a: b}") ==
        "X.FilterPolicy: \"a\" must be an object or an array");
  CHECK(has(problem("SNS::Subscription", hook + "FilterPolicy: {a: {b: [c]}}"), "does not support nested"));
  CHECK(load(one("AWS::SNS::Subscription", hook + "FilterPolicy: {a: {b: [c]}}, FilterPolicyScope: MessageBody"))
            .resources.size() == 1);
  CHECK(problem("SNS::Subscription", hook + "RedrivePolicy: {deadLetterTargetArn: q}") ==
        "X.RedrivePolicy: deadLetterTargetArn must be the ARN of a queue, a table or a topic, not \"q\"");
  CHECK(has(problem("SNS::Subscription", hook + "DeliveryPolicy: {healthyRetryPolicy: {numRetries: 101}}"),
            "X.DeliveryPolicy: numRetries must be a whole number"));
  CHECK(has(problem("SNS::Topic", "SignatureVersion: '3'"), "X.SignatureVersion"));
}
