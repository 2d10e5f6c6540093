#include "template/fingerprint.h"

#include <cstdint>

namespace waybill::templates {

namespace {

// FNV-1a, 64 bits.
std::uint64_t mix(std::uint64_t hash, std::string_view bytes) {
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001B3ull;
  }
  return hash;
}

void append_hex(std::uint64_t value, std::string& out) {
  for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[(value >> shift) & 15u];
}

}  // namespace

std::string fingerprint_of(const std::vector<std::string_view>& parts) {
  std::uint64_t first = 0xCBF29CE484222325ull;
  std::uint64_t second = 0x9E3779B97F4A7C15ull;
  for (const std::string_view part : parts) {
    // The length keeps {"ab", "c"} and {"a", "bc"} apart.
    const std::string length = std::to_string(part.size()) + ":";
    first = mix(mix(first, length), part);
    second = mix(mix(second, part), length);
  }
  std::string text;
  append_hex(first, text);
  append_hex(second, text);
  return text;
}

std::string stable_uuid(const std::vector<std::string_view>& parts) {
  std::string text = fingerprint_of(parts);
  for (const std::size_t at : {20u, 16u, 12u, 8u}) text.insert(at, 1, '-');
  return text;
}

}  // namespace waybill::templates
