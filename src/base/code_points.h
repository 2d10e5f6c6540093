// The length of texts as AWS's limits count it: in characters, not in bytes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace waybill {

// Unicode code points of valid UTF-8.
inline std::int64_t code_points(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

}  // namespace waybill
