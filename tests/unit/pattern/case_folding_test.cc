#include "pattern/case_folding.h"

#include <doctest/doctest.h>

namespace waybill::pattern {
namespace {

bool equal(const char* pattern, const char* value) { return CaseFoldedText(pattern).equals(value); }

}  // namespace

TEST_CASE("letters accept both cases, everything else itself") {
  CHECK(equal("Hello, World 1", "hELLO, wORLD 1"));
  CHECK_FALSE(equal("Hello", "Hello!"));
  CHECK_FALSE(equal("Hello!", "Hello"));
  CHECK(equal("привет ΑΒΓ é", "ПРИВЕТ αβγ É"));
  CHECK(equal("", ""));
  CHECK_FALSE(equal("[", "{"));
  CHECK(equal("日本 🚀", "日本 🚀"));
}

TEST_CASE("only the pattern is folded, one unit at a time") {
  CHECK(equal("\u212A", "k"));
  CHECK_FALSE(equal("k", "\u212A"));
  CHECK(equal("ς", "Σ"));
  CHECK_FALSE(equal("Σ", "ς"));
  CHECK(equal("ſ", "S"));
  CHECK_FALSE(equal("s", "ſ"));
}

TEST_CASE("a unit may become several characters") {
  CHECK(equal("Straße", "STRASSE"));
  CHECK(equal("Straße", "straße"));
  CHECK_FALSE(equal("Straße", "strasse"));
  CHECK_FALSE(equal("ß", "Ss"));
  CHECK(equal("İ", "i\u0307"));
  CHECK(equal("ﬃ", "FFI"));
  CHECK(equal("ΐ", "Ι\u0308\u0301"));
}

TEST_CASE("a title-case letter does not accept itself") {
  CHECK(equal("ǅ", "ǆ"));
  CHECK(equal("ǅ", "Ǆ"));
  CHECK_FALSE(equal("ǅ", "ǅ"));
}

TEST_CASE("prefixes and suffixes fold alike") {
  CHECK(CaseFoldedText("straß").is_prefix_of("STRASSE"));
  CHECK_FALSE(CaseFoldedText("strasse").is_prefix_of("STRASS"));
  CHECK(CaseFoldedText("ße").is_suffix_of("STRASSE"));
  CHECK(CaseFoldedText("İ").is_suffix_of("xi\u0307"));
  CHECK_FALSE(CaseFoldedText("abc").is_suffix_of("BC"));
  CHECK(CaseFoldedText("").is_prefix_of("x"));
  CHECK(CaseFoldedText("").is_suffix_of(""));
}

}  // namespace waybill::pattern
