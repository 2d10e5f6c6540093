#include "logistics_call.h"

using namespace waybill;
using namespace waybill::logistics;
using namespace waybill::logistics::testing;

namespace {

Json update_event(Json detail) { return event_with(std::move(detail), "Shipment Status Updated"); }

}  // namespace

TEST_CASE("a status update stores the new and the old status") {
  const Json event = update_event({{"shipment_id", "SHIP-1"}, {"status", "in_transit"}, {"old_status", "pending"}});
  const Outcome outcome = call(status_updater, event);
  CHECK(outcome.records[0].ok);
  REQUIRE(outcome.records[0].effects.writes.size() == 1);
  CHECK(outcome.records[0].effects.writes[0].table == "logistics-shipment-events-test");
  CHECK(outcome.records[0].effects.writes[0].item == Json{{"event_id", "6a7e8feb-b491-4cf7-a9f1-bf3703467718"},
                                                          {"timestamp", kEventSeconds},
                                                          {"shipment_id", "SHIP-1"},
                                                          {"status", "in_transit"},
                                                          {"old_status", "pending"},
                                                          {"environment", "test"},
                                                          {"ttl", kEventSeconds + 90 * kDay}});
  CHECK(lines(outcome, LogLevel::info) == std::vector<std::string>{"Successfully updated status for shipment SHIP-1"});
  CHECK(outcome.records[0].effects.publishes.empty());
}

TEST_CASE("the response of a status update tells both and the stored event") {
  const Outcome outcome = call(
      status_updater, update_event({{"shipment_id", "SHIP-1"}, {"status", "delivered"}, {"old_status", "in_transit"}}));
  const Json response = Json::parse(outcome.response);
  CHECK(response["statusCode"] == 200);
  CHECK(response["body"] ==
        R"({"shipment_id":"SHIP-1","new_status":"delivered","old_status":"in_transit","updated":true,)"
        R"("result":{"event_id":"6a7e8feb-b491-4cf7-a9f1-bf3703467718","updated":true,"timestamp":1790856000}})");
}

TEST_CASE("the old status is null where it is not known") {
  for (const Json& detail : {Json{{"shipment_id", "SHIP-1"}, {"status", "failed"}},
                             Json{{"shipment_id", "SHIP-1"}, {"status", "failed"}, {"old_status", nullptr}}}) {
    const Outcome outcome = call(status_updater, update_event(detail));
    REQUIRE(outcome.records[0].ok);
    CHECK(outcome.records[0].effects.writes[0].item.at("old_status") == nullptr);
    CHECK(Json::parse(Json::parse(outcome.response)["body"].get<std::string>()).at("old_status") == nullptr);
  }
}

TEST_CASE("what is wrong with a status update fails it and leaves an error item") {
  struct Case {
    Json detail;
    const char* error;
  };
  const char* missing = "Missing required fields: shipment_id or status";
  for (const auto& [detail, error] : {Case{{{"shipment_id", "SHIP-1"}}, missing}, Case{{{"status", "failed"}}, missing},
                                      Case{{{"shipment_id", "SHIP-1"}, {"status", ""}}, missing},
                                      Case{{{"shipment_id", nullptr}, {"status", "failed"}}, missing},
                                      Case{{{"shipment_id", 1}, {"status", "failed"}},
                                           "detail.shipment_id must be a string such as \"SHIP-123456\", got number"},
                                      Case{{{"shipment_id", "SHIP-1"}, {"status", Json::array({"failed"})}},
                                           "detail.status must be a string such as \"in_transit\", got array"},
                                      Case{{{"shipment_id", "SHIP-1"}, {"status", "failed"}, {"old_status", 3}},
                                           "detail.old_status must be a string such as \"pending\", got number"},
                                      Case{Json::array(), "detail must be an object, got array"}}) {
    CAPTURE(detail.dump());
    const Json event = update_event(detail);
    const Outcome outcome = call(status_updater, event);
    check_failed_and_stored(outcome, error, event);
    CHECK(lines(outcome, LogLevel::error) == std::vector<std::string>{std::string("Error updating status: ") + error});
  }
}
