#include "pattern/number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace waybill::pattern {
namespace {

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

// A literal as 0.digits x 10^exponent, where the digits are looked at one after the other: without leading and
// trailing zeros, and without the dot. Zero has none. The sign is left out.
class Decimal {
 public:
  explicit Decimal(std::string_view literal) {
    if (literal.starts_with('-')) literal.remove_prefix(1);
    if (const auto e = literal.find_first_of("eE"); e != std::string_view::npos) {
      exponent_ = read_exponent(literal.substr(e + 1));
      literal = literal.substr(0, e);
    }
    const std::size_t dot = std::min(literal.find('.'), literal.size());
    const std::size_t first = std::min(literal.find_first_not_of("0."), literal.size());
    if (first == literal.size()) {
      exponent_ = 0;
      return;
    }
    const auto to_point = static_cast<std::int64_t>(dot) - static_cast<std::int64_t>(first);
    exponent_ += first < dot ? to_point : to_point + 1;
    digits_ = literal.substr(first, literal.find_last_not_of("0.") + 1 - first);
  }

  bool operator==(const Decimal& other) const {
    if (exponent_ != other.exponent_) return false;
    std::size_t here = 0;
    std::size_t there = 0;
    for (;;) {
      if (here < digits_.size() && digits_[here] == '.') ++here;
      if (there < other.digits_.size() && other.digits_[there] == '.') ++there;
      if (here == digits_.size() || there == other.digits_.size()) break;
      if (digits_[here++] != other.digits_[there++]) return false;
    }
    return here == digits_.size() && there == other.digits_.size();
  }

 private:
  std::string_view digits_;
  std::int64_t exponent_ = 0;
};

// Up to 15 digits and no exponent: every such decimal comes back from its double unchanged.
bool is_short(std::string_view literal) { return literal.size() <= 15 && literal.find_first_of("eE") == literal.npos; }

}  // namespace

bool is_shortest_decimal(std::string_view literal, double value) {
  if (is_short(literal)) return true;
  std::array<char, 64> buffer;
  const auto shortest = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  if (shortest.ec != std::errc()) return false;
  const std::string_view text(buffer.data(), static_cast<std::size_t>(shortest.ptr - buffer.data()));
  return literal == text || Decimal(literal) == Decimal(text);
}

std::optional<double> comparable_number(std::string_view literal) {
  double value = 0;
  const auto [end, error] = std::from_chars(literal.data(), literal.data() + literal.size(), value);
  if (error != std::errc()) {
    // Too large, or too small to be anything but zero: only what has no digits is that.
    return Decimal(literal) == Decimal("0") ? std::optional<double>(0.0) : std::nullopt;
  }
  if (!is_shortest_decimal(literal, value)) return std::nullopt;
  return value + 0.0;
}

}  // namespace waybill::pattern
