// Why an event matches a pattern, or why it does not: for each field of the pattern what the event has there, which
// test failed, and what would have come nearest. For people. Judged by the plain matcher, once for each field;
// how many near misses it looks for is bounded, so a large event may get a plainer sentence.
#pragma once

#include <string>
#include <vector>

#include "pattern/pattern.h"

namespace waybill::pattern {

struct FieldExplanation {
  std::string path;
  bool passed = false;
  std::vector<std::string> found;   // the leaves there, as JSON; of many the first few
  std::size_t found_count = 0;      // how many there are
  std::vector<std::string> wanted;  // what the pattern accepts, in words
  std::string why;                  // why it failed, with the nearest miss; "" if it passed
};

struct Explanation {
  bool matches = false;
  // Of the reading (the branches of every $or) that comes nearest, in the order in which they are judged.
  std::vector<FieldExplanation> fields;
  std::size_t readings = 1;
  // All fields pass, but only with different elements of one array.
  bool only_across_elements = false;

  // What it took, so that tests can hold it to a bound.
  struct Effort {
    std::size_t tests = 0;  // fields that were judged
    std::size_t looks = 0;  // values and paths that were looked at for a near miss
  };
  Effort effort;

  // One sentence for each field that failed, or one that says why the others do.
  std::vector<std::string> sentences() const;
};

Explanation explain(const Pattern& pattern, const FlatEvent& event);

}  // namespace waybill::pattern
