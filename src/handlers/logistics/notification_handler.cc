#include "handlers/logistics/event_time.h"
#include "handlers/logistics/logistics.h"
#include "handlers/logistics/record_steps.h"

namespace waybill::logistics {

namespace {

Handled notify_record(const Step& step) {
  EventReader& event = step.event;
  const std::string detail_type = event.detail_type();
  const Json* error_type = event.field("error_type");
  const Json* error_message = event.field("error_message");
  // Both are taken as they come: a report of an error is not lost over the type of its own fields.
  const bool is_critical = detail_type == "Critical Error" || (error_type && *error_type == "critical");
  std::string topic = step.required_env(is_critical ? "ALERT_TOPIC" : "PROCESSING_TOPIC");
  if (!event.error().empty()) return failed(step, "Error processing notification");

  nlohmann::ordered_json message;
  message["timestamp"] = iso_format(step.invocation.now);
  message["environment"] = step.environment();
  message["detail_type"] = detail_type;
  message["error_message"] = error_message ? *error_message : Json("");
  message["details"] = event.detail();

  Effects effects;
  effects.log(LogLevel::debug, "Processing notification: " + std::string(step.invocation.records[step.number].body));
  effects.publish(std::move(topic), subject_line((is_critical ? "CRITICAL: " : "INFO: ") + detail_type),
                  message_text(std::move(message), {"error_message", "details"}));
  effects.log(LogLevel::info, "Successfully processed notification");
  nlohmann::ordered_json body;
  body["processed"] = true;
  body["detail_type"] = detail_type;
  body["is_critical"] = is_critical;
  return {RecordOutcome::success(std::move(effects)), response_of(body.dump())};
}

}  // namespace

Outcome notification_handler(const Invocation& invocation) { return each_record(invocation, notify_record); }

}  // namespace waybill::logistics
