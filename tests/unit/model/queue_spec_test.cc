#include "model/queue_spec.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace waybill;
using nlohmann::json;

namespace {

QueueSpec read(const char* name, const json& body) {
  auto spec = read_queue(name, body);
  if (!spec) FAIL(spec.error().message);
  return *spec;
}

std::string fault(const char* name, const json& body) {
  const auto spec = read_queue(name, body);
  REQUIRE(spec.has_error());
  CHECK(spec.error().code == ErrorCode::invalid);
  return spec.error().message;
}

constexpr const char* kDlq = "arn:aws:sqs:us-east-1:000000000000:dead";

}  // namespace

TEST_CASE("a queue has AWS's defaults") {
  const QueueSpec spec = read("orders", json::object());
  CHECK_FALSE(spec.fifo);
  CHECK(spec.visibility_timeout == std::chrono::seconds{30});
  CHECK(spec.delay == std::chrono::seconds{0});
  CHECK(spec.retention == std::chrono::hours{96});
  CHECK(spec.max_message_bytes == kQueueMessageBytes);
  CHECK_FALSE(spec.redrive.has_value());
  CHECK_FALSE(spec.policy.has_value());
}

TEST_CASE("attributes are numbers, or the text that the API was sent") {
  const QueueSpec spec = read("orders", {{"VisibilityTimeout", 5},
                                         {"DelaySeconds", "7"},
                                         {"MaximumMessageSize", "2048"},
                                         {"MessageRetentionPeriod", 60},
                                         {"ReceiveMessageWaitTimeSeconds", 20}});
  CHECK(spec.visibility_timeout == std::chrono::seconds{5});
  CHECK(spec.delay == std::chrono::seconds{7});
  CHECK(spec.max_message_bytes == 2048);
  CHECK(spec.retention == std::chrono::seconds{60});
  CHECK(spec.receive_wait == std::chrono::seconds{20});
}

TEST_CASE("an attribute out of range names itself and the range") {
  CHECK(fault("orders", {{"VisibilityTimeout", 43'201}}) ==
        "VisibilityTimeout: 43201 is no whole number of 0 to 43200");
  CHECK(fault("orders", {{"DelaySeconds", "soon"}}) == "DelaySeconds: soon is no whole number of 0 to 900");
  CHECK(fault("orders", {{"MaximumMessageSize", 1023}}).starts_with("MaximumMessageSize"));
  CHECK(fault("orders", {{"MessageRetentionPeriod", 59}}).starts_with("MessageRetentionPeriod"));
}

TEST_CASE("a FIFO queue is one by its name, and has attributes of its own") {
  const QueueSpec spec = read("orders.fifo", {{"FifoQueue", "true"},
                                              {"ContentBasedDeduplication", true},
                                              {"DeduplicationScope", "messageGroup"},
                                              {"FifoThroughputLimit", "perMessageGroupId"}});
  CHECK(spec.fifo);
  CHECK(spec.content_dedup);
  CHECK(spec.dedup_by_group);
  CHECK(fault("orders", {{"FifoQueue", true}}).starts_with("FifoQueue"));
  CHECK(fault("orders", {{"ContentBasedDeduplication", true}}).find("FIFO queues only") != std::string::npos);
  CHECK(fault("orders.fifo", {{"FifoThroughputLimit", "perMessageGroupId"}}).starts_with("FifoThroughputLimit"));
}

TEST_CASE("a redrive policy names a queue of the same type") {
  const QueueSpec spec =
      read("orders", {{"RedrivePolicy", json{{"deadLetterTargetArn", kDlq}, {"maxReceiveCount", "3"}}.dump()}});
  REQUIRE(spec.redrive);
  CHECK(spec.redrive->dlq_arn == kDlq);
  CHECK(spec.redrive->max_receives == 3);
  CHECK(fault("orders", {{"RedrivePolicy", {{"deadLetterTargetArn", kDlq}}}}) ==
        "RedrivePolicy: maxReceiveCount is missing");
  CHECK(fault("orders.fifo", {{"RedrivePolicy", {{"deadLetterTargetArn", kDlq}, {"maxReceiveCount", 3}}}})
            .find("FIFO queue must be a FIFO queue") != std::string::npos);
  CHECK(fault("orders", {{"RedrivePolicy", "nonsense"}}) == "RedrivePolicy: it must be a JSON object");
}

TEST_CASE("a dead-letter queue says who may use it") {
  QueueSpec dlq = read("dead", json::object());
  CHECK(may_redrive(dlq, "arn:a"));
  dlq = read("dead", {{"RedriveAllowPolicy", {{"redrivePermission", "denyAll"}}}});
  CHECK_FALSE(may_redrive(dlq, "arn:a"));
  dlq = read("dead", {{"RedriveAllowPolicy", {{"redrivePermission", "byQueue"}, {"sourceQueueArns", {"arn:a"}}}}});
  CHECK(may_redrive(dlq, "arn:a"));
  CHECK_FALSE(may_redrive(dlq, "arn:b"));
  CHECK(fault("dead", {{"RedriveAllowPolicy", {{"redrivePermission", "some"}}}}).starts_with("RedriveAllowPolicy"));
}

TEST_CASE("a queue's policy says who may send") {
  const auto statement = [](const char* effect, json condition) {
    json made = {{"Effect", effect},
                 {"Action", "sqs:SendMessage"},
                 {"Principal", {{"Service", "events.amazonaws.com"}}},
                 {"Resource", "*"}};
    if (!condition.is_null()) made["Condition"] = std::move(condition);
    return made;
  };
  const auto queue = [&](json statements) { return read("q", {{"Policy", {{"Statement", std::move(statements)}}}}); };
  CHECK(may_send(read("q", json::object()), "events.amazonaws.com", "arn:rule"));
  CHECK_FALSE(may_send(queue(json::array()), "events.amazonaws.com", "arn:rule"));
  CHECK(may_send(queue({statement("Allow", nullptr)}), "events.amazonaws.com", "arn:rule"));
  CHECK_FALSE(may_send(queue({statement("Allow", nullptr)}), "sns.amazonaws.com", "arn:topic"));
  const json source = {{"ArnLike", {{"aws:SourceArn", "arn:rule/*"}}}};
  CHECK(may_send(queue({statement("Allow", source)}), "events.amazonaws.com", "arn:rule/a"));
  CHECK_FALSE(may_send(queue({statement("Allow", source)}), "events.amazonaws.com", "arn:other"));
  CHECK_FALSE(
      may_send(queue({statement("Allow", nullptr), statement("Deny", source)}), "events.amazonaws.com", "arn:rule/a"));
  const json unknown = {{"IpAddress", {{"aws:SourceIp", "10.0.0.0/8"}}}};
  CHECK_FALSE(may_send(queue({statement("Allow", unknown)}), "events.amazonaws.com", "arn:rule"));
}
