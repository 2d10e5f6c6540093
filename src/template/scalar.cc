#include "template/scalar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>

namespace waybill::templates {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// YAML 1.1 takes a word in lower case, in capitals, and with a capital first letter.
bool is_word(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  bool rest_lower = true;
  bool rest_upper = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char upper = static_cast<char>(lower[i] - 'a' + 'A');
    if (text[i] != lower[i] && text[i] != upper) return false;
    if (i == 0) continue;
    rest_lower = rest_lower && text[i] == lower[i];
    rest_upper = rest_upper && text[i] == upper;
  }
  if (rest_lower) return true;
  return rest_upper && text[0] != lower[0];
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return is_word(text, word); });
}

struct NumberShape {
  bool number = false;
  bool integer = false;
};

// Digits without a leading zero, then perhaps a fraction and an exponent.
NumberShape shape_of(std::string_view text) {
  std::size_t i = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  const std::size_t first = i;
  while (i < text.size() && is_digit(text[i])) ++i;
  const std::size_t whole = i - first;
  if (whole > 1 && text[first] == '0') return {};
  if (i == text.size()) return {whole > 0, true};
  std::size_t fraction = 0;
  if (text[i] == '.') {
    for (++i; i < text.size() && is_digit(text[i]); ++i) ++fraction;
  }
  if (whole + fraction == 0) return {};
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    const std::size_t exponent = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    if (i == exponent) return {};
  }
  return {i == text.size(), false};
}

}  // namespace

Json plain_scalar(std::string_view text) {
  if (text.empty() || text == "~" || is_word(text, "null")) return nullptr;
  if (is_one_of(text, {"true", "yes", "on"})) return true;
  if (is_one_of(text, {"false", "no", "off"})) return false;
  const NumberShape shape = shape_of(text);
  if (!shape.number) return std::string(text);
  const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  if (shape.integer) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    // Larger than 64 bits: as text nothing of it is lost.
    return error == std::errc() ? Json(value) : Json(std::string(text));
  }
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() ? Json(value) : Json(std::string(text));
}

}  // namespace waybill::templates
