#include "pattern/test_event_pattern.h"

#include <string>

#include <doctest/doctest.h>

namespace waybill::pattern {
namespace {

const std::string kEvent =
    R"({"id":"1","account":"123456789012","source":"shop","time":"2026-09-24T08:15:00Z","region":"us-east-1",)"
    R"("detail-type":"Order Placed","resources":[],"detail":{"total":5}})";

std::string without(const std::string& member) {
  const auto start = kEvent.find("\"" + member + "\"");
  return std::string(kEvent).replace(start, member.size() + 2, "\"x\"");
}

std::string event_error(const std::string& event) {
  const auto result = test_event_pattern(R"({"source":["shop"]})", event);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == ErrorCode::invalid);
  return result.error().message;
}

}  // namespace

TEST_CASE("the pattern is matched against the whole event") {
  CHECK(test_event_pattern(R"({"source":["shop"],"detail":{"total":[5]}})", kEvent)->matches);
  CHECK_FALSE(test_event_pattern(R"({"source":["shop"],"detail":{"total":[6]}})", kEvent)->matches);
}

TEST_CASE("what does not match says why") {
  const auto verdict = test_event_pattern(R"({"source":["Shop"]})", kEvent);
  REQUIRE(verdict->why_not.size() == 1);
  CHECK(verdict->why_not[0] == R"(`source` is "shop", the pattern wants "Shop": differs in case)");
  CHECK(test_event_pattern(R"({"source":["shop"]})", kEvent)->why_not.empty());
}

TEST_CASE("the pattern is judged before the event") {
  const auto result = test_event_pattern(R"({"source":"shop"})", "no event");
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().message.starts_with("Event pattern is not valid. Reason: \"source\" must be an object"));
}

TEST_CASE("an event needs its six members") {
  for (const char* member : {"id", "account", "source", "time", "region", "detail-type"}) {
    CAPTURE(member);
    CHECK(event_error(without(member)) == "Parameter Event is not valid.");
  }
  for (const char* member : {"resources", "detail"}) {
    CAPTURE(member);
    CHECK(test_event_pattern(R"({"source":["shop"]})", without(member)).has_value());
  }
  CHECK(event_error(R"({"detail":{"id":1,"account":1,"source":1,"time":1,"region":1,"detail-type":1}})") ==
        "Parameter Event is not valid.");
}

TEST_CASE("an event is a JSON object") {
  for (const char* event : {"", "[]", "\"x\"", "{", "null"})
    CHECK(event_error(event) == "Parameter Event is not valid.");
}

TEST_CASE("an unreadable time has its own text") {
  std::string event = kEvent;
  event.replace(event.find("2026-09-24T08:15:00Z"), 20, "yesterday");
  CHECK(event_error(event) == "Parameter Event is not valid. Reason: Invalid time.");
  event.replace(event.find("\"yesterday\""), 11, "5");
  CHECK(event_error(event) == "Parameter Event is not valid. Reason: Invalid time.");
}

TEST_CASE("an empty anything-but list is an internal error here") {
  for (const char* pattern : {R"({"a":[{"anything-but":[]}]})", R"({"a":[{"anything-but":{"prefix":[]}}]})"}) {
    const auto result = test_event_pattern(pattern, kEvent);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == ErrorCode::internal);
  }
}

}  // namespace waybill::pattern
