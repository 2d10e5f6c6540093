#include "api/put_events_request.h"

#include <optional>

#include <simdjson.h>

#include "api/entry_constraints.h"
#include "api/entry_reader.h"
#include "api/request/violations.h"
#include "base/json_text.h"

namespace waybill::api {

namespace sj = simdjson::ondemand;

namespace {

AwsError serialization(std::string message) { return {"SerializationException", std::move(message), 400}; }
AwsError validation(std::string message) { return {"ValidationException", std::move(message), 400}; }

using RawEntries = std::variant<std::vector<RawEntry>, AwsError>;

RawEntries read_list(sj::array array, BodyForm form) {
  std::vector<RawEntry> entries;
  for (auto each : array) {
    const std::string where = "Entries." + std::to_string(entries.size() + 1);
    sj::value value;
    sj::json_type type;
    if (each.get(value) || value.type().get(type)) return serialization(where + ": it cannot be read");
    sj::object object;
    if (type != sj::json_type::object || value.get_object().get(object)) {
      return serialization(where + ": an object is needed, not " + type_name(type));
    }
    std::string problem = read_entry(object, where, form, entries.emplace_back());
    if (!problem.empty()) return serialization(std::move(problem));
  }
  return entries;
}

RawEntries read_bare(sj::object object) {
  std::vector<RawEntry> entries(1);
  std::string problem = read_entry(object, "Entry", BodyForm::plain, entries[0]);
  if (!problem.empty()) return serialization(std::move(problem));
  return entries;
}

// "" or what is wrong.
std::string read_endpoint(sj::value value, std::optional<std::string>& into) {
  sj::json_type type;
  if (value.type().get(type)) return "EndpointId: it cannot be read";
  if (type == sj::json_type::null) return "";
  std::string_view read;
  if (type != sj::json_type::string || value.get_string().get(read)) {
    return std::string("EndpointId: a string is needed, not ") + type_name(type);
  }
  into = read;
  return "";
}

RawEntries read_entries(sj::value list, BodyForm form) {
  sj::json_type type;
  if (list.type().get(type)) return serialization("Entries: it cannot be read");
  if (type == sj::json_type::null) return validation(constraint_violation("null", "entries", kMustNotBeNull));
  sj::array array;
  if (type != sj::json_type::array || list.get_array().get(array)) {
    return serialization(std::string("Entries: an array is needed, not ") + type_name(type));
  }
  return read_list(array, form);
}

// In one pass: the reader goes through the text once.
RawEntries read_object(sj::object object, BodyForm form, std::optional<std::string>& endpoint) {
  std::optional<RawEntries> entries;
  for (auto field : object) {
    sj::raw_json_string name;
    sj::value value;
    if (field.key().get(name) || field.value().get(value)) return serialization("The body cannot be read.");
    if (name == "Entries") {
      entries = read_entries(value, form);
      if (std::holds_alternative<AwsError>(*entries)) return std::move(*entries);
    } else if (name == "EndpointId") {
      std::string problem = read_endpoint(value, endpoint);
      if (!problem.empty()) return serialization(std::move(problem));
    }
  }
  if (entries) return std::move(*entries);
  if (form == BodyForm::aws) return validation(constraint_violation("null", "entries", kMustNotBeNull));
  endpoint.reset();
  object.reset();
  return read_bare(object);
}

RawEntries read_body(sj::document& document, BodyForm form, std::optional<std::string>& endpoint) {
  sj::json_type type;
  if (document.type().get(type)) return serialization("The body is no JSON document.");
  if (type == sj::json_type::array && form == BodyForm::plain) {
    sj::array array;
    if (document.get_array().get(array)) return serialization("The body cannot be read.");
    return read_list(array, form);
  }
  sj::object object;
  if (type != sj::json_type::object || document.get_object().get(object)) {
    return serialization(std::string("The body must be a JSON object with Entries, not ") + type_name(type) + ".");
  }
  return read_object(object, form, endpoint);
}

}  // namespace

Entries parse_put_events(std::string& body, BodyForm form, const PutEventsLimits& limits) {
  thread_local sj::parser parser;
  // The on-demand reader looks only at what it is asked for: the whole text is checked before.
  if (!is_valid_utf8(body) || !is_json(body))
    return serialization("The request body is no valid JSON document in UTF-8.");
  body.reserve(body.size() + simdjson::SIMDJSON_PADDING);
  sj::document document;
  if (parser.iterate(body).get(document)) return serialization("The request body is no valid JSON document.");
  std::optional<std::string> endpoint;
  RawEntries read = read_body(document, form, endpoint);
  constexpr std::size_t kKeptCapacity = 1 << 20;
  if (parser.capacity() > kKeptCapacity) parser = sj::parser();
  if (auto* error = std::get_if<AwsError>(&read)) return std::move(*error);
  auto& raw = std::get<std::vector<RawEntry>>(read);
  if (std::string violations = entry_violations(raw, endpoint, limits); !violations.empty())
    return validation(violations);
  if (total_bytes(raw) > limits.max_request_bytes) {
    return validation("Total size of the entries in the request is over the limit.");
  }
  if (endpoint) {
    return validation(
        "Parameter EndpointId is not valid. Reason: Waybill has no global endpoints; without it the entries go to the "
        "event buses here.");
  }
  std::vector<bus::Entry> entries;
  entries.reserve(raw.size());
  for (RawEntry& each : raw) entries.push_back(std::move(each.entry));
  return entries;
}

std::string put_events_response(const std::vector<bus::EntryResult>& results) {
  std::size_t failed = 0;
  for (const bus::EntryResult& result : results) failed += result.ok() ? 0 : 1;
  std::string body = "{\"FailedEntryCount\":" + std::to_string(failed) + ",\"Entries\":[";
  for (const bus::EntryResult& result : results) {
    if (body.back() == '}') body += ",";
    if (result.ok()) {
      body.append("{\"EventId\":\"").append(result.event_id).append("\"}");
      continue;
    }
    body += "{\"ErrorCode\":";
    append_json_string(result.error_code, body);
    body += ",\"ErrorMessage\":";
    append_json_string(result.error_message, body);
    body += "}";
  }
  return body + "]}";
}

}  // namespace waybill::api
