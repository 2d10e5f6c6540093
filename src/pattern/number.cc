#include "pattern/number.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

namespace waybill::pattern {
namespace {

// 0.digits x 10^exponent without leading or trailing zeros; zero has no digits. The sign is left out.
struct Decimal {
  std::string digits;
  std::int64_t exponent = 0;

  bool operator==(const Decimal&) const = default;
};

// Anything beyond this is far outside doubles; sums of it stay inside 64 bits.
constexpr std::int64_t kHugeExponent = 1'000'000'000'000;

std::int64_t read_exponent(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range || value > kHugeExponent || value < -kHugeExponent) {
    return text.starts_with('-') ? -kHugeExponent : kHugeExponent;
  }
  return value;
}

Decimal read_decimal(std::string_view literal) {
  Decimal decimal;
  if (literal.starts_with('-')) literal.remove_prefix(1);
  if (const auto e = literal.find_first_of("eE"); e != std::string_view::npos) {
    decimal.exponent = read_exponent(literal.substr(e + 1));
    literal = literal.substr(0, e);
  }
  bool in_fraction = false;
  for (const char c : literal) {
    if (c == '.') {
      in_fraction = true;
    } else if (c == '0' && decimal.digits.empty()) {
      if (in_fraction) --decimal.exponent;
    } else {
      decimal.digits.push_back(c);
      if (!in_fraction) ++decimal.exponent;
    }
  }
  while (!decimal.digits.empty() && decimal.digits.back() == '0') decimal.digits.pop_back();
  if (decimal.digits.empty()) decimal.exponent = 0;
  return decimal;
}

// Up to 15 digits and no exponent: every such decimal comes back from its double unchanged.
bool is_short(std::string_view literal) { return literal.size() <= 15 && literal.find_first_of("eE") == literal.npos; }

}  // namespace

std::optional<double> comparable_number(std::string_view literal) {
  double value = 0;
  const auto [end, error] = std::from_chars(literal.data(), literal.data() + literal.size(), value);
  if (error == std::errc() && is_short(literal)) return value + 0.0;
  if (error != std::errc()) value = 0;  // too large, or too small to be anything but zero

  std::array<char, 64> buffer;
  const auto shortest =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
  const Decimal wanted = read_decimal({buffer.data(), static_cast<std::size_t>(shortest.ptr - buffer.data())});
  if (read_decimal(literal) != wanted) return std::nullopt;
  return value + 0.0;
}

}  // namespace waybill::pattern
