// Wildcard: a text in which '*' stands for any run of characters, also none.
//
// AWS: it must match the whole string. `\*` and `\\` are the only escapes; two stars in a row are an error. The
// empty wildcard matches nothing, not even "".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace waybill::pattern {

class Wildcard {
 public:
  // Error: invalid, with the service's reason ("Consecutive wildcard characters at pos 3"). Positions are
  // 0-based UTF-8 bytes counted with the opening quote.
  static Result<Wildcard> parse(std::string_view text);

  bool matches(std::string_view value) const;

  // What stands between the stars, in order: one more than there are stars, ends may be empty.
  const std::vector<std::string>& literals() const { return literals_; }

 private:
  std::vector<std::string> literals_;
};

// How hard the wildcards of one field are on an automaton that runs them together: the largest number of its
// states any input can keep alive at once, or `limit` + 1 if that is more than `limit`.
//
// A star has two states, before it and inside it, and texts are matched with their quotes. AWS refuses
// `*:*:*:*:*:event-bus/*` (11 states) and ten times `*a` (20), and accepts five times `*a` (10).
int wildcard_complexity(const std::vector<const Wildcard*>& wildcards, int limit);

}  // namespace waybill::pattern
