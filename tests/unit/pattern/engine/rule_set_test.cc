#include "pattern/engine/rule_set.h"

#include <algorithm>
#include <string>

#include <doctest/doctest.h>

namespace waybill::pattern {
namespace {

Pattern parsed(const std::string& text) {
  const auto pattern = Pattern::parse(text);
  REQUIRE(pattern.has_value());
  return *pattern;
}
Pattern wanting(std::size_t number) { return parsed(R"({"a":["x)" + std::to_string(number) + R"("]})"); }

std::vector<RuleId> match(const RuleMatcher& matcher, const std::string& event) {
  Scratch scratch;
  std::vector<RuleId> matching;
  REQUIRE(matcher.match(event, scratch, matching));
  std::sort(matching.begin(), matching.end());
  return matching;
}

}  // namespace

TEST_CASE("a snapshot stays as it is") {
  RuleSet rules;
  rules.add(1, wanting(1));
  const auto one = rules.snapshot();
  rules.add(2, wanting(1));
  const auto two = rules.snapshot();
  rules.remove(1);
  const auto last = rules.snapshot();
  CHECK(match(*one, R"({"a":"x1"})") == std::vector<RuleId>{1});
  CHECK(match(*two, R"({"a":"x1"})") == std::vector<RuleId>{1, 2});
  CHECK(match(*last, R"({"a":"x1"})") == std::vector<RuleId>{2});
}

TEST_CASE("a rule takes the place of one with its id") {
  RuleSet rules;
  rules.add(1, wanting(1));
  rules.add(1, wanting(2));
  CHECK(rules.size() == 1);
  const auto matcher = rules.snapshot();
  CHECK(match(*matcher, R"({"a":["x1"]})").empty());
  CHECK(match(*matcher, R"({"a":["x2"]})") == std::vector<RuleId>{1});
}

TEST_CASE("a rule that is not there cannot be removed") {
  RuleSet rules;
  CHECK_FALSE(rules.remove(1));
  rules.add(1, wanting(1));
  CHECK(rules.remove(1));
  CHECK_FALSE(rules.remove(1));
  CHECK(rules.size() == 0);
  CHECK(match(*rules.snapshot(), R"({"a":"x1"})").empty());
}

TEST_CASE("removed rules give their memory back, and those that stay are found") {
  RuleSet rules;
  for (std::size_t i = 0; i < 5'000; ++i) rules.add(static_cast<RuleId>(i), wanting(i));
  const std::size_t full = rules.memory_bytes();
  for (std::size_t i = 0; i < 4'900; ++i) rules.remove(static_cast<RuleId>(i));
  const auto matcher = rules.snapshot();
  CHECK(rules.memory_bytes() < full / 3);
  CHECK(match(*matcher, R"({"a":"x4950"})") == std::vector<RuleId>{4'950});
  CHECK(match(*matcher, R"({"a":"x17"})").empty());
}

TEST_CASE("removed rules give back what their fields took") {
  const auto pattern_of = [](std::size_t i) { return parsed(R"({"in)" + std::to_string(i) + R"(":{"a":["x"]}})"); };
  RuleSet rules;
  for (std::size_t i = 0; i < 3'000; ++i) rules.add(static_cast<RuleId>(i), pattern_of(i));
  const auto before = rules.snapshot();
  const std::size_t full = rules.memory_bytes();
  for (std::size_t i = 0; i < 2'900; ++i) rules.remove(static_cast<RuleId>(i));
  rules.add(7, parsed(R"({"new":["y"]})"));
  const auto after = rules.snapshot();
  CHECK(rules.memory_bytes() < full / 4);
  CHECK(match(*after, R"({"in2950":{"a":"x"},"in7":{"a":"x"},"new":"y"})") == std::vector<RuleId>{7, 2'950});
  CHECK(match(*before, R"({"in2950":{"a":"x"},"in7":{"a":"x"},"new":"y"})") == std::vector<RuleId>{7, 2'950});
}

TEST_CASE("one more rule among many copies a little, not the whole") {
  RuleSet rules;
  for (std::size_t i = 0; i < 5'000; ++i) rules.add(static_cast<RuleId>(i), wanting(i));
  const auto before = rules.snapshot();
  rules.add(5'000, wanting(5'000));
  const auto after = rules.snapshot();
  CHECK(before->rule_count() == 5'000);
  CHECK(after->rule_count() == 5'001);
  CHECK(after->memory_bytes() - before->memory_bytes() < 20'000);
  CHECK(match(*after, R"({"a":"x5000"})") == std::vector<RuleId>{5'000});
  CHECK(match(*before, R"({"a":"x5000"})").empty());
}

TEST_CASE("places of removed rules are used again") {
  RuleSet rules;
  for (int round = 0; round < 50; ++round) {
    for (RuleId id = 0; id < 20; ++id) rules.add(id, wanting(static_cast<std::size_t>(round) * 20 + id));
  }
  const auto matcher = rules.snapshot();
  CHECK(rules.size() == 20);
  CHECK(match(*matcher, R"({"a":"x981"})") == std::vector<RuleId>{1});
  CHECK(match(*matcher, R"({"a":"x961"})").empty());
}

}  // namespace waybill::pattern
