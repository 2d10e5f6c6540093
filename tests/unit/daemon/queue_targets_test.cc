// Queues as targets of rules, subscribers of topics and dead-letter queues.
#include "daemon/queue_targets.h"

#include "daemon/dead_letter_router.h"
#include "support/pipeline.h"
#include "support/queue_rig.h"

using namespace waybill;
using namespace waybill::testing;
using Json = nlohmann::json;

namespace {

const std::string kTopicArn = "arn:aws:sns:us-east-1:000000000000:t";
const std::string kRuleArn = "arn:aws:events:us-east-1:000000000000:rule/r";

class World {
 public:
  World() {
    rig.put_queue("q");
    put_rule({{"Id", "1"}, {"Arn", queue_arn("q")}});
  }
  void put_rule(Json target) {
    rig.put("AWS::Events::Rule", "default/r",
            {{"EventPattern", R"({"source":["x"]})"}, {"Targets", Json::array({std::move(target)})}});
  }
  void subscribe(const std::string& raw) {
    rig.put("AWS::SNS::Topic", "t", Json::object());
    rig.put("AWS::SNS::Subscription", "t/s",
            {{"TopicArn", kTopicArn}, {"Protocol", "sqs"}, {"Endpoint", queue_arn("q")}, {"RawMessageDelivery", raw}});
  }
  std::shared_ptr<const EndpointSpec> endpoint(EndpointKind kind) {
    const auto topology = rig.topology.get();
    for (const auto& [id, spec] : topology->endpoints()) {
      if (spec->kind == kind) return spec;
    }
    return nullptr;
  }
  delivery::AttemptResult attempt(EndpointKind kind, const std::string& body) {
    const auto spec = endpoint(kind);
    REQUIRE(spec);
    const Delivery delivery{{spec->id, rig.wall.now(), DeliveryId{1}}, PayloadId{1}, 0, 0, rig.wall.now(), ""};
    const Payload payload{PayloadId{1}, PayloadKind::event, rig.wall.now(), "", body};
    const delivery::Attempt made{*spec, delivery, payload, rig.wall.now(), rig.steady.now()};
    auto result = kind == EndpointKind::target ? targets.deliver(made, body) : targets.notify(made);
    if (result.ok) REQUIRE(rig.journal->apply(store::Lane::internal, result.consequences.changes).has_value());
    return result;
  }

  QueueRig rig;
  QueueTargets targets{
      rig.topology, *rig.journal,
      [](const std::string& stored, const SubscriptionSpec&) -> Result<std::string> { return "signed " + stored; }};
};

// Dead letters of that world's endpoints, on their way into queues.
class DeadLetterWorld {
 public:
  explicit DeadLetterWorld(World& world) : world_(world) {
    no_tables_.set(std::make_shared<const table::TableCatalog>(std::vector<TableSpec>{}));
  }
  DeadLetter letter(const std::string& message) const {
    DeadLetter letter;
    letter.id = DeadLetterId{77};
    letter.body = R"({"a":1})";
    letter.rule_arn = kRuleArn;
    letter.target_arn = queue_arn("q");
    letter.error_code = "NO_PERMISSIONS";
    letter.error_message = message;
    letter.dead_at = world_.rig.wall.now();
    return letter;
  }
  // Of the one message that the queue "dead" gets.
  queue::MessageAttributes facts_of(const DeadLetter& letter, EndpointKind kind) {
    auto routed = router_.route(*world_.endpoint(kind), letter, 1);
    REQUIRE(world_.rig.journal->apply(store::Lane::internal, std::move(routed.changes)).has_value());
    const auto received = world_.rig.receive("dead");
    REQUIRE(received.size() == 1);
    CHECK(received[0].message->body == letter.body);
    return queue::decode_attributes(received[0].message->attributes);
  }

 private:
  World& world_;
  Pipeline pipeline_{one_rule()};
  InvocationDestinations invocations_{{pipeline_.topology, pipeline_.acceptor, pipeline_.journal, pipeline_.random}};
  Snapshot<table::TableCatalog> no_tables_;
  topic::TopicProbe probe_;
  DeadLetterTargets router_{world_.rig.topology, no_tables_,       invocations_, world_.targets,
                            *world_.rig.journal, pipeline_.random, probe_};
};

std::string without_request_id(std::string message) {
  const std::string before = "Request ID: ";
  const std::size_t at = message.find(before);
  if (at != std::string::npos && message.size() >= at + before.size() + 36) {
    message.replace(at + before.size(), 36, "‹id›");
  }
  return message;
}

}  // namespace

TEST_CASE("a rule's queue gets the shaped input, and nothing else") {
  World world;
  CHECK(world.attempt(EndpointKind::target, R"({"a":1})").ok);
  const auto received = world.rig.receive("q");
  REQUIRE(received.size() == 1);
  CHECK(received[0].message->body == R"({"a":1})");
  CHECK(received[0].message->attributes.empty());
}

TEST_CASE("a FIFO queue gets the group of its SqsParameters") {
  World world;
  world.rig.put_queue("f.fifo", {{"ContentBasedDeduplication", true}});
  world.put_rule({{"Id", "1"}, {"Arn", queue_arn("f.fifo")}, {"SqsParameters", {{"MessageGroupId", "g"}}}});
  CHECK(world.attempt(EndpointKind::target, "x").ok);
  CHECK(world.attempt(EndpointKind::target, "x").ok);  // a duplicate: no second message
  const auto received = world.rig.receive("f.fifo");
  REQUIRE(received.size() == 1);
  CHECK(received[0].message->group == "g");
}

TEST_CASE("a queue that is not there, or does not let the rule send, ends the delivery") {
  World world;
  world.rig.put_queue("q", {{"Policy", {{"Statement", Json::array()}}}});
  const auto denied = world.attempt(EndpointKind::target, "x");
  CHECK(denied.error_code == "NO_PERMISSIONS");
  CHECK(denied.failure == delivery::FailureClass::permanent);
  CHECK(without_request_id(denied.error_message) ==
        "User: events.amazonaws.com is not authorized to perform: sqs:sendmessage on resource: " + queue_arn("q") +
            " because no resource-based policy allows the sqs:sendmessage action (Service: AmazonSQS; Status Code: "
            "403; Error Code: AccessDenied; Request ID: ‹id›; Proxy: null)");
  world.rig.drop_queue("q");
  const auto missing = world.attempt(EndpointKind::target, "x");
  CHECK(missing.error_code == "NO_RESOURCE");
  CHECK(without_request_id(missing.error_message) ==
        "The specified queue does not exist or you do not have access to it. (Service: AmazonSQS; Status Code: 400; "
        "Error Code: AWS.SimpleQueueService.NonExistentQueue; Request ID: ‹id›; Proxy: null)");
}

TEST_CASE("a subscriber gets the envelope, or the message itself with its attributes") {
  const std::string stored =
      R"({"Type":"Notification","Message":"hi","MessageAttributes":{"k":{"Type":"String","Value":"v"}}})";
  World world;
  world.subscribe("false");
  CHECK(world.attempt(EndpointKind::subscription, stored).ok);
  CHECK(world.rig.bodies("q") == std::vector<std::string>{"signed " + stored});
  world.subscribe("true");
  CHECK(world.attempt(EndpointKind::subscription, stored).ok);
  const auto raw = world.rig.receive("q");
  REQUIRE(raw.size() == 1);
  CHECK(raw[0].message->body == "hi");
  CHECK(queue::decode_attributes(raw[0].message->attributes).at("k").value == "v");
}

TEST_CASE("a dead-letter queue gets what was to be delivered, and why it was not") {
  World world;
  world.rig.put_queue("dead");
  world.put_rule({{"Id", "1"}, {"Arn", queue_arn("q")}, {"DeadLetterConfig", {{"Arn", queue_arn("dead")}}}});
  DeadLetterWorld dead(world);
  DeadLetter letter = dead.letter("not you");
  letter.exhausted_condition = "MaximumRetryAttempts";
  letter.attempts = 4;
  const auto facts = dead.facts_of(letter, EndpointKind::target);
  CHECK(facts.at("RULE_ARN").value == kRuleArn);
  CHECK(facts.at("TARGET_ARN").value == queue_arn("q"));
  CHECK(facts.at("ERROR_CODE").value == "NO_PERMISSIONS");
  CHECK(facts.at("ERROR_MESSAGE").value == "not you");
  CHECK(facts.at("EXHAUSTED_RETRY_CONDITION").value == "MaximumRetryAttempts");
  CHECK(facts.at("RETRY_ATTEMPTS").value == "3");
  CHECK(facts.at("WAYBILL_DEAD_LETTER").value == "77");
}

TEST_CASE("what a dead-letter queue is told of a long error is cut where a character ends") {
  World world;
  world.rig.put_queue("dead");
  world.put_rule({{"Id", "1"}, {"Arn", queue_arn("q")}, {"DeadLetterConfig", {{"Arn", queue_arn("dead")}}}});
  DeadLetterWorld dead(world);
  std::string error;
  while (error.size() < 300'000) error += "ü";
  const auto facts = dead.facts_of(dead.letter("x" + error), EndpointKind::target);
  CHECK(facts.at("ERROR_MESSAGE").value == "x" + error.substr(0, 1022));
}
