#pragma once

#include <cstddef>
#include <string_view>

namespace waybill {

// Levenshtein distance in bytes, for "did you mean". Texts are cut at 256 bytes.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace waybill
