// Pattern: one event pattern, checked and ready to match. This is the plain matcher: it looks at the event's
// leaves field by field and is meant to be obviously right.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "pattern/flat_event.h"

namespace waybill::pattern {

struct PatternLimits {
  std::size_t max_fields = 256;  // fields of one reading of the pattern ($or gives several)
  std::size_t max_or_combinations = 1000;
  std::size_t max_nesting = 1000;    // open brackets
  int max_wildcard_complexity = 10;  // see wildcard_complexity()
};

struct CompiledPattern;

// Immutable, cheap to copy (copies share their state), safe to match from many threads.
class Pattern {
 public:
  // Error: invalid, with AWS's whole text: "Event pattern is not valid. Reason: …\n at [Source: (String)"…"; line:
  // 1, column: 13]". Text after the closing brace is ignored.
  static Result<Pattern> parse(std::string_view text, const PatternLimits& limits = {});

  bool matches(const FlatEvent& event) const;

  const CompiledPattern& compiled() const { return *compiled_; }
  std::shared_ptr<const CompiledPattern> share_compiled() const { return compiled_; }

 private:
  explicit Pattern(std::shared_ptr<const CompiledPattern> compiled) : compiled_(std::move(compiled)) {}

  std::shared_ptr<const CompiledPattern> compiled_;
};

}  // namespace waybill::pattern
