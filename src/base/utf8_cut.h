// Texts that must not be longer than a limit.
#pragma once

#include <cstddef>
#include <string_view>

namespace waybill {

// The longest beginning of at most `most` bytes that does not end within a character. Expects valid UTF-8; of other
// bytes it is some beginning.
std::string_view utf8_cut(std::string_view text, std::size_t most);

}  // namespace waybill
