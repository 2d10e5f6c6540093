#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace waybill::templates {

// Order is kept: patterns and policies come out as they were written. Lookup by key is linear, so loops over members
// iterate, and appending to an object goes through append_member().
using Json = nlohmann::ordered_json;

// REQUIRES: object is an object without that key.
inline void append_member(Json& object, std::string key, Json value) {
  object.get_ref<Json::object_t&>().push_back({std::move(key), std::move(value)});
}

// The member, or null when value is no object or has none of that name.
inline const Json* find_member(const Json& value, std::string_view key) {
  if (!value.is_object()) return nullptr;
  for (const auto& [name, member] : value.get_ref<const Json::object_t&>()) {
    if (name == key) return &member;
  }
  return nullptr;
}

// The member when it is a text, else "".
inline std::string text_member(const Json& value, std::string_view key) {
  const Json* member = find_member(value, key);
  return member && member->is_string() ? member->get<std::string>() : std::string();
}

}  // namespace waybill::templates
