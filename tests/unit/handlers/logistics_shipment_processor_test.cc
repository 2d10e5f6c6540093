#include "logistics_call.h"

using namespace waybill;
using namespace waybill::logistics;
using namespace waybill::logistics::testing;

namespace {

const Json kSample = {
    {"shipment_id", "SHIP-123456"},
    {"status", "pending"},
    {"metadata",
     {{"origin", "New York"}, {"destination", "Los Angeles"}, {"carrier", "FastShip"}, {"estimated_days", 3}}}};

Json sample_with(const char* field, Json value) {
  Json detail = kSample;
  detail[field] = std::move(value);
  return detail;
}

// The stored item of an event that has to succeed.
Json stored(const Json& detail) {
  const Outcome outcome = call(shipment_processor, event_with(detail));
  CHECK_MESSAGE(outcome.records[0].ok, outcome.records[0].error);
  REQUIRE(outcome.records[0].effects.writes.size() == 1);
  CHECK(outcome.records[0].effects.writes[0].table == "logistics-shipment-events-test");
  return outcome.records[0].effects.writes[0].item;
}

}  // namespace

TEST_CASE("the sample event is stored with all its fields") {
  CHECK(stored(kSample) == Json{{"event_id", "6a7e8feb-b491-4cf7-a9f1-bf3703467718"},
                                {"timestamp", kEventSeconds},
                                {"shipment_id", "SHIP-123456"},
                                {"status", "pending"},
                                {"metadata", kSample["metadata"]},
                                {"process_result",
                                 {{"processed_at", kNowSeconds},
                                  {"validations", {"origin_present", "destination_present", "carrier_present"}}}},
                                {"environment", "test"},
                                {"ttl", kEventSeconds + 90 * kDay}});
}

TEST_CASE("the response names event and shipment") {
  const Outcome outcome = call(shipment_processor, event_with(kSample));
  CHECK(outcome.response == R"({"statusCode":200,"body":"{\"event_id\":\"6a7e8feb-b491-4cf7-a9f1-bf3703467718\",)"
                            R"(\"shipment_id\":\"SHIP-123456\",\"status\":\"processed\"}"})");
}

TEST_CASE("success is logged at info level, the event itself at debug level") {
  const Outcome outcome = call(shipment_processor, event_with(kSample));
  CHECK(lines(outcome, LogLevel::info) == std::vector<std::string>{"Successfully processed shipment SHIP-123456"});
  CHECK(lines(outcome, LogLevel::debug) == std::vector<std::string>{"Processing event: " + event_with(kSample).dump()});
  CHECK(lines(outcome, LogLevel::error).empty());
}

TEST_CASE("status and metadata have defaults") {
  const Json item = stored({{"shipment_id", "SHIP-1"}});
  CHECK(item["status"] == "pending");
  CHECK(item["metadata"] == Json::object());
  CHECK(item["process_result"] == Json{{"processed_at", kNowSeconds}, {"validations", Json::array()}});
}

TEST_CASE("validations, estimate and notification by status") {
  struct Case {
    const char* status;
    bool status_valid;
    bool estimated;
    const char* subject;
  };
  for (const auto& [status, status_valid, estimated, subject] :
       {Case{"pending", false, false, nullptr}, Case{"in_transit", true, true, nullptr},
        Case{"delivered", true, false, "Shipment DELIVERED: SHIP-123456"},
        Case{"failed", false, false, "Shipment FAILED: SHIP-123456"},
        Case{"cancelled", false, false, "Shipment CANCELLED: SHIP-123456"}, Case{"lost at sea", false, false, nullptr},
        Case{"Delivered", false, false, nullptr}}) {
    CAPTURE(status);
    const Outcome outcome = call(shipment_processor, event_with(sample_with("status", status)));
    const Effects& effects = outcome.records[0].effects;
    REQUIRE(effects.writes.size() == 1);
    const Json& result = effects.writes[0].item["process_result"];
    Json validations = {"origin_present", "destination_present", "carrier_present"};
    if (status_valid) validations.insert(validations.begin(), "status_valid");
    CHECK(result["validations"] == validations);
    CHECK(result.contains("estimated_delivery") == estimated);
    REQUIRE(effects.publishes.size() == (subject ? 1 : 0));
    if (subject) CHECK(effects.publishes[0].subject == subject);
  }
}

TEST_CASE("presence of a metadata field is what counts, whatever its value") {
  const Json item = stored({{"shipment_id", "SHIP-1"}, {"metadata", {{"destination", nullptr}, {"weight", 2}}}});
  CHECK(item["process_result"]["validations"] == Json{"destination_present"});
}

TEST_CASE("estimated delivery is now plus the days, to the microsecond") {
  struct Case {
    Json days;
    const char* expected;
  };
  for (const auto& [days, expected] :
       {Case{3, "2026-10-04T12:00:05.250000"}, Case{0, "2026-10-01T12:00:05.250000"},
        Case{-1, "2026-09-30T12:00:05.250000"}, Case{2.5, "2026-10-04T00:00:05.250000"},
        Case{0.000001, "2026-10-01T12:00:05.336400"}, Case{151, "2027-03-01T12:00:05.250000"}}) {
    CAPTURE(days.dump());
    const Json item =
        stored({{"shipment_id", "S"}, {"status", "in_transit"}, {"metadata", {{"estimated_days", days}}}});
    CHECK(item["process_result"]["estimated_delivery"] == expected);
  }
}

TEST_CASE("the notification of a final status tells the shipment") {
  const Outcome outcome =
      call(shipment_processor,
           event_with({{"shipment_id", "SHIP-1"}, {"status", "delivered"}, {"metadata", {{"city", "Zürich"}}}}));
  REQUIRE(outcome.records[0].effects.publishes.size() == 1);
  const Publish& publish = outcome.records[0].effects.publishes[0];
  CHECK(publish.topic == "arn:aws:sns:us-east-1:000000000000:logistics-processing-test");
  CHECK(publish.message ==
        "{\n  \"shipment_id\": \"SHIP-1\",\n  \"status\": \"delivered\",\n  \"metadata\": {\n    \"city\": \"Zürich\"\n"
        "  },\n  \"timestamp\": \"2026-10-01T12:00:05.250000\",\n  \"environment\": \"test\"\n}");
  CHECK(lines(outcome, LogLevel::info) ==
        std::vector<std::string>{"Notification sent for shipment SHIP-1", "Successfully processed shipment SHIP-1"});
}

TEST_CASE("a subject is one line of at most 100 characters") {
  std::string long_id = "A\nB";
  for (int i = 0; i < 200; ++i) long_id += "ü";
  const Outcome outcome = call(shipment_processor, event_with({{"shipment_id", long_id}, {"status", "failed"}}));
  REQUIRE(outcome.records[0].effects.publishes.size() == 1);
  std::string expected = "Shipment FAILED: A B";
  for (int i = 0; i < 80; ++i) expected += "ü";
  CHECK(outcome.records[0].effects.publishes[0].subject == expected);
  CHECK(outcome.records[0].effects.writes[0].item["shipment_id"] == long_id);
}

TEST_CASE("without a topic nobody is told and the shipment is stored") {
  Environment environment = shipped_environment();
  environment.erase("SNS_TOPIC");
  const Outcome outcome = call(shipment_processor, event_with(sample_with("status", "failed")), environment);
  CHECK(outcome.records[0].ok);
  CHECK(outcome.records[0].effects.publishes.empty());
  CHECK(outcome.records[0].effects.writes.size() == 1);
}

TEST_CASE("what is wrong with a detail fails the event and leaves an error item") {
  struct Case {
    Json detail;
    const char* error;
  };
  const char* missing = "Missing shipment_id in event";
  const Json odd_days = {{"shipment_id", "S"}, {"status", "in_transit"}, {"metadata", {{"estimated_days", "three"}}}};
  const Json far_days = {{"shipment_id", "S"}, {"status", "in_transit"}, {"metadata", {{"estimated_days", 1e9}}}};
  const Json true_days = {{"shipment_id", "S"}, {"status", "in_transit"}, {"metadata", {{"estimated_days", true}}}};
  for (const auto& [detail, error] :
       {Case{{{"status", "pending"}}, missing}, Case{Json::object(), missing}, Case{{{"shipment_id", ""}}, missing},
        Case{{{"shipment_id", nullptr}}, missing},
        Case{{{"shipment_id", 42}}, "detail.shipment_id must be a string such as \"SHIP-123456\", got number"},
        Case{sample_with("status", 1), "detail.status must be a string such as \"in_transit\", got number"},
        Case{sample_with("status", nullptr), "detail.status must be a string such as \"in_transit\", got null"},
        Case{sample_with("status", ""), "detail.status must not be empty, a right one is \"in_transit\""},
        Case{sample_with("metadata", "none"), "detail.metadata must be an object, got string"},
        Case{sample_with("metadata", nullptr), "detail.metadata must be an object, got null"},
        Case{sample_with("metadata", Json::array()), "detail.metadata must be an object, got array"},
        Case{"text", "detail must be an object, got string"},
        Case{odd_days, "detail.metadata.estimated_days must be a number of days such as 3, got string"},
        Case{true_days, "detail.metadata.estimated_days must be a number of days such as 3, got boolean"},
        Case{far_days,
             "detail.metadata.estimated_days must lead to a date in the years 1 to 9999, got 1000000000.0"}}) {
    CAPTURE(detail.dump());
    const Json event = event_with(detail);
    const Outcome outcome = call(shipment_processor, event);
    check_failed_and_stored(outcome, error, event);
    CHECK(outcome.response == "");
    CHECK(lines(outcome, LogLevel::error) == std::vector<std::string>{std::string("Error processing event: ") + error});
    CHECK(lines(outcome, LogLevel::info).empty());
  }
}

TEST_CASE("an odd number of days is no error while it is not needed") {
  const Json item = stored({{"shipment_id", "S"}, {"status", "pending"}, {"metadata", {{"estimated_days", "soon"}}}});
  CHECK(item["metadata"]["estimated_days"] == "soon");
}

TEST_CASE("an event without a detail misses its shipment_id") {
  Json event = event_with({});
  event.erase("detail");
  check_failed_and_stored(call(shipment_processor, event), "Missing shipment_id in event", event);
}

TEST_CASE("id and time come from the event, else from the record and the clock") {
  Json event = event_with(kSample);
  event["time"] = "2026-10-01T14:00:00.75+02:00";
  Json item = call(shipment_processor, event).records[0].effects.writes[0].item;
  CHECK(item["timestamp"] == kEventSeconds);
  event.erase("time");
  event.erase("id");
  item = call(shipment_processor, event).records[0].effects.writes[0].item;
  CHECK(item["timestamp"] == kNowSeconds);
  CHECK(item["ttl"] == kNowSeconds + 90 * kDay);
  CHECK(item["event_id"] == "record-1");
}

TEST_CASE("a wrong id or time is an error that says so") {
  Json event = event_with(kSample);
  event["time"] = 1'790'856'000;
  check_failed_and_stored(call(shipment_processor, event),
                          "time must be a string such as \"2026-10-01T12:00:00Z\", got number", event);
  event["time"] = "yesterday";
  check_failed_and_stored(call(shipment_processor, event),
                          "time must be like \"2026-10-01T12:00:00Z\" (RFC 3339), got \"yesterday\"", event);
  event["time"] = "2026-10-01T12:00:00Z";
  event["id"] = 5;
  check_failed_and_stored(call(shipment_processor, event), "id must be a string that is not empty, got number", event);
}

TEST_CASE("a body that is no JSON object is stored as it came") {
  check_failed_and_stored(call_text(shipment_processor, "[1]"), "event must be a JSON object, got array", Json{1});
  const Outcome outcome = call_text(shipment_processor, "{\"detail\":");
  const RecordOutcome& record = outcome.records[0];
  CHECK(record.error.find("event is not valid JSON: ") == 0);
  REQUIRE(record.effects.writes.size() == 1);
  CHECK(record.effects.writes[0].item["event"] == "{\"detail\":");
}

TEST_CASE("a function without its tables says which variable is missing") {
  Environment environment = shipped_environment();
  environment.erase("EVENTS_TABLE");
  const Json event = event_with(kSample);
  check_failed_and_stored(call(shipment_processor, event, environment),
                          "EVENTS_TABLE is not set in the function's environment", event);
  environment.erase("ERROR_TABLE");
  const Outcome outcome = call(shipment_processor, event, environment);
  CHECK_FALSE(outcome.records[0].ok);
  CHECK(outcome.records[0].effects.writes.empty());
  CHECK(lines(outcome, LogLevel::error).back() ==
        "Failed to store error: ERROR_TABLE is not set in the function's environment");
}

TEST_CASE("the environment is dev where none is set") {
  Environment environment = shipped_environment();
  environment.erase("ENVIRONMENT");
  CHECK(call(shipment_processor, event_with(kSample), environment).records[0].effects.writes[0].item["environment"] ==
        "dev");
}

TEST_CASE("each record has its own outcome and its own error id") {
  const Environment environment = shipped_environment();
  const std::string bad = event_with(Json::object()).dump();
  const std::string good = event_with(kSample).dump();
  Invocation invocation;
  invocation.environment = &environment;
  invocation.records = {{"1", bad}, {"2", good}, {"3", bad}};
  const Outcome outcome = shipment_processor(invocation);
  REQUIRE(outcome.records.size() == 3);
  CHECK_FALSE(outcome.records[0].ok);
  CHECK(outcome.records[1].ok);
  CHECK_FALSE(outcome.records[2].ok);
  const auto error_id = [&](std::size_t record) { return outcome.records[record].effects.writes[0].item["error_id"]; };
  CHECK(error_id(0) != error_id(2));
  invocation.random_seed = 1;
  CHECK(shipment_processor(invocation).records[0].effects.writes[0].item["error_id"] != error_id(0));
}

TEST_CASE("a shipment that cannot be stored leaves an error item, as text where the event cannot be stored either") {
  const Environment environment = shipped_environment();
  const std::string body = event_with(sample_with("weight", 1e200)).dump();
  Invocation invocation;
  invocation.now = std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(kNowMillis));
  invocation.environment = &environment;
  invocation.records.push_back({"record-1", body});
  const Outcome outcome = shipment_processor(invocation);
  REQUIRE(outcome.records[0].ok);
  REQUIRE(outcome.records[0].if_refused);

  const RecordOutcome failed = outcome.records[0].if_refused("Number overflow");
  check_failed_and_stored(Outcome::of(failed), "Number overflow", Json::parse(body));
  REQUIRE(failed.if_refused);
  const RecordOutcome as_text = failed.if_refused("Number overflow in the event");
  check_failed_and_stored(Outcome::of(as_text), "Number overflow", Json(body));
}

TEST_CASE("an event that failed and cannot be stored is stored as text, cut between characters") {
  const Environment environment = shipped_environment();
  std::string long_text;
  for (int i = 0; i < 200'000; ++i) long_text += "ü";
  const std::string body = event_with({{"shipment_id", 5}, {"note", long_text}}).dump();
  Invocation invocation;
  invocation.environment = &environment;
  invocation.records.push_back({"record-1", body});
  const Outcome outcome = shipment_processor(invocation);
  REQUIRE(outcome.records[0].if_refused);
  const RecordOutcome as_text = outcome.records[0].if_refused("Item size has exceeded the maximum allowed size");
  CHECK(as_text.error == outcome.records[0].error);
  REQUIRE(as_text.effects.writes.size() == 1);
  const std::string event = as_text.effects.writes[0].item.at("event");
  CHECK(event.size() < 310'000);
  CHECK(event.size() > 299'000);
  CHECK(event.ends_with("ü… (cut: " + std::to_string(body.size()) + " bytes in all)"));
  CHECK(body.starts_with(event.substr(0, event.find("…"))));
}

TEST_CASE("numbers are stored and told as they were sent") {
  const Outcome outcome = call_text(shipment_processor, R"({"detail":{"shipment_id":"S","status":"delivered",
      "metadata":{"tracking":9400111899223100000123,"estimated_days":3.00000000000000000001}}})");
  REQUIRE(outcome.records[0].ok);
  const Json& item = outcome.records[0].effects.writes[0].item;
  CHECK(dump_exact(item.at("metadata")) ==
        R"({"estimated_days":3.00000000000000000001,"tracking":9400111899223100000123})");
  const std::string& message = outcome.records[0].effects.publishes[0].message;
  CHECK(message.find("\"tracking\": 9400111899223100000123\n") != std::string::npos);
}

TEST_CASE("a number in place of a text, and one that nothing can hold, are told for what they are") {
  CHECK(call_text(shipment_processor, R"({"detail":{"shipment_id":9400111899223100000123}})").records[0].error ==
        "detail.shipment_id must be a string such as \"SHIP-123456\", got number");
  const Outcome huge = call_text(shipment_processor, R"({"detail":{"shipment_id":"S","metadata":{"n":1e400}}})");
  CHECK(huge.records[0].error.starts_with("event has a number that is too large to be stored: "));
  CHECK(huge.records[0].error.find("1e400") != std::string::npos);
}

TEST_CASE("a shipment in transit may have any number of days") {
  const Outcome outcome = call_text(shipment_processor, R"({"detail":{"shipment_id":"S","status":"in_transit",
      "metadata":{"estimated_days":3.00000000000000000001}}})");
  REQUIRE(outcome.records[0].ok);
  CHECK(outcome.records[0].effects.writes[0].item["process_result"]["estimated_delivery"] ==
        "2026-10-04T12:00:05.250000");
}

TEST_CASE("of a shipment too large for a message the metadata are cut, and it is told and stored") {
  std::string note;
  for (int i = 0; i < 100'000; ++i) note += "\"\n";
  const Json metadata = {{"note", note}};
  const Outcome outcome = call(
      shipment_processor, event_with({{"shipment_id", "SHIP-1"}, {"status", "delivered"}, {"metadata", metadata}}));
  REQUIRE(outcome.records[0].effects.publishes.size() == 1);
  const Publish& publish = outcome.records[0].effects.publishes[0];
  CHECK(publish.message.size() + publish.subject.size() <= 262'144);
  const Json message = Json::parse(publish.message);
  CHECK(message["shipment_id"] == "SHIP-1");
  CHECK(message["metadata"].get<std::string>().find("… (cut: ") != std::string::npos);
  CHECK(outcome.records[0].effects.writes[0].item["metadata"] == metadata);
}
