// ASCII classes that no locale changes.
#pragma once

namespace waybill {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
// Precondition: is_hex(c).
constexpr unsigned hex_digit(char c) {
  return is_digit(c) ? unsigned(c - '0') : (unsigned(c) | 0x20u) - unsigned('a') + 10;
}

}  // namespace waybill
