#include "handlers/logistics/record_steps.h"

namespace waybill::logistics {

namespace {

constexpr std::int64_t kErrorLifetimeSeconds = 30 * 24 * 3600;
constexpr std::size_t kMaxSubjectCharacters = 100;

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }

}  // namespace

std::string Step::event_id() const {
  std::string id = event.id();
  return id.empty() ? invocation.uuid(number) : id;
}

std::string Step::required_env(const char* name) const {
  std::string value = invocation.env(name);
  if (value.empty()) event.fail(std::string(name) + " is not set in the function's environment");
  return value;
}

Outcome each_record(const Invocation& invocation, Handled (*work)(const Step&)) {
  Outcome outcome;
  outcome.records.reserve(invocation.records.size());
  for (std::size_t number = 0; number < invocation.records.size(); ++number) {
    EventReader event(invocation.records[number]);
    Handled handled = work({invocation, number, event});
    outcome.records.push_back(std::move(handled.record));
    outcome.response = std::move(handled.response);
  }
  return outcome;
}

Handled failed(const Step& step, const std::string& what) {
  Effects effects;
  effects.log(LogLevel::error, what + ": " + step.event.error());
  return {RecordOutcome::failure(step.event.error(), std::move(effects)), ""};
}

Handled failed_and_stored(const Step& step, const std::string& what) {
  Handled handled = failed(step, what);
  Effects& effects = handled.record.effects;
  std::string table = step.invocation.env("ERROR_TABLE");
  if (table.empty()) {
    effects.log(LogLevel::error, "Failed to store error: ERROR_TABLE is not set in the function's environment");
    return handled;
  }
  const std::int64_t now = step.invocation.now_seconds();
  Json item = Json::object();
  item["error_id"] = step.invocation.uuid(step.number);
  item["timestamp"] = now;
  item["event"] = std::move(step.event.whole());
  item["error_message"] = step.event.error();
  item["environment"] = step.environment();
  item["ttl"] = now + kErrorLifetimeSeconds;
  effects.put(std::move(table), std::move(item));
  return handled;
}

std::string json_string(const std::string& text) { return Json(text).dump(); }

std::string response_of(const std::string& body) { return R"({"statusCode":200,"body":)" + json_string(body) + '}'; }

std::string subject_line(std::string text) {
  std::size_t characters = 0;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (starts_character(text[end]) && ++characters > kMaxSubjectCharacters) break;
    if (static_cast<unsigned char>(text[end]) < 0x20 || text[end] == 0x7f) text[end] = ' ';
  }
  text.resize(end);
  return text;
}

}  // namespace waybill::logistics
