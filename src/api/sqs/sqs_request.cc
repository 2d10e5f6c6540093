// Reading requests of both protocols.
#include <charconv>

#include "api/aws_error.h"
#include "api/sqs/sqs_faults.h"
#include "api/sqs/sqs_protocol.h"
#include "base/json_tree.h"

namespace waybill::api {

namespace {

control::Fault wrong_sqs_type(const std::string& path, const char* wanted) {
  return {"SerializationException", path + " must be " + wanted + "."};
}

const char* wanted_name(SqsKind kind) {
  switch (kind) {
    case SqsKind::text: return "a string";
    case SqsKind::integer: return "an integer";
    case SqsKind::boolean: return "a boolean";
    case SqsKind::blob: return "a base64 string";
    case SqsKind::list: return "a list";
    default: return "an object";
  }
}

bool has_sqs_type(const SqsJson& value, SqsKind kind) {
  switch (kind) {
    case SqsKind::text:
    case SqsKind::blob: return value.is_string();
    case SqsKind::integer: return value.is_number_integer();
    case SqsKind::boolean: return value.is_boolean();
    case SqsKind::list: return value.is_array();
    default: return value.is_object();
  }
}

// Depth is that of the shapes, whatever the text nests.
SqsAnswer read_sqs_value(const SqsShape& shape, const SqsJson& value, const std::string& path) {
  if (!has_sqs_type(value, shape.kind)) return wrong_sqs_type(path, wanted_name(shape.kind));
  if (shape.kind == SqsKind::list) {
    SqsJson list = SqsJson::array();
    for (const SqsJson& each : value) {
      WAYBILL_TRY(SqsJson element,
                  read_sqs_value(*shape.element, each, path + "[" + std::to_string(list.size()) + "]"));
      list.push_back(std::move(element));
    }
    return list;
  }
  if (shape.kind == SqsKind::map) {
    SqsJson map = SqsJson::object();
    for (const auto& [key, each] : value.items()) {
      WAYBILL_TRY(map[key], read_sqs_value(*shape.element, each, path + "." + key));
    }
    return map;
  }
  if (shape.kind != SqsKind::structure) return value;
  SqsJson object = SqsJson::object();
  for (const SqsMember& member : shape.members) {
    const auto found = value.find(member.name);
    if (found == value.end() || found->is_null()) continue;
    const std::string inner = path.empty() ? std::string(member.name) : path + "." + std::string(member.name);
    WAYBILL_TRY(object[std::string(member.name)], read_sqs_value(member.shape, *found, inner));
  }
  return object;
}

SqsAnswer read_sqs_field(const SqsShape& shape, const QueryCall& form, const std::string& name);

SqsAnswer read_sqs_integer(const std::string& text, const std::string& name) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [digits_end, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc() || digits_end != end) {
    return sqs_invalid_value(text, name.substr(name.rfind('.') + 1), "Must be an integer.");
  }
  return SqsJson(number);
}

SqsAnswer read_sqs_fields(std::span<const SqsMember> members, const QueryCall& form, const std::string& prefix) {
  SqsJson object = SqsJson::object();
  for (const SqsMember& member : members) {
    const std::string name = prefix + std::string(member.query);
    WAYBILL_TRY(SqsJson value, read_sqs_field(member.shape, form, name));
    if (!value.is_null()) object[std::string(member.name)] = std::move(value);
  }
  return object;
}

// Null where the form has nothing of the name.
SqsAnswer read_sqs_field(const SqsShape& shape, const QueryCall& form, const std::string& name) {
  switch (shape.kind) {
    case SqsKind::structure: return read_sqs_fields(shape.members, form, name + ".");
    case SqsKind::list: {
      SqsJson list = SqsJson::array();
      for (const std::string& item : form.flat_items(name)) {
        WAYBILL_TRY(SqsJson element, read_sqs_field(*shape.element, form, item));
        if (element.is_null()) return sqs_missing(item);
        list.push_back(std::move(element));
      }
      return list.empty() ? SqsJson() : list;
    }
    case SqsKind::map: {
      SqsJson map = SqsJson::object();
      for (const std::string& item : form.flat_items(name)) {
        WAYBILL_TRY(SqsJson value, read_sqs_field(*shape.element, form, item + ".Value"));
        map[form.text(item + "." + std::string(shape.key))] = value.is_null() ? SqsJson("") : std::move(value);
      }
      return map.empty() ? SqsJson() : map;
    }
    default: break;
  }
  if (!form.has(name)) return SqsJson();
  if (shape.kind == SqsKind::integer) return read_sqs_integer(form.text(name), name);
  if (shape.kind == SqsKind::boolean) return SqsJson(form.text(name) == "true");
  return SqsJson(form.text(name));
}

control::Answer<> check_sqs_required(const SqsOperationModel& model, const SqsJson& request) {
  for (const SqsMember& member : model.request) {
    if (member.required && !request.contains(member.name)) return sqs_missing(std::string(member.name));
  }
  return {};
}

// An empty list or map says no more than none.
void drop_empty(SqsJson& request) {
  SqsJson kept = SqsJson::object();
  for (auto& [name, value] : request.items()) {
    if (value.is_structured() && value.empty()) continue;
    kept[name] = std::move(value);
  }
  request = std::move(kept);
}

}  // namespace

SqsAnswer read_sqs_json(const SqsOperationModel& model, std::string_view body) {
  const SqsJson given = body.empty() ? SqsJson::object() : parse_json(body);
  if (!given.is_object()) {
    return control::Fault("SerializationException", kBodyMustBeObject);
  }
  WAYBILL_TRY(SqsJson request, read_sqs_value(sqs_structure(model.request), given, ""));
  WAYBILL_CHECK(check_sqs_required(model, request));
  drop_empty(request);
  return request;
}

SqsAnswer read_sqs_form(const SqsOperationModel& model, const QueryCall& form) {
  WAYBILL_TRY(SqsJson request, read_sqs_fields(model.request, form, ""));
  WAYBILL_CHECK(check_sqs_required(model, request));
  return request;
}

}  // namespace waybill::api
