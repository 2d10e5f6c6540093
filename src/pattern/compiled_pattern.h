// What the pattern parser makes of a pattern: the tests of its fields, and its readings, which differ in the
// branch taken of each $or.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "pattern/field_path.h"
#include "pattern/matchers.h"
#include "pattern/pattern.h"
#include "pattern/refusal.h"

namespace waybill::pattern {

struct FieldTest {
  FieldPath path;
  ValueList values;
};

struct CompiledPattern {
  std::vector<FieldTest> tests;
  // Indexes into tests, in UTF-16 order of their paths; a reading matches if all its tests do, the pattern if
  // any reading does.
  std::vector<std::vector<std::uint32_t>> readings;
};

// Reads the pattern with $or, and if its JSON makes no sense that way, with "$or" as a plain field name.
Parsed<CompiledPattern> compile_pattern(std::string_view text, const PatternLimits& limits);

// "Event pattern is not valid. Reason: …"
Error to_error(const Refusal& refusal);

}  // namespace waybill::pattern
