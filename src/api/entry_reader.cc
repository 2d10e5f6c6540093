#include "api/entry_reader.h"

#include <cmath>

#include "api/request/request_time.h"
#include "base/iso_time.h"

namespace waybill::api {

namespace sj = simdjson::ondemand;

const char* type_name(sj::json_type type) {
  switch (type) {
    case sj::json_type::array: return "an array";
    case sj::json_type::object: return "an object";
    case sj::json_type::number: return "a number";
    case sj::json_type::string: return "a string";
    case sj::json_type::boolean: return "a boolean";
    case sj::json_type::null: return "null";
  }
  return "something else";
}

namespace {

std::string wrong_type(const std::string& where, std::string_view name, const char* wanted, sj::json_type got) {
  return where + "." + std::string(name) + ": " + wanted + " is needed, not " + type_name(got);
}

class EntryReader {
 public:
  EntryReader(const std::string& where, BodyForm form, RawEntry& into) : where_(where), form_(form), into_(into) {}

  std::string field(std::string_view name, sj::value value) {
    sj::json_type type;
    if (value.type().get(type)) return where_ + "." + std::string(name) + ": it cannot be read";
    if (type == sj::json_type::null) return "";  // as if it were not there
    bus::Entry& entry = into_.entry;
    if (name == "Source") return text(name, value, type, entry.source, into_.has_source);
    if (name == "DetailType") return text(name, value, type, entry.detail_type, into_.has_detail_type);
    if (name == "EventBusName") return text(name, value, type, entry.bus, into_.has_bus);
    if (name == "TraceHeader") return text(name, value, type, into_.trace_header, into_.has_trace_header);
    if (name == "Detail") return detail(value, type);
    if (name == "Resources") return resources(value, type);
    if (name == "Time") return time(value, type);
    return "";  // AWS passes over members that it does not know
  }

 private:
  std::string text(std::string_view name, sj::value value, sj::json_type type, std::string& out, bool& given) {
    std::string_view read;
    if (type != sj::json_type::string) return wrong_type(where_, name, "a string", type);
    if (value.get_string().get(read)) return where_ + "." + std::string(name) + ": the string has a broken escape";
    out = read;
    given = true;
    return "";
  }

  std::string detail(sj::value value, sj::json_type type) {
    if (type == sj::json_type::object && form_ == BodyForm::plain) {
      std::string_view raw;
      if (value.raw_json_token().empty()) return where_ + ".Detail: it cannot be read";
      sj::object object;
      if (value.get_object().get(object) || object.raw_json().get(raw)) return where_ + ".Detail: it cannot be read";
      into_.entry.detail = raw;
      into_.has_detail = true;
      return "";
    }
    return text("Detail", value, type, into_.entry.detail, into_.has_detail);
  }

  std::string resources(sj::value value, sj::json_type type) {
    if (type != sj::json_type::array) return wrong_type(where_, "Resources", "an array of strings", type);
    into_.has_resources = true;
    into_.entry.resources.clear();
    sj::array array;
    if (value.get_array().get(array)) return where_ + ".Resources: it cannot be read";
    for (auto each : array) {
      std::string_view read;
      if (each.get_string().get(read)) return where_ + ".Resources: each must be a string";
      into_.entry.resources.emplace_back(read);
    }
    return "";
  }

  std::string time(sj::value value, sj::json_type type) {
    if (type == sj::json_type::number) {
      double seconds = 0;
      constexpr double kConvertible = 1e12;
      const bool is_read = !value.get_double().get(seconds) && std::fabs(seconds) < kConvertible;
      if (is_read) into_.entry.time = from_millis(static_cast<std::int64_t>(std::floor(seconds * 1000)));
      if (is_read && is_request_time(*into_.entry.time)) return "";
      return where_ + ".Time: seconds since the epoch are needed, from the year 1 to the year 9999";
    }
    std::string_view read;
    if (type == sj::json_type::string && form_ == BodyForm::plain && !value.get_string().get(read)) {
      into_.entry.time = parse_iso8601(read);
      if (into_.entry.time && is_request_time(*into_.entry.time)) return "";
      return where_ + ".Time: '" + std::string(read) + "' is no time; write it like 2026-01-31T12:00:00Z";
    }
    return wrong_type(where_, "Time", "a number (seconds since the epoch)", type);
  }

  const std::string& where_;
  BodyForm form_;
  RawEntry& into_;
};

}  // namespace

std::string read_entry(sj::object object, const std::string& where, BodyForm form, RawEntry& into) {
  EntryReader reader(where, form, into);
  for (auto field : object) {
    std::string_view name;
    sj::value value;
    if (field.unescaped_key().get(name) || field.value().get(value)) return where + ": it cannot be read";
    const std::string key(name);
    if (std::string problem = reader.field(key, value); !problem.empty()) return problem;
  }
  return "";
}

}  // namespace waybill::api
