#include <map>

#include <doctest/doctest.h>

#include "handlers/shipment_pipeline/shipment_pipeline.h"

using namespace waybill;
using waybill::shipment_pipeline::event_processor;

namespace {

constexpr std::int64_t kNowMillis = 1'790'856'005'250;  // 2026-10-01T12:00:05.250Z

Outcome process(const std::vector<std::string>& bodies,
                std::map<std::string, std::string> environment = {{"EVENTS_TABLE_NAME", "shipmentevents-test"},
                                                                  {"ENVIRONMENT", "test"}}) {
  Invocation invocation;
  invocation.kind = InvocationKind::batch;
  invocation.now = std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(kNowMillis));
  invocation.environment = &environment;
  for (const std::string& body : bodies) {
    invocation.records.push_back({"message-" + std::to_string(invocation.records.size() + 1), body});
  }
  return event_processor(invocation);
}

Json fields(const char* shipment_id = "SHIP-1") {
  return {{"shipment_id", shipment_id},
          {"event_timestamp", "2026-10-01T12:00:00Z"},
          {"event_type", "shipment.created"},
          {"weight", 12.5}};
}

std::string error_of(const Json& message) {
  const Outcome outcome = process({message.dump()});
  REQUIRE(outcome.records.size() == 1);
  CHECK_FALSE(outcome.records[0].ok);
  CHECK(outcome.records[0].retryable);
  CHECK(outcome.records[0].effects.writes.empty());
  REQUIRE(outcome.records[0].effects.logs.size() == 1);
  CHECK(outcome.records[0].effects.logs[0].level == LogLevel::error);
  return outcome.records[0].error;
}

}  // namespace

TEST_CASE("a message becomes an item, written where none is yet") {
  const Outcome outcome = process({fields().dump()});
  REQUIRE(outcome.records.size() == 1);
  CHECK(outcome.records[0].ok);
  REQUIRE(outcome.records[0].effects.writes.size() == 1);
  const Write& write = outcome.records[0].effects.writes[0];
  CHECK(write.kind == Write::Kind::put);
  CHECK(write.table == "shipmentevents-test");
  CHECK(write.condition == Write::Condition::absent);
  CHECK(write.on_failed == Write::OnFailed::skip);
  CHECK(write.item == Json{{"shipment_id", "SHIP-1"},
                           {"event_timestamp", "2026-10-01T12:00:00Z"},
                           {"event_type", "shipment.created"},
                           {"processing_status", "processed"},
                           {"payload", fields()},
                           {"processed_at", "2026-10-01T12:00:05.250Z"},
                           {"environment", "test"},
                           {"expires_at", 1'790'856'005 + 90 * 24 * 3600}});
  CHECK(Json::parse(outcome.response) == Json{{"batchItemFailures", Json::array()}});
}

TEST_CASE("of an event the fields are those of its detail") {
  const Json event = {{"id", "e-1"}, {"source", "shipment.service"}, {"detail", fields("SHIP-2")}};
  const Outcome outcome = process({event.dump()});
  REQUIRE(outcome.records[0].ok);
  CHECK(outcome.records[0].effects.writes[0].item.at("shipment_id") == "SHIP-2");
  CHECK(outcome.records[0].effects.writes[0].item.at("payload") == fields("SHIP-2"));
}

TEST_CASE("the numbers of a payload stay as they were sent, and one that nothing can hold is named") {
  const std::string keys = R"("shipment_id":"S","event_timestamp":"t","event_type":"e")";
  const Outcome outcome =
      process({"{" + keys + R"(,"tracking":9400111899223100000123})", "{" + keys + R"(,"n":1e400})"});
  REQUIRE(outcome.records[0].ok);
  CHECK(dump_exact(outcome.records[0].effects.writes[0].item.at("payload").at("tracking")) == "9400111899223100000123");
  CHECK_FALSE(outcome.records[1].ok);
  CHECK(outcome.records[1].error.starts_with("the message has a number that is too large to be stored: "));
}

TEST_CASE("a message fails alone, and the answer names it") {
  const Outcome outcome = process({fields("SHIP-1").dump(), "{broken", fields("SHIP-3").dump()});
  REQUIRE(outcome.records.size() == 3);
  CHECK(outcome.records[0].ok);
  CHECK_FALSE(outcome.records[1].ok);
  CHECK(outcome.records[1].error.find("the message is not valid JSON: ") == 0);
  CHECK(outcome.records[2].ok);
  CHECK(Json::parse(outcome.response) ==
        Json{{"batchItemFailures", Json::array({Json{{"itemIdentifier", "message-2"}}})}});
}

TEST_CASE("what a message lacks or has wrong is named") {
  for (const char* name : {"shipment_id", "event_timestamp", "event_type"}) {
    CAPTURE(name);
    Json without = fields();
    without.erase(name);
    CHECK(error_of(without) == std::string("Missing required field: ") + name);
    CHECK(error_of({{"detail", without}}) == std::string("Missing required field: ") + name);
    for (const Json& nothing : {Json(), Json("")}) {
      Json empty = fields();
      empty[name] = nothing;
      CHECK(error_of(empty) == std::string("Missing required field: ") + name);
    }
    Json number = fields();
    number[name] = 7;
    CHECK(error_of(number) == std::string(name) + " must be a string, got number");
  }
  CHECK(error_of(Json::array()) == "the message must be a JSON object, got array");
  CHECK(error_of({{"detail", "text"}}) == "the message must be a JSON object, got string");
}

TEST_CASE("a function without its table says so") {
  const Outcome outcome = process({fields().dump()}, {});
  CHECK(outcome.records[0].error == "EVENTS_TABLE_NAME is not set in the function's environment");
}

TEST_CASE("a message that is nested too deep fails alone") {
  std::string deep = fields().dump();
  deep.back() = ',';
  deep += "\"more\":";
  for (int i = 0; i < 100'000; ++i) deep += "[";
  for (int i = 0; i < 100'000; ++i) deep += "]";
  deep += "}";
  const Outcome outcome = process({deep, fields().dump()});
  REQUIRE(outcome.records.size() == 2);
  CHECK_FALSE(outcome.records[0].ok);
  CHECK(outcome.records[0].error.find("nested deeper than 1200 levels") != std::string::npos);
  CHECK(outcome.records[1].ok);
}
