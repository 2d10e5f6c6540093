// The golden pattern cases through the engine: each pattern alone, and together with a thousand others.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "conformance/case_file.h"
#include "pattern/engine/rule_set.h"

namespace waybill::pattern {
namespace {

std::vector<test::PatternCase> valid_cases() {
  std::vector<test::PatternCase> valid;
  const auto add = [&valid](const std::string& path) {
    for (auto& one : test::read_pattern_cases(path)) {
      if (one.valid) valid.push_back(std::move(one));
    }
  };
  for (const auto& entry : std::filesystem::directory_iterator(WAYBILL_SOURCE_DIR "/tests/conformance/pattern")) {
    if (entry.path().extension() == ".jsonl") add(entry.path().string());
  }
  if (const char* path = std::getenv("WAYBILL_PATTERN_CASES")) add(path);
  return valid;
}

Pattern parsed(const std::string& text) {
  auto pattern = Pattern::parse(text);
  REQUIRE_MESSAGE(pattern.has_value(), text);
  return *pattern;
}

// Patterns that share fields with those of the cases, and values with some.
std::vector<Pattern> a_thousand_others() {
  static constexpr const char* kForms[] = {R"({"a":["x#"]})",
                                           R"({"a":[{"prefix":"x#"}],"b":["y"]})",
                                           R"({"detail":{"state":[{"anything-but":["s#"]}],"n":[#]}})",
                                           R"({"a":[{"numeric":[">",#]}],"d":{"a":[{"exists":false}]}})",
                                           R"({"a":[{"suffix":"#"},{"equals-ignore-case":"A#"}]})",
                                           R"({"a":[{"wildcard":"*#*"}],"source":["s#"]})",
                                           R"({"$or":[{"a":["#"]},{"b":[{"cidr":"10.0.0.0/#"}]}]})"};
  std::vector<Pattern> others;
  for (std::size_t i = 0; others.size() < 1'000; ++i) {
    std::string text = kForms[i % std::size(kForms)];
    const std::string number = std::to_string(i % std::size(kForms) == 6 ? i % 32 : i);
    for (std::size_t at = 0; (at = text.find('#')) != text.npos;) text.replace(at, 1, number);
    others.push_back(parsed(text));
  }
  return others;
}

}  // namespace

TEST_CASE("golden pattern cases, each alone in the engine") {
  Scratch scratch;
  std::vector<RuleId> matching;
  const auto cases = valid_cases();
  CHECK(cases.size() >= 250);
  for (const auto& one : cases) {
    CAPTURE(one.name);
    CAPTURE(one.pattern);
    CAPTURE(one.event);
    RuleSet rules;
    rules.add(1, parsed(one.pattern));
    const auto matcher = rules.snapshot();
    for (const NamedEventScan& scan : event_scans()) {
      CAPTURE(scan.name);
      CHECK(matcher->match_by(scan.scan, one.event, scratch, matching));
      CHECK(!matching.empty() == one.match);
    }
  }
}

TEST_CASE("golden pattern cases, all at once and with a thousand others") {
  const auto cases = valid_cases();
  const auto others = a_thousand_others();
  RuleSet rules;
  for (std::size_t i = 0; i < cases.size(); ++i) rules.add(static_cast<RuleId>(i), parsed(cases[i].pattern));
  for (std::size_t i = 0; i < others.size(); ++i) rules.add(static_cast<RuleId>(cases.size() + i), others[i]);
  const auto matcher = rules.snapshot();
  Scratch scratch;
  std::vector<RuleId> matching;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CAPTURE(cases[i].name);
    CAPTURE(cases[i].pattern);
    CAPTURE(cases[i].event);
    REQUIRE(matcher->match(cases[i].event, scratch, matching));
    const bool found = std::find(matching.begin(), matching.end(), static_cast<RuleId>(i)) != matching.end();
    CHECK(found == cases[i].match);
  }
}

}  // namespace waybill::pattern
