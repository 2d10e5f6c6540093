// Calls a handler of the logistics system as the host does, with one record and the shipped template's environment.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include <doctest/doctest.h>

#include "handlers/logistics/logistics.h"

namespace waybill::logistics::testing {

// 2026-10-01T12:00:05.250Z: five seconds after the sample event's time.
constexpr std::int64_t kNowMillis = 1'790'856'005'250;
constexpr std::int64_t kNowSeconds = 1'790'856'005;
constexpr std::int64_t kEventSeconds = 1'790'856'000;
constexpr std::int64_t kDay = 24 * 3600;

using Environment = std::map<std::string, std::string>;

inline Environment shipped_environment() {
  return {{"ENVIRONMENT", "test"},
          {"EVENTS_TABLE", "logistics-shipment-events-test"},
          {"ERROR_TABLE", "logistics-error-events-test"},
          {"SNS_TOPIC", "arn:aws:sns:us-east-1:000000000000:logistics-processing-test"},
          {"PROCESSING_TOPIC", "arn:aws:sns:us-east-1:000000000000:logistics-processing-test"},
          {"ALERT_TOPIC", "arn:aws:sns:us-east-1:000000000000:logistics-alerts-test"}};
}

inline Json event_with(Json detail, const char* detail_type = "Shipment Created") {
  return {{"version", "0"},
          {"id", "6a7e8feb-b491-4cf7-a9f1-bf3703467718"},
          {"detail-type", detail_type},
          {"source", "logistics.shipment"},
          {"account", "000000000000"},
          {"time", "2026-10-01T12:00:00Z"},
          {"region", "us-east-1"},
          {"resources", Json::array()},
          {"detail", std::move(detail)}};
}

inline Outcome call_text(Outcome (*handler)(const Invocation&), const std::string& body,
                         const Environment& environment = shipped_environment()) {
  Invocation invocation;
  invocation.function_name = "logistics-shipment-processor-test";
  invocation.now = std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(kNowMillis));
  invocation.environment = &environment;
  invocation.random_seed = 7;
  invocation.records.push_back({"record-1", body});
  Outcome outcome = handler(invocation);
  REQUIRE(outcome.records.size() == 1);
  return outcome;
}

inline Outcome call(Outcome (*handler)(const Invocation&), const Json& event,
                    const Environment& environment = shipped_environment()) {
  return call_text(handler, event.dump(), environment);
}

// The messages of one level.
inline std::vector<std::string> lines(const Outcome& outcome, LogLevel level) {
  std::vector<std::string> found;
  for (const LogLine& line : outcome.records[0].effects.logs) {
    if (line.level == level) found.push_back(line.message);
  }
  return found;
}

// The event failed with this error, and exactly one error item tells of it.
inline void check_failed_and_stored(const Outcome& outcome, const std::string& error, const Json& event) {
  const RecordOutcome& record = outcome.records[0];
  CHECK_FALSE(record.ok);
  CHECK(record.retryable);
  CHECK(record.error == error);
  CHECK(record.effects.publishes.empty());
  REQUIRE(record.effects.writes.size() == 1);
  const Write& write = record.effects.writes[0];
  CHECK(write.table == "logistics-error-events-test");
  CHECK(write.item.size() == 6);
  CHECK(write.item.at("error_id").get<std::string>().size() == 36);
  CHECK(write.item.at("timestamp") == kNowSeconds);
  CHECK(write.item.at("event") == event);
  CHECK(write.item.at("error_message") == error);
  CHECK(write.item.at("environment") == "test");
  CHECK(write.item.at("ttl") == kNowSeconds + 30 * kDay);
}

}  // namespace waybill::logistics::testing
