// A pattern and an event, as verbs are asked about them: {"pattern":…,"event":…}, each JSON or a string that holds it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace waybill::cli {

struct PatternQuestion {
  std::string pattern;
  std::string event;
};

// Errors: invalid, saying what a question looks like.
Result<PatternQuestion> read_pattern_question(std::string_view text);

}  // namespace waybill::cli
