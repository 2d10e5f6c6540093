#include "pattern/engine/rule_program.h"

#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "pattern/pattern.h"

namespace waybill::pattern {
namespace {

// A pattern of fields 0, 1, … in the order of its text, and an event of leaves.
struct Judge {
  std::shared_ptr<const RuleProgram> program;
  Scratch scratch;

  explicit Judge(const std::string& text) {
    const auto pattern = Pattern::parse(text);
    REQUIRE(pattern.has_value());
    std::vector<FieldId> fields(pattern->compiled().tests.size());
    std::iota(fields.begin(), fields.end(), 0);
    program = RuleProgram::make(3, pattern->share_compiled(), fields, {});
    scratch.begin(fields.size(), 1);
  }
  Judge& leaf(FieldId field, LeafKind kind, std::string_view text, PlaceTree::Place place = PlaceTree::kOutsideArrays) {
    const TextEnds ends = ends_of(text.data(), text.size());
    scratch.add_leaf({text.data(), static_cast<std::uint32_t>(text.size()), field, place, kind, ends});
    return *this;
  }
  Judge& string(FieldId field, std::string_view text) { return leaf(field, LeafKind::string, text); }
  Judge& number(FieldId field, std::string_view text) { return leaf(field, LeafKind::number, text); }
  bool matches() {
    const bool is_match = program->matches(scratch);
    CHECK(pattern::matches(program->cell(), scratch) == is_match);
    return is_match;
  }
};

bool judge_string(const std::string& values, std::string_view text) {
  return Judge(R"({"a":)" + values + "}").string(0, text).matches();
}
bool judge_number(const std::string& values, std::string_view text) {
  return Judge(R"({"a":)" + values + "}").number(0, text).matches();
}

}  // namespace

TEST_CASE("all fields must be met") {
  CHECK(Judge(R"({"a":["x"],"b":["y"]})").string(0, "x").string(1, "y").matches());
  CHECK_FALSE(Judge(R"({"a":["x"],"b":["y"]})").string(0, "x").string(1, "z").matches());
  CHECK_FALSE(Judge(R"({"a":["x"],"b":["y"]})").string(0, "x").matches());
}

TEST_CASE("strings") {
  CHECK(judge_string(R"(["y","x"])", "x"));
  CHECK(judge_string(R"([{"prefix":"ab"}])", "abc"));
  CHECK_FALSE(judge_string(R"([{"suffix":"ab"}])", "abc"));
  CHECK(judge_string(R"([{"wildcard":"a*c"}])", "abc"));
  CHECK(judge_string(R"([{"equals-ignore-case":"ABC"}])", "abc"));
  CHECK(judge_string(R"(["::1"])", "0:0:0:0:0:0:0:1"));
  CHECK_FALSE(judge_string("[5,true,null]", "5"));
}

TEST_CASE("numbers compare by value where they are comparable") {
  CHECK(judge_number("[300]", "3.0e2"));
  CHECK(judge_number("[0]", "-0"));
  CHECK(judge_number("[9007199254740993]", "9007199254740993"));
  CHECK_FALSE(judge_number("[9007199254740992]", "9007199254740993"));
  CHECK(judge_number(R"([{"numeric":[">",1,"<=",2]}])", "2"));
  CHECK_FALSE(judge_number(R"([{"numeric":[">",1,"<=",2]}])", "1"));
  CHECK_FALSE(judge_number(R"([{"numeric":[">",1]}])", "9007199254740993"));
  CHECK_FALSE(judge_number(R"([{"numeric":[">",1]}])", "1e400"));
  CHECK(judge_number("[1e400]", "1e400"));
}

TEST_CASE("anything-but") {
  CHECK(judge_string(R"([{"anything-but":["x","y"]}])", "z"));
  CHECK_FALSE(judge_string(R"([{"anything-but":["x","y"]}])", "y"));
  CHECK(judge_string(R"([{"anything-but":["x","y"]},"y"])", "y"));
  CHECK(judge_number(R"([{"anything-but":["x"]}])", "1"));
  CHECK_FALSE(judge_string(R"([{"anything-but":{"wildcard":"a*"}}])", "abc"));
  CHECK_FALSE(Judge(R"({"a":[{"anything-but":"x"}]})").matches());
}

TEST_CASE("wildcards") {
  CHECK(judge_string(R"([{"wildcard":"a*b*c"}])", "a-b-b-c"));
  CHECK_FALSE(judge_string(R"([{"wildcard":"a*b*c"}])", "a-c"));
  CHECK_FALSE(judge_string(R"([{"wildcard":"ab*ba"}])", "aba"));
  CHECK(judge_string(R"([{"wildcard":"a\\*"}])", "a*"));
  CHECK_FALSE(judge_string(R"([{"wildcard":"a\\*"}])", "ab"));
  CHECK(judge_string(R"([{"wildcard":"abc"}])", "abc"));
  CHECK_FALSE(judge_string(R"([{"wildcard":""}])", ""));
  CHECK(judge_string(R"([{"anything-but":{"wildcard":["","a*"]}}])", ""));
  CHECK_FALSE(judge_string(R"([{"anything-but":{"wildcard":["","a*"]}}])", "ab"));
}

TEST_CASE("one reading of several is enough") {
  const char* text = R"({"a":["x"],"$or":[{"b":["1"]},{"c":["2"]}]})";
  CHECK(Judge(text).string(0, "x").string(1, "1").matches());
  CHECK(Judge(text).string(0, "x").string(2, "2").matches());
  CHECK_FALSE(Judge(text).string(0, "x").string(2, "1").matches());
}

TEST_CASE("fields in arrays take one element of each") {
  Judge judge(R"({"a":["x"],"b":["y"]})");
  const auto first = judge.scratch.places.add(PlaceTree::kOutsideArrays, 0);
  const auto second = judge.scratch.places.add(PlaceTree::kOutsideArrays, 0);
  judge.leaf(0, LeafKind::string, "x", first).leaf(1, LeafKind::string, "y", second);
  CHECK_FALSE(judge.matches());
  judge.leaf(1, LeafKind::string, "y", first);
  CHECK(judge.matches());
}

TEST_CASE("absence is judged against the elements chosen before") {
  const auto matches = [](const char* text) {
    Judge judge(text);
    const auto first = judge.scratch.places.add(PlaceTree::kOutsideArrays, 0);
    const auto second = judge.scratch.places.add(PlaceTree::kOutsideArrays, 0);
    judge.leaf(0, LeafKind::string, "x", first).leaf(1, LeafKind::number, "1", second);
    return judge.matches();
  };
  CHECK(matches(R"({"d":{"a":["x"],"b":[{"exists":false}]}})"));
  CHECK_FALSE(matches(R"({"d":{"b":["x"],"a":[{"exists":false}]}})"));
}

TEST_CASE("a simple rule is small, and one with ignored case keeps its pattern") {
  const Judge simple(R"({"properties":{"STREET":["ABC"],"TYPE":["ST"]}})");
  CHECK(simple.program->memory_bytes() < 260);
  const Judge kept(R"({"properties":{"STREET":[{"equals-ignore-case":"ab"}]}})");
  CHECK(kept.program->memory_bytes() > simple.program->memory_bytes());
  CHECK(simple.program->id() == 3);
}

}  // namespace waybill::pattern
