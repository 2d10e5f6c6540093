// Hashes of short texts: two loads and a multiplication for up to 16 bytes, which names and values seldom exceed.
// They say what may be equal; whoever asks compares.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace waybill::pattern {

inline constexpr std::uint64_t kHashOdd1 = 0x9E3779B97F4A7C15ULL;
inline constexpr std::uint64_t kHashOdd2 = 0xD6E8FEB86659FD93ULL;

// Both halves of the product: every bit of either side reaches every bit of the result.
inline std::uint64_t mix(std::uint64_t left, std::uint64_t right) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(left) * right;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// Bytes as a number, the first the lowest.
inline std::uint64_t eight_bytes(const char* from) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

inline std::uint64_t four_bytes(const char* from) {
  std::uint32_t word = 0;
  std::memcpy(&word, from, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap32(word);
  return word;
}

// The first eight bytes of a text, and of a longer one the last eight, else zeros: all of a text of up to sixteen.
struct TextEnds {
  std::uint64_t front = 0;
  std::uint64_t back = 0;

  bool operator==(const TextEnds&) const = default;
};

inline TextEnds ends_of(const char* text, std::size_t length) {
  if (length > 8) return {eight_bytes(text), eight_bytes(text + length - 8)};
  if (length == 8) return {eight_bytes(text), 0};
  const auto byte = [text](std::size_t at) {
    return static_cast<std::uint64_t>(static_cast<unsigned char>(text[at])) << (8 * at);
  };
  std::uint64_t front = 0;
  if (length >= 4) {
    front = four_bytes(text) | four_bytes(text + length - 4) << (8 * (length - 4));
  } else if (length > 0) {
    front = byte(0) | byte(length / 2) | byte(length - 1);
  }
  return {front, 0};
}

// The same without a branch, which for texts of changing lengths would be guessed wrong. REQUIRES: eight bytes may be
// read at `text`.
inline TextEnds ends_of_readable(const char* text, std::size_t length) {
  const std::size_t over = length > 8 ? length - 8 : 0;
  const std::uint64_t behind_front = length < 8 ? std::uint64_t{1} << (8 * length) : 0;
  const std::uint64_t has_back = over != 0 ? ~std::uint64_t{0} : 0;
  return {eight_bytes(text) & (behind_front - 1), eight_bytes(text + over) & has_back};
}

inline std::uint64_t hash_ends(TextEnds ends, std::size_t length) {
  return mix(ends.front ^ (length * kHashOdd1), ends.back ^ kHashOdd2);
}

// Takes what lies between the ends into the hash of a longer text.
inline std::uint64_t hash_middle(std::uint64_t hash, const char* text, std::size_t length) {
  for (std::size_t at = 8; at + 8 < length; at += 8) hash = mix(hash ^ eight_bytes(text + at), kHashOdd1);
  return hash;
}

inline std::uint64_t hash_text(const char* text, std::size_t length) {
  const std::uint64_t hash = hash_ends(ends_of(text, length), length);
  return length <= 16 ? hash : hash_middle(hash, text, length);
}

// Are the texts, both of this length, the same? For short ones without a call.
inline bool same_text(const char* left, const char* right, std::size_t length) {
  if (length > 16) return std::memcmp(left, right, length) == 0;
  return ends_of(left, length) == ends_of(right, length);
}

}  // namespace waybill::pattern
