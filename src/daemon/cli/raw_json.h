// Pieces cut out of JSON text exactly as spelled: number spelling, duplicate keys and the order of members survive,
// which a parsed tree would lose. Pure; nothing recurses.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace waybill::cli {

struct RawMember {
  std::string name;        // decoded
  std::string_view value;  // as spelled, without white space around it
};

// The members of an object in their order, duplicates included. REQUIRES: `object` is valid JSON (is_json) and an
// object.
std::vector<RawMember> raw_members(std::string_view object);
// REQUIRES: `array` is valid JSON and an array.
std::vector<std::string_view> raw_elements(std::string_view array);
// The last member of that name, as readers of JSON take it.
std::optional<std::string_view> find_raw(const std::vector<RawMember>& members, std::string_view name);

inline bool is_raw_object(std::string_view value) { return value.starts_with('{'); }
inline bool is_raw_array(std::string_view value) { return value.starts_with('['); }
inline bool is_raw_string(std::string_view value) { return value.starts_with('"'); }
// The text that a JSON string stands for. REQUIRES: is_raw_string(value), valid JSON.
std::string raw_text(std::string_view value);

// JSON values one after another, with white space between them: one document, or JSON lines. A byte order mark at the
// start is skipped. Errors: invalid, with the line at which a broken value starts.
Result<std::vector<std::string_view>> raw_values(std::string_view text);

}  // namespace waybill::cli
