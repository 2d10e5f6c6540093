#include "pattern/wildcard.h"

#include <random>
#include <string>

#include <doctest/doctest.h>

namespace waybill::pattern {
namespace {

bool matches(std::string_view pattern, std::string_view value) {
  const auto wildcard = Wildcard::parse(pattern);
  REQUIRE(wildcard.has_value());
  return wildcard->matches(value);
}

// The definition, spelled out.
bool matches_by_definition(std::string_view pattern, std::string_view value) {
  if (pattern.empty()) return value.empty();
  if (pattern[0] != '*') {
    return !value.empty() && pattern[0] == value[0] && matches_by_definition(pattern.substr(1), value.substr(1));
  }
  for (std::size_t skip = 0; skip <= value.size(); ++skip) {
    if (matches_by_definition(pattern.substr(1), value.substr(skip))) return true;
  }
  return false;
}

std::string random_text(std::mt19937& random, const char* letters, std::size_t kinds) {
  std::string text;
  for (std::size_t length = random() % 9; length > 0; --length) text.push_back(letters[random() % kinds]);
  return text;
}

}  // namespace

TEST_CASE("a star stands for any run of characters") {
  CHECK(matches("*", ""));
  CHECK(matches("a*c", "abbbc"));
  CHECK(matches("a*c", "ac"));
  CHECK_FALSE(matches("a*c", "acb"));
  CHECK_FALSE(matches("aba*aba", "aba"));
  CHECK(matches("*ab*ab", "abxxab"));
  CHECK_FALSE(matches("a.c", "abc"));
}

TEST_CASE("the empty wildcard matches nothing") {
  CHECK_FALSE(matches("", ""));
  CHECK_FALSE(matches("", "x"));
}

TEST_CASE("stars and backslashes can be escaped") {
  CHECK(matches(R"(\*)", "*"));
  CHECK_FALSE(matches(R"(\*)", "x"));
  CHECK(matches(R"(a\\*)", R"(a\b)"));
  CHECK(matches(R"(\**)", "*x"));
}

TEST_CASE("errors name the byte, counted with the opening quote") {
  CHECK(Wildcard::parse("a**").error().message == "Consecutive wildcard characters at pos 2");
  CHECK(Wildcard::parse("***").error().message == "Consecutive wildcard characters at pos 1");
  CHECK(Wildcard::parse(R"(a\b)").error().message == "Invalid escape character at pos 2");
  CHECK(Wildcard::parse(R"(a\)").error().message == "Invalid escape character at pos 2");
}

TEST_CASE("matching agrees with the definition on random texts") {
  std::mt19937 random(20260924);
  int matched = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string pattern = random_text(random, "ab**", 4);
    for (auto at = pattern.find("**"); at != pattern.npos; at = pattern.find("**")) pattern.erase(at, 1);
    if (pattern.empty()) continue;
    const std::string value = random_text(random, "ab", 2);
    CAPTURE(pattern);
    CAPTURE(value);
    const bool expected = matches_by_definition(pattern, value);
    REQUIRE(matches(pattern, value) == expected);
    matched += expected;
  }
  CHECK(matched > 1000);
}

}  // namespace waybill::pattern
