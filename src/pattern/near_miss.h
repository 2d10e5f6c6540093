// How a leaf that a matcher does not accept comes near it.
#pragma once

#include <string>

#include "pattern/matchers.h"

namespace waybill::pattern {

struct NearMiss {
  int distance;      // less is nearer; kFar: nothing in common
  std::string what;  // "differs in case"; "" when far

  static constexpr int kFar = 100;
};

// REQUIRES: the matcher does not accept the leaf.
NearMiss near_miss(const Leaf& leaf, const Matcher& matcher);

// The same of two texts that are not equal.
NearMiss near_miss(std::string_view text, std::string_view wanted);

}  // namespace waybill::pattern
