#include "handlers/logistics/event_reader.h"

#include "handlers/logistics/event_time.h"

namespace waybill::logistics {

EventReader::EventReader(const Record& record) : record_(record) {
  try {
    whole_ = record.parse();
  } catch (const Json::out_of_range& error) {
    whole_ = std::string(record.body);
    fail(std::string("event has a number that is too large to be stored: ") + error.what());
    return;
  } catch (const Json::exception& error) {
    whole_ = std::string(record.body);
    fail(std::string("event is not valid JSON: ") + error.what());
    return;
  }
  if (!whole_.is_object()) {
    wrong_type("event", whole_, "a JSON object");
    return;
  }
  const auto detail = whole_.find("detail");
  if (detail == whole_.end()) return;
  if (detail->is_object()) {
    detail_ = &*detail;
  } else {
    wrong_type("detail", *detail, "an object");
  }
}

void EventReader::fail(std::string message) {
  if (error_.empty()) error_ = std::move(message);
}

void EventReader::wrong_type(const char* field, const Json& value, const std::string& right) {
  fail(std::string(field) + " must be " + right + ", got " + json_type_name(value));
}

Json* EventReader::field(const char* name) {
  if (!detail_) return nullptr;
  const auto found = detail_->find(name);
  return found == detail_->end() ? nullptr : &*found;
}

std::string EventReader::text(const char* name, const char* otherwise, const char* example) {
  const Json* value = field(name);
  if (!value) return otherwise;
  if (!value->is_string()) {
    wrong_type((std::string("detail.") + name).c_str(), *value, std::string("a string such as \"") + example + '"');
    return {};
  }
  const auto& text = value->get_ref<const std::string&>();
  // Both tables' indexes have these fields as keys, and a key cannot be empty.
  if (text.empty()) fail(std::string("detail.") + name + " must not be empty, a right one is \"" + example + '"');
  return text;
}

std::string EventReader::required_text(const char* name, const char* missing, const char* example) {
  const Json* value = field(name);
  const bool empty = !value || value->is_null() || (value->is_string() && value->get_ref<const std::string&>().empty());
  if (!empty) return text(name, "", example);
  fail(missing);
  return {};
}

Json EventReader::detail() const { return detail_ ? *detail_ : Json::object(); }

std::string EventReader::id() {
  if (!whole_.is_object()) return record_.id;
  const auto found = whole_.find("id");
  if (found == whole_.end()) return record_.id;
  if (found->is_string() && !found->get_ref<const std::string&>().empty()) return found->get<std::string>();
  wrong_type("id", *found, "a string that is not empty");
  return {};
}

std::int64_t EventReader::seconds(std::int64_t now) {
  if (!whole_.is_object()) return now;
  const auto found = whole_.find("time");
  if (found == whole_.end()) return now;
  if (!found->is_string()) {
    wrong_type("time", *found, "a string such as \"2026-10-01T12:00:00Z\"");
    return now;
  }
  const auto& text = found->get_ref<const std::string&>();
  const auto seconds = parse_rfc3339_seconds(text);
  if (!seconds) fail("time must be like \"2026-10-01T12:00:00Z\" (RFC 3339), got \"" + text + '"');
  return seconds.value_or(now);
}

std::string EventReader::detail_type() {
  if (!whole_.is_object()) return {};
  const auto found = whole_.find("detail-type");
  if (found == whole_.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  wrong_type("detail-type", *found, "a string such as \"Critical Error\"");
  return {};
}

}  // namespace waybill::logistics
