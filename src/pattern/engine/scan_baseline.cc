// The event scan with what every processor of its kind has: SSE2 on x86-64, NEON on arm64; and one in plain C++.
#include <bit>
#include <cstring>

#include "pattern/engine/scan_kernels.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace waybill::pattern {

#if defined(__x86_64__) || defined(__aarch64__)
namespace sixteen {

struct Raw {
  std::uint64_t quotes, backslashes, opens, closes, commas;
};

#if defined(__x86_64__)
using Bytes = __m128i;
inline Bytes load(const std::uint8_t* from) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from)); }
inline Bytes with_brace_bit(Bytes bytes) { return _mm_or_si128(bytes, _mm_set1_epi8(0x20)); }
inline std::uint64_t equal_bytes(const Bytes (&bytes)[4], char to) {
  std::uint64_t bits = 0;
  for (int i = 0; i < 4; ++i) {
    const int sixteen = _mm_movemask_epi8(_mm_cmpeq_epi8(bytes[i], _mm_set1_epi8(to)));
    bits |= std::uint64_t{static_cast<std::uint32_t>(sixteen)} << (16 * i);
  }
  return bits;
}
#else
using Bytes = uint8x16_t;
inline Bytes load(const std::uint8_t* from) { return vld1q_u8(from); }
inline Bytes with_brace_bit(Bytes bytes) { return vorrq_u8(bytes, vdupq_n_u8(0x20)); }
inline std::uint64_t equal_bytes(const Bytes (&bytes)[4], char to) {
  // One bit of each byte, added up pair by pair until eight bytes are eight bits.
  const uint8x16_t bit = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const uint8x16_t wanted = vdupq_n_u8(static_cast<std::uint8_t>(to));
  const uint8x16_t low =
      vpaddq_u8(vandq_u8(vceqq_u8(bytes[0], wanted), bit), vandq_u8(vceqq_u8(bytes[1], wanted), bit));
  const uint8x16_t high =
      vpaddq_u8(vandq_u8(vceqq_u8(bytes[2], wanted), bit), vandq_u8(vceqq_u8(bytes[3], wanted), bit));
  const uint8x16_t both = vpaddq_u8(low, high);
  return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(both, both)), 0);
}
#endif

inline Raw look_at(const std::uint8_t* sixty_four) {
  const Bytes bytes[4] = {load(sixty_four), load(sixty_four + 16), load(sixty_four + 32), load(sixty_four + 48)};
  // '[' and '{', and ']' and '}', differ in one bit only.
  const Bytes braces[4] = {with_brace_bit(bytes[0]), with_brace_bit(bytes[1]), with_brace_bit(bytes[2]),
                           with_brace_bit(bytes[3])};
  return {equal_bytes(bytes, '"'), equal_bytes(bytes, '\\'), equal_bytes(braces, '{'), equal_bytes(braces, '}'),
          equal_bytes(bytes, ',')};
}

inline std::uint64_t prefix_xor(std::uint64_t bits) {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

#include "pattern/engine/scan_kernel.inc"

}  // namespace sixteen

#if defined(__x86_64__)
bool scan_sse2(std::string_view event, const PathTree& paths, Scratch& scratch) {
#else
bool scan_neon(std::string_view event, const PathTree& paths, Scratch& scratch) {
#endif
  return sixteen::EventReader(event, paths, scratch).run();
}
#endif

namespace portable {

struct Raw {
  std::uint64_t quotes = 0, backslashes = 0, opens = 0, closes = 0, commas = 0;
};

inline Raw look_at(const std::uint8_t* sixty_four) {
  Raw raw;
  for (int i = 0; i < 64; ++i) {
    const std::uint64_t bit = std::uint64_t{1} << i;
    switch (sixty_four[i]) {
      case '"': raw.quotes |= bit; break;
      case '\\': raw.backslashes |= bit; break;
      case '{':
      case '[': raw.opens |= bit; break;
      case '}':
      case ']': raw.closes |= bit; break;
      case ',': raw.commas |= bit; break;
      default: break;
    }
  }
  return raw;
}

inline std::uint64_t prefix_xor(std::uint64_t bits) {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

#include "pattern/engine/scan_kernel.inc"

}  // namespace portable

bool scan_portable(std::string_view event, const PathTree& paths, Scratch& scratch) {
  return portable::EventReader(event, paths, scratch).run();
}

}  // namespace waybill::pattern
