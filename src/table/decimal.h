// A DynamoDB number: an exact decimal of up to 38 significant digits (AWS: DynamoDB data types, Number).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace waybill::table {

// A value that converts to nearly anything needs saying that it is no error.
inline Result<nlohmann::json> json_result(nlohmann::json value) {
  return {boost::system::in_place_value, std::move(value)};
}

// Value: 0, or ±d.ddd… × 10^exponent with -130 <= exponent <= 125 and neither leading nor trailing zeros, so that
// equal numbers are equal members. -0 is 0. Plain value, no heap.
class Decimal {
 public:
  static constexpr int kMaxDigits = 38;
  static constexpr int kMinExponent = -130;
  static constexpr int kMaxExponent = 125;

  Decimal() = default;  // 0

  // Spellings as AWS takes them: "12", "-1.50", "+.5", "1.", "1e-7". Errors (invalid) carry AWS's texts for what is no
  // number, has too many digits, or is too large or too small.
  static Result<Decimal> parse(std::string_view text);
  static Decimal of(std::int64_t value);
  static Decimal of(std::uint64_t value);
  // The shortest decimal that reads back as this double. Infinity and NaN are refused.
  static Result<Decimal> of(double value);
  // From the parts of the value above. REQUIRES: nothing; what does not fit is refused as `corrupt`.
  static Result<Decimal> of_parts(bool negative, int exponent, std::string_view digits);

  bool is_zero() const { return count_ == 0; }
  bool negative() const { return negative_; }
  int exponent() const { return exponent_; }
  std::string_view digits() const { return {digits_.data(), count_}; }

  // Canonical text: no exponent, no needless zeros: "100", "-0.5".
  void append_to(std::string& out) const;
  std::string str() const;
  // A JSON integer where it fits 64 bits, a JSON double where that is spelt the same, else a string of the exact text.
  nlohmann::json to_json() const;
  // What AWS counts for it towards the item size: a byte for two digits, one more, and one for a minus.
  std::size_t stored_size() const { return (count_ + 1U) / 2U + 1U + (negative_ ? 1U : 0U); }

  bool operator==(const Decimal& other) const {
    return negative_ == other.negative_ && exponent_ == other.exponent_ && digits() == other.digits();
  }

 private:
  std::array<char, kMaxDigits> digits_{};
  std::uint8_t count_ = 0;
  bool negative_ = false;
  std::int16_t exponent_ = 0;
};

}  // namespace waybill::table
