#include <algorithm>
#include <array>
#include <cctype>

#include "handlers/logistics/event_time.h"
#include "handlers/logistics/logistics.h"
#include "handlers/logistics/record_steps.h"

namespace waybill::logistics {

namespace {

constexpr const char* kProcessFailed = "Error processing event";

struct Shipment {
  std::string id;
  std::string status;
  Json* metadata = nullptr;  // nullptr: none was sent

  bool has(const char* name) const { return metadata && metadata->contains(name); }
  // Takes the metadata out of the event.
  Json take_metadata() { return metadata ? std::move(*metadata) : Json::object(); }
};

Shipment read_shipment(EventReader& event) {
  Shipment shipment;
  shipment.id = event.required_text("shipment_id", "Missing shipment_id in event", "SHIP-123456");
  shipment.status = event.text("status", "pending", "in_transit");
  shipment.metadata = event.field("metadata");
  if (shipment.metadata && !shipment.metadata->is_object()) {
    event.fail(std::string("detail.metadata must be an object, got ") + json_type_name(*shipment.metadata));
    shipment.metadata = nullptr;
  }
  return shipment;
}

// The nearest double: for counting, not for storing.
double number(const Json& value) {
  return is_number_text(value) ? Json::parse(number_text_of(value)).get<double>() : value.get<double>();
}

std::string estimated_delivery(const Step& step, const Json& days) {
  if (!days.is_number() && !is_number_text(days)) {
    step.event.fail(std::string("detail.metadata.estimated_days must be a number of days such as 3, got ") +
                    json_type_name(days));
    return {};
  }
  const auto time = plus_days(step.invocation.now, number(days));
  if (time) return iso_format(*time);
  step.event.fail("detail.metadata.estimated_days must lead to a date in the years 1 to 9999, got " + dump_exact(days));
  return {};
}

Json process(const Step& step, const Shipment& shipment) {
  Json validations = Json::array();
  if (shipment.status == "in_transit" || shipment.status == "delivered") validations.push_back("status_valid");
  for (const char* name : {"origin", "destination", "carrier"}) {
    if (shipment.has(name)) validations.push_back(std::string(name) + "_present");
  }
  Json result = Json::object();
  result["processed_at"] = step.invocation.now_seconds();
  result["validations"] = std::move(validations);
  if (shipment.status == "in_transit" && shipment.has("estimated_days")) {
    result["estimated_delivery"] = estimated_delivery(step, (*shipment.metadata)["estimated_days"]);
  }
  return result;
}

bool worth_telling(const std::string& status) {
  static constexpr std::array<std::string_view, 3> kFinal = {"delivered", "failed", "cancelled"};
  return std::find(kFinal.begin(), kFinal.end(), status) != kFinal.end();
}

void notify(const Step& step, const Shipment& shipment, const Json& metadata, Effects& effects) {
  std::string topic = step.invocation.env("SNS_TOPIC");
  if (topic.empty()) return;
  nlohmann::ordered_json message;
  message["shipment_id"] = shipment.id;
  message["status"] = shipment.status;
  message["metadata"] = metadata;
  message["timestamp"] = iso_format(step.invocation.now);
  message["environment"] = step.environment();
  std::string upper = shipment.status;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  effects.publish(std::move(topic), subject_line("Shipment " + upper + ": " + shipment.id),
                  message_text(std::move(message), {"metadata"}));
  effects.log(LogLevel::info, "Notification sent for shipment " + shipment.id);
}

Handled process_record(const Step& step) {
  EventReader& event = step.event;
  Shipment shipment = read_shipment(event);
  std::string event_id = step.event_id();
  const std::int64_t timestamp = event.seconds(step.invocation.now_seconds());
  std::string table = step.required_env("EVENTS_TABLE");
  Json result = process(step, shipment);
  if (!event.error().empty()) return failed_and_stored(step, kProcessFailed);

  Effects effects;
  effects.log(LogLevel::debug, "Processing event: " + std::string(step.invocation.records[step.number].body));
  std::string response = response_of(R"({"event_id":)" + json_string(event_id) + R"(,"shipment_id":)" +
                                     json_string(shipment.id) + R"(,"status":"processed"})");
  Json metadata = shipment.take_metadata();
  if (worth_telling(shipment.status)) notify(step, shipment, metadata, effects);
  effects.log(LogLevel::info, "Successfully processed shipment " + shipment.id);

  Json item = Json::object();
  item["event_id"] = std::move(event_id);
  item["timestamp"] = timestamp;
  item["shipment_id"] = std::move(shipment.id);
  item["status"] = std::move(shipment.status);
  item["metadata"] = std::move(metadata);
  item["process_result"] = std::move(result);
  item["environment"] = step.environment();
  item["ttl"] = timestamp + kEventLifetimeSeconds;
  effects.put(std::move(table), std::move(item));
  return {succeeded(step, kProcessFailed, std::move(effects)), std::move(response)};
}

}  // namespace

Outcome shipment_processor(const Invocation& invocation) { return each_record(invocation, process_record); }

}  // namespace waybill::logistics
