// Runs the golden pattern cases next to this file, and those of the file WAYBILL_PATTERN_CASES names, if any.
#include "pattern/pattern.h"

#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "conformance/case_file.h"

namespace waybill::pattern {
namespace {

void check(const test::PatternCase& one) {
  CAPTURE(one.name);
  CAPTURE(one.op);
  CAPTURE(one.pattern);
  CAPTURE(one.event);
  const auto pattern = Pattern::parse(one.pattern);
  const auto event = FlatEvent::parse(one.event);
  CHECK_MESSAGE(event.has_value(), (event ? "" : event.error().message));
  CHECK_MESSAGE(pattern.has_value() == one.valid, (pattern ? "accepted" : pattern.error().message));
  if (!pattern || !event) return;
  CHECK(pattern->matches(*event) == (one.valid && one.match));
}

std::vector<std::filesystem::path> golden_files() {
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(WAYBILL_SOURCE_DIR "/tests/conformance/pattern")) {
    if (entry.path().extension() == ".jsonl") files.insert(entry.path());
  }
  return {files.begin(), files.end()};
}

}  // namespace

TEST_CASE("golden pattern cases, one file per group of operators") {
  std::size_t count = 0;
  for (const auto& file : golden_files()) {
    const auto cases = test::read_pattern_cases(file.string());
    std::size_t matches = 0;
    for (const auto& one : cases) {
      check(one);
      matches += one.match;
    }
    CAPTURE(file.filename());
    // A file in which everything or nothing matches would pass with a broken matcher.
    CHECK(matches > 0);
    CHECK(matches < cases.size());
    count += cases.size();
  }
  CHECK(count >= 250);
}

TEST_CASE("labelled pattern cases from WAYBILL_PATTERN_CASES") {
  const char* path = std::getenv("WAYBILL_PATTERN_CASES");
  if (path == nullptr) return;
  const auto cases = test::read_pattern_cases(path);
  for (const auto& one : cases) check(one);
  MESSAGE(cases.size(), " cases from ", path);
}

}  // namespace waybill::pattern
