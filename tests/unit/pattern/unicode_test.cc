#include "pattern/unicode.h"

#include <doctest/doctest.h>

namespace waybill::pattern {

TEST_CASE("code points go to UTF-8 and back") {
  for (const char32_t code : {U'a', U'\u007f', U'\u0080', U'é', U'\u07ff', U'\u0800', U'日', U'\uffff', U'🚀'}) {
    std::string text;
    append_utf8(text, code);
    std::size_t at = 0;
    CHECK(next_code_point(text, at) == code);
    CHECK(at == text.size());
  }
}

TEST_CASE("bytes that are no UTF-8 count one by one") {
  const std::string_view text = "\xE6\x97x\xFF";
  std::size_t at = 0;
  CHECK(next_code_point(text, at) == 0xE6);
  CHECK(next_code_point(text, at) == 0x97);
  CHECK(next_code_point(text, at) == U'x');
  CHECK(next_code_point(text, at) == 0xFF);
  CHECK(at == text.size());
}

TEST_CASE("lengths are UTF-16 units") {
  CHECK(utf16_length("") == 0);
  CHECK(utf16_length("aé日") == 3);
  CHECK(utf16_length("🚀") == 2);
}

TEST_CASE("order is that of UTF-16 units") {
  CHECK(utf16_less("a", "b"));
  CHECK(utf16_less("a", "ab"));
  CHECK_FALSE(utf16_less("ab", "a"));
  CHECK_FALSE(utf16_less("a", "a"));
  CHECK(utf16_less("a-b", "a.b"));
  CHECK(utf16_less("日", "🚀"));
  CHECK(utf16_less("🚀", "\uFF5E"));  // D83D < FF5E, though F0 > EF
  CHECK_FALSE(utf16_less("\uFF5E", "🚀"));
  CHECK(utf16_less("\uE000", "\uFF5E"));
}

}  // namespace waybill::pattern
