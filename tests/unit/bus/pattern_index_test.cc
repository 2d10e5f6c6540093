#include "bus/pattern_index.h"

#include <doctest/doctest.h>

using namespace waybill;
using bus::PatternIndex;

namespace {

std::vector<pattern::RuleId> matching(const PatternIndex::State& state, std::string_view event) {
  pattern::Scratch scratch;
  std::vector<pattern::RuleId> ids;
  REQUIRE(state.matcher->match(event, scratch, ids));
  return ids;
}

constexpr std::string_view kA = R"({"a":["x"]})";
constexpr std::string_view kB = R"({"b":["y"]})";

}  // namespace

TEST_CASE("rules with the same pattern share it") {
  PatternIndex index;
  std::size_t failed = 0;
  const auto state = index.bring_to({kA, kB, kA}, failed);
  REQUIRE(state.has_value());
  CHECK(state->ids[0] == state->ids[2]);
  CHECK(state->ids[0] != state->ids[1]);
  CHECK(index.size() == 2);
  CHECK(matching(*state, R"({"a":"x"})") == std::vector{state->ids[0]});
}

TEST_CASE("what is no longer wanted goes, what is keeps its number; earlier states stay as they were") {
  PatternIndex index;
  std::size_t failed = 0;
  const auto before = index.bring_to({kA, kB}, failed);
  const auto after = index.bring_to({kB}, failed);
  REQUIRE(after.has_value());
  CHECK(index.size() == 1);
  CHECK(after->ids[0] == before->ids[1]);
  CHECK(matching(*after, R"({"a":"x","b":"y"})").size() == 1);
  CHECK(matching(*before, R"({"a":"x","b":"y"})").size() == 2);
}

TEST_CASE("a pattern that is not valid is named by its place, and changes nothing for good") {
  PatternIndex index;
  std::size_t failed = 0;
  REQUIRE(index.bring_to({kA}, failed).has_value());
  CHECK(index.bring_to({kA, kB, "{}"}, failed).has_error());
  CHECK(failed == 2);
  const auto state = index.bring_to({kA}, failed);
  CHECK(index.size() == 1);
  CHECK(matching(*state, R"({"b":"y"})").empty());
}
