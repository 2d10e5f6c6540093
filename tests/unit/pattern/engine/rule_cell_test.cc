#include "pattern/engine/rule_cell.h"

#include <numeric>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "pattern/engine/rule_program.h"
#include "pattern/pattern.h"

namespace waybill::pattern {
namespace {

std::shared_ptr<const RuleProgram> program_of(const std::string& text) {
  const auto pattern = Pattern::parse(text);
  REQUIRE(pattern.has_value());
  std::vector<FieldId> fields(pattern->compiled().tests.size());
  std::iota(fields.begin(), fields.end(), 0);
  return RuleProgram::make(1, pattern->share_compiled(), fields, {});
}
RuleCell cell_of(const std::string& values) { return program_of(R"({"a":)" + values + "}")->cell(); }

SeenLeaf leaf_of(std::string_view text, LeafKind kind) {
  const auto length = static_cast<std::uint32_t>(text.size());
  return {text.data(), length, 0, PlaceTree::kOutsideArrays, kind, ends_of(text.data(), text.size())};
}

using Verdict = RuleCell::Verdict;

Verdict verdict(const std::string& values, std::string_view text, LeafKind kind = LeafKind::string) {
  const RuleCell cell = cell_of(values);
  REQUIRE(cell.test_count == 1);
  SeenLeaf leaf = leaf_of(text, kind);
  return RuleCell::judge(cell.tests[0], leaf);
}

}  // namespace

TEST_CASE("a cell is never sure of what its program sees otherwise") {
  const std::vector<std::string> texts = {"",
                                          "a",
                                          "ab",
                                          "abc",
                                          "abcd",
                                          "abcdefg",
                                          "abcdefgh",
                                          "abcdefghi",
                                          "bcdefgh",
                                          "abcdefghz",
                                          "zbcdefghi",
                                          "abcdefghijklmnop",
                                          "abcdefghijklmnoz",
                                          "abcdefghijklmnopq",
                                          "abcdefghijklmnopqr",
                                          "zz"};
  std::vector<std::string> values;
  for (const std::string& text : texts) {
    values.push_back("[\"" + text + "\"]");
    values.push_back("[\"" + text + "\",\"ab\"]");
    values.push_back(R"([{"prefix":")" + text + "\"}]");
    values.push_back(R"([{"suffix":")" + text + "\"}]");
    values.push_back(R"([{"anything-but":[")" + text + "\",\"abc\"]}]");
    values.push_back(R"([{"wildcard":")" + text + "*\"}]");
    values.push_back(R"([{"wildcard":"*)" + text + "\"}]");
    values.push_back(R"([{"wildcard":"ab*)" + text + "\"}]");
    values.push_back(R"([{"wildcard":"a*e*)" + text + "\"}]");
  }
  std::size_t sure = 0;
  std::size_t all = 0;
  for (const std::string& one : values) {
    const auto program = program_of(R"({"a":)" + one + "}");
    const RuleCell cell = program->cell();
    if (cell.test_count == 0) continue;
    for (const std::string& text : texts) {
      Scratch scratch;
      scratch.begin(1, 1);
      scratch.add_leaf(leaf_of(text, LeafKind::string));
      const Verdict said = RuleCell::judge(cell.tests[0], scratch.leaves[0]);
      const bool matches = program->matches(scratch);
      if (said != Verdict::unsure) CHECK_MESSAGE((said == Verdict::yes) == matches, one << " and " << text);
      ++all;
      sure += said != Verdict::unsure;
    }
  }
  CHECK(sure * 10 > all * 8);
}

TEST_CASE("ranges of numbers are closed in a cell") {
  const auto number = [](const std::string& values, std::string_view text) {
    return verdict(values, text, LeafKind::number);
  };
  CHECK(number(R"([{"numeric":[">",1,"<",2]}])", "1") == Verdict::no);
  CHECK(number(R"([{"numeric":[">",1,"<",2]}])", "1.0000000000000002") == Verdict::yes);
  CHECK(number(R"([{"numeric":[">",1,"<",2]}])", "2") == Verdict::no);
  CHECK(number(R"([{"numeric":["<=",0]}])", "-1e300") == Verdict::yes);
  CHECK(number(R"([{"numeric":[">",0]}])", "-0") == Verdict::no);
  CHECK(number(R"([{"numeric":[">=",0]}])", "9007199254740993") == Verdict::no);
  CHECK(number("[300]", "3.0e2") == Verdict::yes);
  CHECK(number(R"(["300"])", "300") == Verdict::no);
}

TEST_CASE("a cell holds two tests, and says when there are more") {
  const RuleCell two = program_of(R"({"a":["x"],"b":[true]})")->cell();
  CHECK(two.test_count == 2);
  CHECK(two.is_whole);
  const RuleCell three = program_of(R"({"a":["x"],"b":["y"],"c":["z"]})")->cell();
  CHECK(three.test_count == 2);
  CHECK_FALSE(three.is_whole);
  CHECK_FALSE(cell_of(R"(["x",{"exists":false}])").is_whole);
  CHECK_FALSE(cell_of(R"([{"equals-ignore-case":"x"}])").is_whole);
  CHECK(program_of(R"({"$or":[{"a":["x"]},{"b":["y"]}]})")->cell().test_count == 0);
  CHECK(RuleCell().program == nullptr);
}

}  // namespace waybill::pattern
