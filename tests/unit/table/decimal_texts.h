// Random spellings of decimals and a comparison that knows nothing of the code under test: every number is laid out as
// one fixed-point digit string, and those compare like numbers.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/random.h"

namespace waybill::table::testing {

struct DecimalText {
  bool negative = false;
  std::string digits;  // 1 to 38, the first is not 0
  int exponent = 0;    // of the first digit

  // Either plain or with an exponent, sometimes with needless zeros.
  std::string spell(Random& random) const {
    std::string text = negative ? "-" : (random.below(8) == 0 ? "+" : "");
    text.append(random.below(3), '0');
    const bool plain = exponent >= 0 && exponent < 40 && random.below(2) == 0;
    if (plain) {
      std::string padded = digits;
      while (padded.size() <= static_cast<std::size_t>(exponent)) padded += '0';
      const auto whole = static_cast<std::size_t>(exponent) + 1;
      return text + padded.substr(0, whole) + "." + padded.substr(whole) + std::string(random.below(3), '0');
    }
    return text + digits.substr(0, 1) + "." + digits.substr(1) + (random.below(2) ? "e" : "E") +
           std::to_string(exponent);
  }
  // Fixed point: 126 digits before the point, 170 after it.
  std::string fixed_point() const {
    std::string all(126 + 170, '0');
    all.replace(static_cast<std::size_t>(125 - exponent), digits.size(), digits);
    return all;
  }
};

inline int compare(const DecimalText& a, const DecimalText& b) {
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  const int magnitude = a.fixed_point().compare(b.fixed_point());
  const int sign = magnitude < 0 ? -1 : (magnitude > 0 ? 1 : 0);
  return a.negative ? -sign : sign;
}

// Often close to one another, so that order hangs on the last digits.
inline DecimalText random_decimal(Random& random) {
  DecimalText text;
  text.negative = random.below(2) == 0;
  const bool small = random.below(2) == 0;
  const auto count = 1 + random.below(small ? 4 : 38);
  text.digits += static_cast<char>('1' + random.below(small ? 2 : 9));
  while (text.digits.size() < count) text.digits += static_cast<char>('0' + random.below(small ? 2 : 10));
  text.exponent = small ? static_cast<int>(random.below(5)) - 2 : static_cast<int>(random.below(256)) - 130;
  return text;
}

}  // namespace waybill::table::testing
