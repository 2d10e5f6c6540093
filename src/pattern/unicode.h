// The little of Unicode that patterns need: UTF-8 from code points, UTF-16 order and units. Text is UTF-8;
// a lone surrogate (JSON can spell one) is kept as its three-byte form, equal only to itself.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace waybill::pattern {

void append_utf8(std::string& out, char32_t code_point);

// The code point at `at`, which moves behind it. Bytes that are no UTF-8 count as one code point each.
char32_t next_code_point(std::string_view text, std::size_t& at);

// How many UTF-16 units the text has: columns are counted in them.
std::size_t utf16_length(std::string_view text);

// Order of the texts by UTF-16 units (byte order, except that U+10000 and up sort before U+E000..U+FFFF).
bool utf16_less(std::string_view left, std::string_view right);

}  // namespace waybill::pattern
