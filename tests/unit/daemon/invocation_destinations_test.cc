// Asynchronous invocations in two stages, and the records of their end.
#include "daemon/invocation_destinations.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "support/pipeline.h"

using namespace waybill;
using namespace waybill::testing;
using Json = nlohmann::json;

namespace {

const std::string kPlace = "us-east-1:000000000000:";
const std::string kWork = "arn:aws:lambda:" + kPlace + "function:work";
const std::string kTopic = "arn:aws:sns:" + kPlace + "ends";
const std::string kHears = "arn:aws:lambda:" + kPlace + "function:hears";

std::vector<Resource> with_destinations(const std::string& on_failure, const std::string& on_success) {
  auto resources = one_rule();
  resources.push_back(resource("AWS::Lambda::Function", "hears", R"({"Handler":"test.hears"})"));
  resources.push_back(resource("AWS::SNS::Topic", "ends", "{}"));
  resources.push_back(resource("AWS::SNS::Subscription", "ends/one",
                               R"({"TopicArn":")" + kTopic + R"(","Protocol":"email","Endpoint":"a@example.com"})"));
  resources.push_back(resource("AWS::Lambda::EventInvokeConfig", "s/c",
                               R"({"FunctionName":"work","Qualifier":"$LATEST","DestinationConfig":{"OnFailure":)"
                               R"({"Destination":")" +
                                   on_failure + R"("},"OnSuccess":{"Destination":")" + on_success + R"("}}})"));
  return resources;
}

struct Destinations {
  explicit Destinations(const std::string& on_failure = kTopic, const std::string& on_success = kHears)
      : pipeline(with_destinations(on_failure, on_success)),
        invocations({pipeline.topology, pipeline.acceptor, pipeline.journal, pipeline.random}),
        function(pipeline.topology.get()->function(kWork)) {}
  delivery::Consequences send(bool ok, const std::string& exhausted = "", int attempts = 3) {
    const std::string request = R"({"order":1})";
    delivery::Consequences sent;
    invocations.send(
        {*function, DeliveryId{42}, ok, exhausted, attempts, request, ok ? R"({"done":true})" : "", "it broke"}, 1,
        pipeline.wall.now(), sent);
    return sent;
  }
  Pipeline pipeline;
  InvocationDestinations invocations;
  std::shared_ptr<const FunctionSpec> function;
};

}  // namespace

TEST_CASE("an invocation is a delivery of the shaped input to the function's own endpoint") {
  Destinations world;
  delivery::Consequences caused;
  world.invocations.invoke(*world.function, "the rule", R"({"order":1})", 3, world.pipeline.wall.now(), caused);
  REQUIRE(caused.deliveries.size() == 1);
  CHECK(caused.changes.list.size() == 2);
  const NewDelivery& made = caused.deliveries[0];
  CHECK(made.payload->kind == PayloadKind::invocation);
  CHECK(made.payload->body == R"({"order":1})");
  CHECK(made.delivery.depth == 3);
  const auto endpoint = world.pipeline.topology.get()->endpoint(made.delivery.key.endpoint);
  REQUIRE(endpoint);
  CHECK(endpoint->key == "function " + kWork);
}

TEST_CASE("the record of a failed invocation is as AWS documents it") {
  Destinations world;
  const std::string request = R"({"order":1})";
  const Json record = Json::parse(
      invocation_record({*world.function, DeliveryId{42}, false, "MaximumRetryAttempts", 3, request, "", "it broke"},
                        from_millis(1'573'755'365'568)));
  CHECK(record["version"] == "1.0");
  CHECK(record["timestamp"] == "2019-11-14T18:16:05.568Z");
  CHECK(record["requestContext"]["requestId"].get<std::string>().size() == 36);
  CHECK(record["requestContext"]["functionArn"] == kWork + ":$LATEST");
  CHECK(record["requestContext"]["condition"] == "RetriesExhausted");
  CHECK(record["requestContext"]["approximateInvokeCount"] == 3);
  CHECK(record["requestPayload"] == Json({{"order", 1}}));
  CHECK(record["responseContext"] ==
        Json({{"statusCode", 200}, {"executedVersion", "$LATEST"}, {"functionError", "Unhandled"}}));
  CHECK(record["responsePayload"]["errorMessage"] == "it broke");
}

TEST_CASE("a record tells of an error that is no UTF-8, too") {
  Destinations world;
  const std::string request = "\xfe";
  const Json record = Json::parse(invocation_record(
      {*world.function, DeliveryId{42}, false, "MaximumRetryAttempts", 3, request, "", "bad \xff"}, from_millis(0)));
  CHECK(record["requestPayload"] == "\xEF\xBF\xBD");
  CHECK(record["responsePayload"]["errorMessage"] == "bad \xEF\xBF\xBD");
}

TEST_CASE("an invocation that was never made has no response, and one that succeeded the function's") {
  Destinations world;
  const std::string request = "no JSON";
  const Json aged = Json::parse(invocation_record(
      {*world.function, DeliveryId{42}, false, "MaximumEventAgeInSeconds", 0, request, "", ""}, from_millis(0)));
  CHECK(aged["requestContext"]["condition"] == "EventAgeExceeded");
  CHECK(aged["requestPayload"] == "no JSON");
  CHECK_FALSE(aged.contains("responseContext"));
  const Json done = Json::parse(invocation_record(
      {*world.function, DeliveryId{42}, true, "", 1, request, R"({"done":true})", ""}, from_millis(0)));
  CHECK(done["requestContext"]["condition"] == "Success");
  CHECK(done["responsePayload"] == Json({{"done", true}}));
  CHECK_FALSE(done["responseContext"].contains("functionError"));
}

TEST_CASE("a record goes to a topic, or becomes an invocation of another function") {
  Destinations world;
  const auto failed = world.send(false, "MaximumRetryAttempts");
  REQUIRE(failed.deliveries.size() == 1);
  CHECK(failed.deliveries[0].payload->kind == PayloadKind::notification);
  const auto succeeded = world.send(true);
  REQUIRE(succeeded.deliveries.size() == 1);
  CHECK(succeeded.deliveries[0].payload->kind == PayloadKind::invocation);
  CHECK(Json::parse(succeeded.deliveries[0].payload->body)["responsePayload"] == Json({{"done", true}}));
}

TEST_CASE("a record on a bus is an event of Lambda") {
  Destinations world("arn:aws:events:" + kPlace + "event-bus/orders");
  auto resources = with_destinations("arn:aws:events:" + kPlace + "event-bus/orders", kHears);
  resources.push_back(resource("AWS::Events::Rule", "orders/ends",
                               R"({"EventBusName":"orders","EventPattern":{"source":["lambda"],"detail-type":)"
                               R"(["Lambda Function Invocation Result - Failure"]},"Targets":[{"Id":"1","Arn":")" +
                                   kHears + "\"}]}"));
  world.pipeline.configure(resources);
  const auto failed = world.send(false, "MaximumRetryAttempts");
  REQUIRE(failed.deliveries.size() == 1);
  const Json event = Json::parse(failed.deliveries[0].payload->body);
  CHECK(event["detail"]["requestContext"]["condition"] == "RetriesExhausted");
  CHECK(event["resources"][1] == kWork + ":$LATEST");
}

TEST_CASE("a destination that cannot take the record keeps nothing else from happening") {
  Destinations world("arn:aws:sqs:" + kPlace + "ends", "");
  CHECK(world.send(false).changes.list.empty());
  CHECK(world.send(true).changes.list.empty());
}

TEST_CASE("a queue gets the record as a message") {
  Destinations world("arn:aws:sqs:" + kPlace + "ends", "");
  auto resources = with_destinations("arn:aws:sqs:" + kPlace + "ends", "");
  resources.push_back(resource("AWS::SQS::Queue", "ends", "{}"));
  world.pipeline.configure(resources);
  const auto failed = world.send(false, "MaximumRetryAttempts");
  REQUIRE(failed.changes.list.size() == 1);
  const auto& sent = std::get<store::SendMessage>(failed.changes.list[0]);
  CHECK(Json::parse(sent.message->body)["requestContext"]["condition"] == "RetriesExhausted");
}
