#include "table/decimal.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/ascii.h"

namespace waybill::table {
namespace {

Error not_a_number(std::string_view text) {
  constexpr std::size_t kShown = 64;
  std::string shown(text.substr(0, kShown));
  if (text.size() > kShown) shown += "…";
  return invalid("The parameter cannot be converted to a numeric value: " + shown);
}

// The exponent after 'e', held within what no count of digits in a request can bring back into range.
bool parse_exponent(std::string_view text, std::int64_t& exponent) {
  constexpr std::int64_t kBeyond = 1'000'000'000;
  const bool minus = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (text.empty()) return false;
  exponent = 0;
  for (const char c : text) {
    if (!is_digit(c)) return false;
    exponent = std::min(kBeyond, exponent * 10 + (c - '0'));
  }
  if (minus) exponent = -exponent;
  return true;
}

}  // namespace

Result<Decimal> Decimal::parse(std::string_view text) {
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);

  std::int64_t power = 0;  // of ten, of the last digit read before a trailing zero is dropped
  if (const std::size_t e = rest.find_first_of("eE"); e != std::string_view::npos) {
    if (!parse_exponent(rest.substr(e + 1), power)) return not_a_number(text);
    rest = rest.substr(0, e);
  }
  const std::size_t dot = std::min(rest.find('.'), rest.size());
  const std::size_t digit_count = rest.size() - (dot < rest.size() ? 1 : 0);
  if (digit_count == 0) return not_a_number(text);

  // first, last: positions of the first and last digit that is not 0.
  std::size_t first = std::string_view::npos;
  std::size_t last = 0;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (i == dot) continue;
    if (!is_digit(rest[i])) return not_a_number(text);
    if (rest[i] == '0') continue;
    if (first == std::string_view::npos) first = i;
    last = i;
  }
  if (first == std::string_view::npos) return Decimal();

  const auto before_dot = static_cast<std::int64_t>(dot) - static_cast<std::int64_t>(first);
  const std::int64_t exponent = power + (before_dot > 0 ? before_dot - 1 : before_dot);
  const std::size_t count = last - first + 1 - (first < dot && dot < last ? 1 : 0);
  if (count > kMaxDigits) return invalid("Attempting to store more than 38 significant digits in a Number");
  if (exponent > kMaxExponent) {
    return invalid("Number overflow. Attempting to store a number with magnitude larger than supported range");
  }
  if (exponent < kMinExponent) {
    return invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range");
  }
  Decimal decimal;
  for (std::size_t i = first; i <= last; ++i) {
    if (i != dot) decimal.digits_[decimal.count_++] = rest[i];
  }
  decimal.negative_ = negative;
  decimal.exponent_ = static_cast<std::int16_t>(exponent);
  return decimal;
}

Decimal Decimal::of(std::uint64_t value) {
  Decimal decimal;
  if (value == 0) return decimal;
  const auto end = std::to_chars(decimal.digits_.data(), decimal.digits_.data() + kMaxDigits, value).ptr;
  auto count = static_cast<std::size_t>(end - decimal.digits_.data());
  decimal.exponent_ = static_cast<std::int16_t>(count - 1);
  while (decimal.digits_[count - 1] == '0') --count;
  decimal.count_ = static_cast<std::uint8_t>(count);
  return decimal;
}

Decimal Decimal::of(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  Decimal decimal = of(value < 0 ? ~bits + 1 : bits);
  decimal.negative_ = value < 0;
  return decimal;
}

Result<Decimal> Decimal::of(double value) {
  if (std::isnan(value)) return not_a_number("NaN");
  if (std::isinf(value)) return not_a_number(value < 0 ? "-Infinity" : "Infinity");
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return parse({text.data(), static_cast<std::size_t>(end - text.data())});
}

Result<Decimal> Decimal::of_parts(bool negative, int exponent, std::string_view digits) {
  const bool fits = !digits.empty() && digits.size() <= kMaxDigits &&
                    std::all_of(digits.begin(), digits.end(), is_digit) && digits.front() != '0' &&
                    digits.back() != '0' && exponent >= kMinExponent && exponent <= kMaxExponent;
  if (!fits) return Error{ErrorCode::corrupt, "not the parts of a number"};
  Decimal decimal;
  std::copy(digits.begin(), digits.end(), decimal.digits_.begin());
  decimal.count_ = static_cast<std::uint8_t>(digits.size());
  decimal.negative_ = negative;
  decimal.exponent_ = static_cast<std::int16_t>(exponent);
  return decimal;
}

void Decimal::append_to(std::string& out) const {
  if (is_zero()) {
    out += '0';
    return;
  }
  if (negative_) out += '-';
  if (exponent_ < 0) {
    out += "0.";
    out.append(static_cast<std::size_t>(-exponent_ - 1), '0');
    out += digits();
    return;
  }
  const auto whole = static_cast<std::size_t>(exponent_) + 1;  // digits before the point
  out += digits().substr(0, whole);
  if (count_ < whole) out.append(whole - count_, '0');
  if (count_ > whole) {
    out += '.';
    out += digits().substr(whole);
  }
}

std::string Decimal::str() const {
  std::string out;
  append_to(out);
  return out;
}

nlohmann::json Decimal::to_json() const {
  const std::string text = str();
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const bool whole = exponent_ >= count_ - 1;
  if (whole && negative_) {
    std::int64_t value = 0;
    if (std::from_chars(begin, end, value).ec == std::errc()) return value;
  } else if (whole) {
    std::uint64_t value = 0;
    if (std::from_chars(begin, end, value).ec == std::errc()) {
      if (value <= INT64_MAX) return static_cast<std::int64_t>(value);
      return value;
    }
  }
  double value = 0;
  if (std::from_chars(begin, end, value).ec == std::errc()) {
    const auto spelt = of(value);
    if (spelt && *spelt == *this) return value;
  }
  return text;
}

}  // namespace waybill::table
