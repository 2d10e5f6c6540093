#include "logistics_call.h"

using namespace waybill;
using namespace waybill::logistics;
using namespace waybill::logistics::testing;

TEST_CASE("critical errors alert, all others inform") {
  struct Case {
    const char* detail_type;
    Json error_type;
    bool critical;
  };
  for (const auto& [detail_type, error_type, critical] :
       {Case{"Critical Error", "unknown", true}, Case{"Critical Error", nullptr, true},
        Case{"Processing Error", "critical", true}, Case{"Processing Error", "timeout", false},
        Case{"Processing Error", 5, false}, Case{"Processing Error", "CRITICAL", false}}) {
    CAPTURE(detail_type);
    CAPTURE(error_type.dump());
    const Outcome outcome = call(notification_handler, event_with({{"error_type", error_type}}, detail_type));
    CHECK(outcome.records[0].ok);
    CHECK(outcome.records[0].effects.writes.empty());
    REQUIRE(outcome.records[0].effects.publishes.size() == 1);
    const Publish& publish = outcome.records[0].effects.publishes[0];
    const std::string topic = critical ? "logistics-alerts-test" : "logistics-processing-test";
    CHECK(publish.topic == "arn:aws:sns:us-east-1:000000000000:" + topic);
    CHECK(publish.subject == (critical ? "CRITICAL: " : "INFO: ") + std::string(detail_type));
    CHECK(Json::parse(outcome.response) ==
          Json{{"statusCode", 200},
               {"body", R"({"processed":true,"detail_type":")" + std::string(detail_type) + R"(","is_critical":)" +
                            (critical ? "true}" : "false}")}});
  }
}

TEST_CASE("the message tells the error and its details") {
  const Json detail = {{"error_message", "no route"}, {"error_type", "routing"}, {"shipment_id", "SHIP-1"}};
  const Outcome outcome = call(notification_handler, event_with(detail, "Processing Error"));
  REQUIRE(outcome.records[0].effects.publishes.size() == 1);
  CHECK(outcome.records[0].effects.publishes[0].message ==
        "{\n  \"timestamp\": \"2026-10-01T12:00:05.250000\",\n  \"environment\": \"test\",\n"
        "  \"detail_type\": \"Processing Error\",\n  \"error_message\": \"no route\",\n  \"details\": {\n"
        "    \"error_message\": \"no route\",\n    \"error_type\": \"routing\",\n    \"shipment_id\": \"SHIP-1\"\n"
        "  }\n}");
  CHECK(lines(outcome, LogLevel::info) == std::vector<std::string>{"Successfully processed notification"});
}

TEST_CASE("a report too large for a message still alerts: its texts are cut") {
  const Json detail = {{"error_message", std::string(150'000, 'm')}, {"trace", std::string(150'000, 't')}};
  const Outcome outcome = call(notification_handler, event_with(detail, "Critical Error"));
  REQUIRE(outcome.records[0].effects.publishes.size() == 1);
  const Publish& publish = outcome.records[0].effects.publishes[0];
  CHECK(publish.subject == "CRITICAL: Critical Error");
  CHECK(publish.message.size() + publish.subject.size() <= 262'144);
  const Json message = Json::parse(publish.message);
  CHECK(message["error_message"].get<std::string>().starts_with("mmm"));
  CHECK(message["details"].get<std::string>().starts_with(R"({"error_message":"mmm)"));
}

TEST_CASE("an error report with next to nothing in it is still told") {
  Json event = event_with({}, "Processing Error");
  event.erase("detail");
  event.erase("detail-type");
  const Outcome outcome = call(notification_handler, event);
  REQUIRE(outcome.records[0].effects.publishes.size() == 1);
  CHECK(outcome.records[0].effects.publishes[0].subject == "INFO: ");
  const Json message = Json::parse(outcome.records[0].effects.publishes[0].message);
  CHECK(message["error_message"] == "");
  CHECK(message["details"] == Json::object());
}

TEST_CASE("a notification that fails leaves no error item") {
  struct Case {
    Json event;
    Environment environment;
    std::string error;
  };
  Environment no_topics = shipped_environment();
  no_topics.erase("ALERT_TOPIC");
  no_topics.erase("PROCESSING_TOPIC");
  Json odd_type = event_with(Json::object());
  odd_type["detail-type"] = 7;
  for (const auto& [event, environment, error] :
       {Case{event_with(Json::object(), "Critical Error"), no_topics,
             "ALERT_TOPIC is not set in the function's environment"},
        Case{event_with(Json::object(), "Processing Error"), no_topics,
             "PROCESSING_TOPIC is not set in the function's environment"},
        Case{event_with(3, "Processing Error"), shipped_environment(), "detail must be an object, got number"},
        Case{odd_type, shipped_environment(), "detail-type must be a string such as \"Critical Error\", got number"}}) {
    const Outcome outcome = call(notification_handler, event, environment);
    CHECK_FALSE(outcome.records[0].ok);
    CHECK(outcome.records[0].error == error);
    CHECK(outcome.records[0].effects.writes.empty());
    CHECK(outcome.records[0].effects.publishes.empty());
    CHECK(lines(outcome, LogLevel::error) == std::vector<std::string>{"Error processing notification: " + error});
  }
}
