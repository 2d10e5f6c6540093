// `waybill match`: JSON lines {"pattern":…,"event":…} in, one line {"valid":…,"match":…} out for each.
#pragma once

#include <istream>
#include <ostream>
#include <string>
#include <string_view>

namespace waybill::cli {

// The answer to one line, without line break. Pattern and event may each be JSON, taken as spelled, or a string that
// holds JSON. valid: is it a pattern? error is there only when something is wrong: with the line or the pattern (valid
// is false) or with the event (valid is true).
std::string match_line(std::string_view line);

// Answers line by line, and hands out what it has whenever no further input waits.
void match_lines(std::istream& in, std::ostream& out);

}  // namespace waybill::cli
