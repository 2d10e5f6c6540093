#include "daemon/cli/event_calls.h"

#include <nlohmann/json.hpp>

#include "daemon/cli/raw_json.h"

namespace waybill::cli {

namespace {

Status add_value(std::string_view value, std::vector<std::string_view>& entries) {
  if (is_raw_array(value)) {
    for (const std::string_view element : raw_elements(value)) entries.push_back(element);
    return {};
  }
  if (!is_raw_object(value)) {
    return invalid("entry " + std::to_string(entries.size() + 1) + " is '" + std::string(value.substr(0, 40)) +
                   "'; an entry is an object such as {\"Source\":…,\"DetailType\":…,\"Detail\":{…}}");
  }
  const auto list = find_raw(raw_members(value), "Entries");
  if (!list) {
    entries.push_back(value);
    return {};
  }
  if (!is_raw_array(*list)) return invalid("Entries must be an array of entries");
  return add_value(*list, entries);
}

}  // namespace

Result<std::vector<std::string_view>> read_entries(std::string_view text) {
  WAYBILL_TRY(const std::vector<std::string_view> values, raw_values(text));
  std::vector<std::string_view> entries;
  for (const std::string_view value : values) WAYBILL_CHECK(add_value(value, entries));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (is_raw_object(entries[i])) continue;
    return invalid("entry " + std::to_string(i + 1) + " is '" + std::string(entries[i].substr(0, 40)) +
                   "'; an entry is an object");
  }
  if (entries.empty()) return invalid("there are no entries in it");
  return entries;
}

std::vector<EventCall> make_calls(const std::vector<std::string_view>& entries, std::size_t max_entries,
                                  std::size_t max_bytes) {
  std::vector<EventCall> calls;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const bool fits =
        !calls.empty() && calls.back().count < max_entries && calls.back().body.size() + entries[i].size() <= max_bytes;
    if (!fits) calls.push_back({i, 0, "{\"Entries\":["});
    EventCall& call = calls.back();
    if (call.count++ > 0) call.body += ',';
    call.body += entries[i];
  }
  for (EventCall& call : calls) call.body += "]}";
  return calls;
}

Result<std::vector<EntryAnswer>> read_answers(const std::string& body, std::size_t count) {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  const bool is_answer = json.is_object() && json.contains("Entries") && json["Entries"].is_array();
  if (!is_answer || json["Entries"].size() != count) {
    return invalid("the daemon's answer is not one for " + std::to_string(count) + " entries: " + body.substr(0, 200));
  }
  std::vector<EntryAnswer> answers;
  for (const auto& entry : json["Entries"]) {
    EntryAnswer& answer = answers.emplace_back();
    if (entry.contains("EventId")) {
      answer.event_id = entry.value("EventId", "");
    } else {
      answer.error = entry.value("ErrorCode", "") + ": " + entry.value("ErrorMessage", "");
    }
  }
  return answers;
}

}  // namespace waybill::cli
