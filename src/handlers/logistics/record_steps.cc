#include "handlers/logistics/record_steps.h"

namespace waybill::logistics {

namespace {

constexpr std::int64_t kErrorLifetimeSeconds = 30 * 24 * 3600;
constexpr std::size_t kMaxSubjectCharacters = 100;
// In bytes. Together with the names and small values they fit into an item, 400 KB.
constexpr std::size_t kMaxStoredEvent = 300'000;
constexpr std::size_t kMaxStoredError = 4'000;
// In bytes. A topic takes 256 KiB, subject included. As a JSON string, JSON text at most doubles, and other text at
// most becomes six times as long; one of each fits.
constexpr std::size_t kMaxMessage = 250'000;
constexpr std::size_t kMaxCutText = 60'000;
constexpr std::size_t kMaxCutString = 20'000;

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }

Json error_item(const Invocation& invocation, std::size_t number, Json event, const std::string& error) {
  const std::int64_t now = invocation.now_seconds();
  Json item = Json::object();
  item["error_id"] = invocation.uuid(number);
  item["timestamp"] = now;
  item["event"] = std::move(event);
  item["error_message"] = error;
  item["environment"] = invocation.env("ENVIRONMENT", "dev");
  item["ttl"] = now + kErrorLifetimeSeconds;
  return item;
}

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
  const std::string table = step.invocation.env("ERROR_TABLE");
  if (table.empty()) {
    effects.log(LogLevel::error, "Failed to store error: ERROR_TABLE is not set in the function's environment");
    return handled;
  }
  effects.put(table, error_item(step.invocation, step.number, std::move(step.event.whole()), step.event.error()));
  handled.record.if_refused = [what, error = step.event.error(), table, number = step.number,
                               &invocation = step.invocation](const std::string& refusal) {
    Effects kept;
    kept.log(LogLevel::error, what + ": " + error);
    kept.log(LogLevel::warn, "The event is stored as text: " + refusal);
    Json event = cut_text(std::string(invocation.records[number].body), kMaxStoredEvent);
    kept.put(table, error_item(invocation, number, std::move(event), cut_text(error, kMaxStoredError)));
    return RecordOutcome::failure(error, std::move(kept));
  };
  return handled;
}

RecordOutcome succeeded(const Step& step, const char* what, Effects effects) {
  RecordOutcome record = RecordOutcome::success(std::move(effects));
  record.if_refused = [what, number = step.number, &invocation = step.invocation](const std::string& refusal) {
    EventReader event(invocation.records[number]);
    event.fail(refusal);
    return failed_and_stored({invocation, number, event}, what).record;
  };
  return record;
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

std::string cut_text(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && !starts_character(text[end])) --end;
  return text.substr(0, end) + "… (cut: " + std::to_string(text.size()) + " bytes in all)";
}

std::string message_text(nlohmann::ordered_json message, std::initializer_list<const char*> cut_fields) {
  std::string text = dump_exact(message, 2);
  if (text.size() <= kMaxMessage) return text;
  for (const char* name : cut_fields) {
    const auto& value = message[name];
    const std::string field = value.is_string() ? value.get<std::string>() : dump_exact(value);
    message[name] = cut_text(field, value.is_string() ? kMaxCutString : kMaxCutText);
  }
  return dump_exact(message, 2);
}

}  // namespace waybill::logistics
