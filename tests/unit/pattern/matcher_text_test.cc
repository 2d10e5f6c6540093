#include "pattern/matcher_text.h"

#include <doctest/doctest.h>

#include "pattern/compiled_pattern.h"

namespace waybill::pattern {
namespace {

std::string in_words(const std::string& value) {
  const auto pattern = Pattern::parse(R"({"a":[)" + value + "]}");
  REQUIRE(pattern.has_value());
  return text_of(pattern->compiled().tests[0].values.matchers[0]);
}

}  // namespace

TEST_CASE("every operator in words") {
  CHECK(in_words(R"("x\"y")") == R"("x\"y")");
  CHECK(in_words("3e2") == "the number 3e2");
  CHECK(in_words("null") == "null");
  CHECK(in_words("true") == "true");
  CHECK(in_words("false") == "false");
  CHECK(in_words(R"("10.0.0.1")") == "the address 10.0.0.1");
  CHECK(in_words(R"({"prefix":"a"})") == R"(text that begins with "a")");
  CHECK(in_words(R"({"suffix":"a"})") == R"(text that ends with "a")");
  CHECK(in_words(R"({"prefix":{"equals-ignore-case":"A"}})") == R"(text that begins with "a" in any case)");
  CHECK(in_words(R"({"suffix":{"equals-ignore-case":"A"}})") == R"(text that ends with "a" in any case)");
  CHECK(in_words(R"({"equals-ignore-case":"A"})") == R"("a" in any case)");
  CHECK(in_words(R"({"wildcard":"a*b*"})") == R"(text like "a*b*")");
  CHECK(in_words(R"({"wildcard":"a\\*b*\\\\"})") == R"(text like "a\\*b*\\\\")");
  CHECK(in_words(R"({"numeric":[">=",1.5]})") == "a number >= 1.5");
  CHECK(in_words(R"({"numeric":["<",2]})") == "a number < 2");
  CHECK(in_words(R"({"numeric":[">",1,"<=",2]})") == "a number > 1 and <= 2");
  CHECK(in_words(R"({"cidr":"10.0.0.0/8"})") == "an address in 10.0.0.0/8");
  CHECK(in_words(R"({"cidr":"fe80::/10"})") == "an address in fe80:0:0:0:0:0:0:0/10");
  CHECK(in_words(R"({"exists":true})") == "any value");
  CHECK(in_words(R"({"anything-but":["a","b"]})") == R"(anything but "a", "b")");
  CHECK(in_words(R"({"anything-but":{"prefix":"a"}})") == R"(anything but text that begins with "a")");
}

TEST_CASE("long texts are cut between characters") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "\xC3\xA9";
  const std::string shown = quoted(text);
  CHECK(shown.size() < 160);
  CHECK(shown.find("(200 bytes)") != std::string::npos);
}

}  // namespace waybill::pattern
