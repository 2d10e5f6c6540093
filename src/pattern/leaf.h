// A leaf of an event: a value that is neither object nor array.
#pragma once

#include <cstdint>
#include <string_view>

namespace waybill::pattern {

enum class LeafKind : std::uint8_t { string, number, true_value, false_value, null_value };

struct Leaf {
  LeafKind kind = LeafKind::null_value;
  std::string_view text;  // a string's decoded text; a number or literal as spelled
};

}  // namespace waybill::pattern
