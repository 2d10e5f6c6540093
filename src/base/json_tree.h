// JSON text from outside into a tree. Reading does not recurse, but whatever copies, compares or writes a tree does: so
// what may come from a client is read here, with a bound, and nowhere else.
#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

#include "base/json_text.h"

namespace waybill {

// Levels that are enough for what configures: requests of the control plane, policies, templates.
inline constexpr int kMaxRequestDepth = 100;
// Levels of what is delivered and stored: an event's detail and what stands around it.
inline constexpr int kMaxPayloadDepth = kMaxDetailDepth + 100;

// Are more than max_depth arrays and objects open at once anywhere in the text? Of what is no JSON it says nothing
// worth knowing. Does not recurse.
bool is_nested_deeper(std::string_view text, int max_depth);

// A discarded value (is_discarded()) when text is no JSON (RFC 8259, UTF-8), or nested deeper than max_depth.
template <class Json = nlohmann::json>
Json parse_json(std::string_view text, int max_depth = kMaxRequestDepth) {
  if (is_nested_deeper(text, max_depth)) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, false);
}

}  // namespace waybill
