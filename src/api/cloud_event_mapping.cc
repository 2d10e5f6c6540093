#include "api/cloud_event_mapping.h"

#include <nlohmann/json.hpp>
#include <simdjson.h>

#include "base/base64.h"
#include "base/iso_time.h"
#include "base/json_text.h"
#include "base/json_tree.h"

namespace waybill::api {

namespace sj = simdjson::ondemand;

namespace {

std::string attributes_json(const CloudEventAttributes& attributes) {
  std::string text = "{";
  for (const CloudEventAttribute& each : attributes) {
    if (text.size() > 1) text += ',';
    append_json_string(each.name, text);
    text += ':';
    if (each.is_string) {
      append_json_string(each.text, text);
    } else {
      text += each.text;
    }
  }
  return text + "}";
}

// Was the member written here, for an event that has come round through another bus?
bool is_context(std::string_view member) {
  const auto parsed = parse_json(member, kMaxPayloadDepth);
  return parsed.is_object() && parsed.contains("specversion");
}

// The members of a JSON object as they were sent, less the context of an earlier journey. `object` is padded in place.
Result<std::string> members_of(std::string& object) {
  object.reserve(object.size() + simdjson::SIMDJSON_PADDING);
  sj::parser parser;
  sj::document document;
  sj::object fields;
  if (parser.iterate(object).get(document) || document.get_object().get(fields)) {
    return invalid("data: it cannot be read");
  }
  std::string members;
  const char* from = object.data();
  for (auto field : fields) {
    std::string_view name;
    sj::value value;
    std::string_view raw;
    if (field.unescaped_key().get(name)) return invalid("data: the name of a member has a broken escape");
    const bool ours = name == kCloudEventMember;
    if (field.value().get(value) || simdjson::to_json_string(value).get(raw)) return invalid("data: it cannot be read");
    const char* const end = raw.data() + raw.size();
    std::string_view member(from, static_cast<std::size_t>(end - from));
    from = end;
    if (ours) {
      if (is_context(raw)) continue;
      return invalid("data: its member 'cloudevent' would stand where the event's attributes go; give it another name");
    }
    members += member.substr(member.find('"'));
    members += ',';
  }
  return members;
}

bool is_object(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == '{';
}

Result<std::string> json_members(CloudEvent& event) {
  const char* const name = event.kind == CloudEvent::Data::bytes ? "the body" : "the value";
  if (!is_valid_utf8(event.data) || !is_json(event.data)) {
    return invalid("data: " + std::string(name) +
                   " is no JSON document in UTF-8, as its content type says; another kind of data needs another "
                   "datacontenttype (in binary mode: Content-Type)");
  }
  if (is_object(event.data)) return members_of(event.data);
  return "\"data\":" + event.data + ",";
}

// The data as members of the detail, each with a comma behind it.
Result<std::string> data_members(CloudEvent& event) {
  const std::string* type = find_attribute(event.attributes, "datacontenttype");
  const bool implied = !type && event.kind == CloudEvent::Data::json;
  if (event.kind == CloudEvent::Data::none) return std::string();
  if (implied || (type && declares_json(*type))) {
    // Said from here on: other formats do not imply it.
    if (implied) event.attributes.push_back({"datacontenttype", "application/json"});
    return json_members(event);
  }
  if (event.kind == CloudEvent::Data::json) {
    if (event.data == "null") return std::string();
    if (event.data.front() != '"') {
      return invalid("data: it must be a string, its datacontenttype being '" + *type + "', which is not JSON");
    }
    return "\"data\":" + event.data + ",";
  }
  std::string members;
  if (type && declares_text(*type) && is_valid_utf8(event.data)) {
    members = "\"data\":";
    append_json_string(event.data, members);
  } else {
    members = "\"data_base64\":\"" + to_base64(event.data) + "\"";
  }
  return members + ",";
}

}  // namespace

Result<bus::Entry> to_entry(CloudEvent event) {
  WAYBILL_CHECK(check_attributes(event.attributes));
  WAYBILL_TRY(std::string detail, data_members(event));
  detail.insert(0, "{");
  detail.append("\"").append(kCloudEventMember).append("\":").append(attributes_json(event.attributes)).append("}");
  bus::Entry entry;
  if (!append_compact_object(detail, entry.detail)) {
    return invalid("data: it is nested too deep; a detail may have " + std::to_string(kMaxDetailDepth) + " levels");
  }
  entry.source = *find_attribute(event.attributes, "source");
  entry.detail_type = *find_attribute(event.attributes, "type");
  if (const std::string* time = find_attribute(event.attributes, "time")) entry.time = parse_iso8601(*time);
  return entry;
}

}  // namespace waybill::api
