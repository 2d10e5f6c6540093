#include "api/cloud_event_reader.h"

#include <simdjson.h>

#include "api/entry_reader.h"
#include "base/base64.h"
#include "base/json_text.h"
#include "net/url.h"

namespace waybill::api {

namespace sj = simdjson::ondemand;

namespace {

constexpr std::string_view kPrefix = "ce-";

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// What stands between double quotes, which older senders write: RFC 7230, section 3.2.6.
Result<std::string> unquoted(std::string_view value) {
  if (value.empty() || value.front() != '"') return std::string(value);
  std::string text;
  for (std::size_t i = 1; i < value.size(); ++i) {
    if (value[i] == '"' && i + 1 == value.size()) return text;
    if (value[i] == '"') break;
    if (value[i] == '\\' && ++i == value.size()) break;
    text += value[i];
  }
  return invalid("the double quotes must enclose the whole value");
}

Result<std::string> header_text(std::string_view value) {
  WAYBILL_TRY(const std::string text, unquoted(value));
  return net::percent_decode(text);
}

// Reads one event in the JSON format, member by member.
class EventReader {
 public:
  Result<CloudEvent> run(sj::object object) {
    for (auto field : object) {
      std::string_view key;
      sj::value value;
      if (field.unescaped_key().get(key)) return invalid("the name of an attribute has a broken escape");
      const std::string name(key);
      if (field.value().get(value)) return invalid(name + ": it cannot be read");
      WAYBILL_CHECK(member(name, value));
    }
    return std::move(event_);
  }

 private:
  Status member(const std::string& name, sj::value value) {
    sj::json_type type;
    if (value.type().get(type)) return invalid(name + ": it cannot be read");
    if (name == "data") return data(value);
    if (type == sj::json_type::null) return {};  // as if it were not there
    if (name == "data_base64") return data_base64(value, type);
    return attribute(name, value, type);
  }

  Status attribute(const std::string& name, sj::value value, sj::json_type type) {
    if (type == sj::json_type::object || type == sj::json_type::array) {
      return invalid(name + ": an attribute is a string, a boolean or an integer, not " + type_name(type));
    }
    std::string_view text;
    const bool is_string = type == sj::json_type::string;
    const auto problem = is_string ? value.get_string().get(text) : simdjson::to_json_string(value).get(text);
    if (problem) return invalid(name + ": it cannot be read; is an escape broken?");
    event_.attributes.push_back({name, std::string(text), is_string});
    return {};
  }

  Status data(sj::value value) {
    std::string_view raw;
    if (simdjson::to_json_string(value).get(raw)) return invalid("data: it cannot be read");
    return take(CloudEvent::Data::json, std::string(raw));
  }

  Status data_base64(sj::value value, sj::json_type type) {
    std::string_view text;
    if (type != sj::json_type::string || value.get_string().get(text)) {
      return invalid(std::string("data_base64: a string is needed, not ") + type_name(type));
    }
    auto bytes = from_base64(text);
    if (!bytes) return invalid("data_base64: it is no Base64 (RFC 4648, section 4, with padding)");
    return take(CloudEvent::Data::bytes, std::move(*bytes));
  }

  Status take(CloudEvent::Data kind, std::string data) {
    if (event_.kind != CloudEvent::Data::none) return invalid("data: the data are given twice, in data or data_base64");
    event_.kind = kind;
    event_.data = std::move(data);
    return {};
  }

  CloudEvent event_;
};

Status check_text(std::string& body) {
  // The on-demand reader looks only at what it is asked for: the whole text is checked before.
  if (!is_valid_utf8(body) || !is_json(body)) return invalid("The request body is no valid JSON document in UTF-8.");
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  return {};
}

}  // namespace

std::string in_batch(std::size_t index) { return "event " + std::to_string(index + 1) + ": "; }

Result<CloudEvent> read_binary_event(net::HttpRequest& request) {
  CloudEvent event;
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    const auto [header, value] = request.headers.at(i);
    std::string name = lower_case(header);
    if (!name.starts_with(kPrefix)) continue;
    name.erase(0, kPrefix.size());
    if (name == "datacontenttype") {
      return invalid("datacontenttype: in binary mode it is the Content-Type; there must be no header ce-" + name);
    }
    auto text = header_text(value);
    if (!text) return invalid(name + ": " + text.error().message);
    event.attributes.push_back({std::move(name), std::move(*text)});
  }
  if (!find_attribute(event.attributes, "specversion")) {
    return invalid(
        "specversion: the attribute is required. In binary mode the attributes are headers, this one is "
        "'ce-specversion: 1.0'; an event that is JSON as a whole has the Content-Type application/cloudevents+json.");
  }
  const std::string_view content_type = request.header("Content-Type");
  if (!content_type.empty()) event.attributes.push_back({"datacontenttype", std::string(content_type)});
  if (!request.body.empty()) {
    event.kind = content_type.empty() ? CloudEvent::Data::json : CloudEvent::Data::bytes;
    event.data = std::move(request.body);
  }
  return event;
}

Result<CloudEvent> read_structured_event(std::string& body) {
  WAYBILL_CHECK(check_text(body));
  sj::parser parser;
  sj::document document;
  sj::object object;
  if (parser.iterate(body).get(document) || document.get_object().get(object)) {
    return invalid(
        "The body must be a JSON object, one CloudEvent; several in an array have the Content-Type "
        "application/cloudevents-batch+json.");
  }
  return EventReader().run(object);
}

Result<std::vector<CloudEvent>> read_event_batch(std::string& body) {
  WAYBILL_CHECK(check_text(body));
  sj::parser parser;
  sj::document document;
  sj::array array;
  if (parser.iterate(body).get(document) || document.get_array().get(array)) {
    return invalid(
        "The body must be a JSON array of CloudEvents; a single one has the Content-Type "
        "application/cloudevents+json.");
  }
  std::vector<CloudEvent> events;
  for (auto each : array) {
    sj::object object;
    if (each.get_object().get(object)) return invalid(in_batch(events.size()) + "it must be a JSON object");
    auto event = EventReader().run(object);
    if (!event) return invalid(in_batch(events.size()) + event.error().message);
    events.push_back(std::move(*event));
  }
  return events;
}

}  // namespace waybill::api
