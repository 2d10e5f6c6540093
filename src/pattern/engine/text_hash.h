// Hashes of short texts: two loads and a multiplication for up to 16 bytes, which names and values seldom exceed.
// They say what may be equal; whoever asks compares.
#pragma once

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

// The bytes of a text of up to 16, for some of them twice; of a longer one its ends.
struct TextEnds {
  std::uint64_t front = 0;
  std::uint64_t back = 0;
};

inline TextEnds ends_of(const char* text, std::size_t length) {
  TextEnds ends;
  if (length >= 8) {
    std::memcpy(&ends.front, text, 8);
    std::memcpy(&ends.back, text + length - 8, 8);
  } else if (length >= 4) {
    std::uint32_t front = 0;
    std::uint32_t back = 0;
    std::memcpy(&front, text, 4);
    std::memcpy(&back, text + length - 4, 4);
    ends = {front, back};
  } else if (length > 0) {
    const auto byte = [text](std::size_t at) {
      return static_cast<std::uint64_t>(static_cast<unsigned char>(text[at]));
    };
    ends.front = byte(0) | byte(length / 2) << 8 | byte(length - 1) << 16;
  }
  return ends;
}

inline std::uint64_t hash_ends(TextEnds ends, std::size_t length) {
  return mix(ends.front ^ (length * kHashOdd1), ends.back ^ kHashOdd2);
}

inline std::uint64_t hash_text(const char* text, std::size_t length) {
  std::uint64_t hash = hash_ends(ends_of(text, length), length);
  for (std::size_t at = 8; at + 8 < length; at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text + at, 8);
    hash = mix(hash ^ word, kHashOdd1);
  }
  return hash;
}

// Are the texts, both of this length, the same? For short ones without a call.
inline bool same_text(const char* left, const char* right, std::size_t length) {
  if (length > 16) return std::memcmp(left, right, length) == 0;
  const TextEnds one = ends_of(left, length);
  const TextEnds other = ends_of(right, length);
  return one.front == other.front && one.back == other.back;
}

}  // namespace waybill::pattern
