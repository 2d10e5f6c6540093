// Golden cases: files with one JSON object per line, plain or gzipped.
//   {"op": …, "pattern": …, "event": …, "valid": true, "match": true}
// pattern and event are JSON *strings*, because spelling, escapes and duplicate keys matter. A pattern that is
// not valid matches nothing. "id" names a case; "note" is for the reader.
#pragma once

#include <string>
#include <vector>

namespace waybill::test {

struct PatternCase {
  std::string name;  // file:line, or the id
  std::string op;
  std::string pattern;
  std::string event;
  bool valid = true;
  bool match = false;
};

// Throws std::runtime_error naming the file and line it could not read.
std::vector<PatternCase> read_pattern_cases(const std::string& path);

}  // namespace waybill::test
