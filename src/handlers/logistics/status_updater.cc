#include "handlers/logistics/logistics.h"
#include "handlers/logistics/record_steps.h"

namespace waybill::logistics {

namespace {

constexpr const char* kUpdateFailed = "Error updating status";
constexpr const char* kMissing = "Missing required fields: shipment_id or status";

// null where none was sent.
Json read_old_status(EventReader& event) {
  Json* sent = event.field("old_status");
  if (!sent || sent->is_null()) return nullptr;
  return event.text("old_status", "", "pending");
}

std::string response_body(const std::string& shipment_id, const std::string& status, const Json& old_status,
                          const std::string& event_id, std::int64_t timestamp) {
  nlohmann::ordered_json body;
  body["shipment_id"] = shipment_id;
  body["new_status"] = status;
  body["old_status"] = old_status;
  body["updated"] = true;
  body["result"] = {{"event_id", event_id}, {"updated", true}, {"timestamp", timestamp}};
  return body.dump();
}

Handled update_record(const Step& step) {
  EventReader& event = step.event;
  std::string shipment_id = event.required_text("shipment_id", kMissing, "SHIP-123456");
  std::string status = event.required_text("status", kMissing, "in_transit");
  Json old_status = read_old_status(event);
  std::string event_id = step.event_id();
  const std::int64_t timestamp = event.seconds(step.invocation.now_seconds());
  std::string table = step.required_env("EVENTS_TABLE");
  if (!event.error().empty()) return failed_and_stored(step, kUpdateFailed);

  Effects effects;
  effects.log(LogLevel::debug, "Processing status update: " + std::string(step.invocation.records[step.number].body));
  effects.log(LogLevel::info, "Successfully updated status for shipment " + shipment_id);
  std::string response = response_of(response_body(shipment_id, status, old_status, event_id, timestamp));

  Json item = Json::object();
  item["event_id"] = std::move(event_id);
  item["timestamp"] = timestamp;
  item["shipment_id"] = std::move(shipment_id);
  item["status"] = std::move(status);
  item["old_status"] = std::move(old_status);
  item["environment"] = step.environment();
  item["ttl"] = timestamp + kEventLifetimeSeconds;
  effects.put(std::move(table), std::move(item));
  return {succeeded(step, kUpdateFailed, std::move(effects)), std::move(response)};
}

}  // namespace

Outcome status_updater(const Invocation& invocation) { return each_record(invocation, update_record); }

}  // namespace waybill::logistics
