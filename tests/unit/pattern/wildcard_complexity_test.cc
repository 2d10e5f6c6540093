#include <string>

#include <doctest/doctest.h>

#include "pattern/wildcard.h"

namespace waybill::pattern {
namespace {

int complexity(const std::vector<std::string>& texts, int limit = 1000) {
  std::vector<Wildcard> wildcards;
  for (const std::string& text : texts) wildcards.push_back(*Wildcard::parse(text));
  std::vector<const Wildcard*> pointers;
  for (const Wildcard& wildcard : wildcards) pointers.push_back(&wildcard);
  return wildcard_complexity(pointers, limit);
}

std::string repeated(std::string_view part, int times) {
  std::string text;
  for (; times > 0; --times) text += part;
  return text;
}

}  // namespace

TEST_CASE("complexity is the largest number of automaton states alive at once") {
  CHECK(complexity({"abc"}) == 1);
  CHECK(complexity({"abc*"}) == 2);  // before the star and inside it, or inside it and at the end
  CHECK(complexity({"*a"}) == 2);    // inside the star, and behind the a
  CHECK(complexity({"*a*a"}) == 4);
  CHECK(complexity({"*a*b"}) == 3);      // after an a: inside both stars and before the second
  CHECK(complexity({"a*", "b*"}) == 2);  // no text starts with both
  CHECK(complexity({"*a", "*b"}) == 3);
}

TEST_CASE("what AWS refuses is above ten, what it accepts is not") {
  CHECK(complexity({"*:*:*:*:*:event-bus/*"}) == 11);
  CHECK(complexity({repeated("*a", 10)}) == 20);
  CHECK(complexity({repeated("*a", 5)}) == 10);
  CHECK(complexity({"arn:aws:s3:::*/logs/*.gz"}) <= 10);
}

TEST_CASE("above the limit the exact number does not matter") {
  CHECK(complexity({repeated("*a", 10)}, 10) == 11);
  CHECK(complexity({repeated("*a", 5)}, 9) == 10);
}

TEST_CASE("hostile wildcards are judged quickly") {
  // Many long literals behind few stars: many sets of states, none of them large.
  std::string text = "*";
  for (int i = 0; i < 3000; ++i) text.push_back("ab"[(i * i / 7) % 2]);
  CHECK(complexity({text}, 10) > 1);
  CHECK(complexity({repeated("*ab", 1300)}, 10) == 11);
}

}  // namespace waybill::pattern
