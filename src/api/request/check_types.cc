#include "api/request/check_types.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "api/request/request_time.h"

namespace waybill::api {

namespace {

using Json = nlohmann::json;

std::string json_kind(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null: return "null";
    case Json::value_t::object: return "an object";
    case Json::value_t::array: return "an array";
    case Json::value_t::string: return "a string";
    case Json::value_t::boolean: return "a boolean";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
    case Json::value_t::number_float: return "the number " + value.dump();
    default: return "something else";
  }
}

std::string needed(const std::string& where, const char* wanted, const Json& value) {
  return where + ": " + wanted + " is needed, not " + json_kind(value);
}

// AWS's integers have 32 bits.
bool to_integer(Json& value) {
  using Limits = std::numeric_limits<std::int32_t>;
  if (!value.is_number()) return false;
  const double number = value.get<double>();
  if (!(number >= Limits::min() && number <= Limits::max()) || std::trunc(number) != number) return false;
  if (value.is_number_float()) value = static_cast<std::int64_t>(number);
  return true;
}

std::string check_type(const Shape& shape, Json& value, const std::string& where);

// AWS passes over members that it does not know; what is stored and shown again must not have them either.
void drop_unknown(std::span<const Member> members, Json& object) {
  for (auto each = object.begin(); each != object.end();) {
    const std::string_view name = each.key();
    const bool known = std::any_of(members.begin(), members.end(), [&](const Member& m) { return m.name == name; });
    each = known ? std::next(each) : object.erase(each);
  }
}

std::string check_members(std::span<const Member> members, Json& object, const std::string& where) {
  drop_unknown(members, object);
  for (const Member& member : members) {
    const auto found = object.find(member.name);
    if (found == object.end()) continue;
    if (found->is_null()) {
      object.erase(found);
      continue;
    }
    const std::string name(member.name);
    std::string problem = check_type(member.shape, *found, where.empty() ? name : where + "." + name);
    if (!problem.empty()) return problem;
  }
  return "";
}

std::string check_list(const Shape& element, Json& list, const std::string& where) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i].is_null()) continue;
    std::string problem = check_type(element, list[i], where + "." + std::to_string(i + 1));
    if (!problem.empty()) return problem;
  }
  return "";
}

std::string check_map(const Shape& element, Json& map, const std::string& where) {
  for (auto each = map.begin(); each != map.end();) {
    if (each->is_null()) {
      each = map.erase(each);
      continue;
    }
    std::string problem = check_type(element, *each, where + "." + each.key());
    if (!problem.empty()) return problem;
    ++each;
  }
  return "";
}

std::string check_type(const Shape& shape, Json& value, const std::string& where) {
  switch (shape.kind) {
    case Kind::string: return value.is_string() ? "" : needed(where, "a string", value);
    case Kind::boolean: return value.is_boolean() ? "" : needed(where, "true or false", value);
    case Kind::integer:
      return to_integer(value) ? "" : needed(where, "a whole number from -2147483648 to 2147483647", value);
    case Kind::timestamp:
      if (const auto time = request_time(value)) {
        if (value.is_string()) value = answer_time(*time);  // from here on a timestamp is a number
        return "";
      }
      return needed(where, "a number (seconds since the epoch) or a time like 2026-01-31T12:00:00Z", value);
    case Kind::structure:
      return value.is_object() ? check_members(shape.members, value, where) : needed(where, "an object", value);
    case Kind::list:
      return value.is_array() ? check_list(*shape.element, value, where) : needed(where, "an array", value);
    case Kind::map:
      return value.is_object() ? check_map(*shape.element, value, where) : needed(where, "an object", value);
  }
  return "";
}

}  // namespace

std::string check_types(std::span<const Member> members, Json& request) {
  if (!request.is_object()) return "The body must be a JSON object, not " + json_kind(request) + ".";
  return check_members(members, request, "");
}

}  // namespace waybill::api
