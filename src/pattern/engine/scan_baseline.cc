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

#if defined(__x86_64__)
using Sixteen = __m128i;
inline Sixteen load_sixteen(const std::uint8_t* from) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}
inline Sixteen with_brace_bit(Sixteen bytes) { return _mm_or_si128(bytes, _mm_set1_epi8(0x20)); }
#else
using Sixteen = uint8x16_t;
inline Sixteen load_sixteen(const std::uint8_t* from) { return vld1q_u8(from); }
inline Sixteen with_brace_bit(Sixteen bytes) { return vorrq_u8(bytes, vdupq_n_u8(0x20)); }
#endif

struct Block {
  Sixteen parts[4];
};

inline Block block_at(const std::uint8_t* from) {
  return {{load_sixteen(from), load_sixteen(from + 16), load_sixteen(from + 32), load_sixteen(from + 48)}};
}
inline Block block_at_end(const std::uint8_t* text, std::size_t size) {
  alignas(16) std::uint8_t padded[64] = {};
  std::memcpy(padded, text, size);
  return block_at(padded);
}
inline Block with_brace_bit(const Block& block) {
  return {{with_brace_bit(block.parts[0]), with_brace_bit(block.parts[1]), with_brace_bit(block.parts[2]),
           with_brace_bit(block.parts[3])}};
}

#if defined(__x86_64__)
inline std::uint64_t equal_bytes(const Block& block, char to) {
  const __m128i wanted = _mm_set1_epi8(to);
  std::uint64_t bits = 0;
  for (int i = 0; i < 4; ++i) {
    const int sixteen = _mm_movemask_epi8(_mm_cmpeq_epi8(block.parts[i], wanted));
    bits |= std::uint64_t{static_cast<std::uint32_t>(sixteen)} << (16 * i);
  }
  return bits;
}
#else
inline std::uint64_t equal_bytes(const Block& block, char to) {
  // One bit of each byte, added up pair by pair until eight bytes are eight bits.
  const uint8x16_t bit = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const uint8x16_t wanted = vdupq_n_u8(static_cast<std::uint8_t>(to));
  const auto marked = [&](int part) { return vandq_u8(vceqq_u8(block.parts[part], wanted), bit); };
  const uint8x16_t both = vpaddq_u8(vpaddq_u8(marked(0), marked(1)), vpaddq_u8(marked(2), marked(3)));
  return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(both, both)), 0);
}
#endif

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

// Eight bytes of the text in each word.
struct Block {
  std::uint64_t words[8];
};

inline Block block_at(const std::uint8_t* sixty_four) {
  Block block;
  std::memcpy(block.words, sixty_four, sizeof block.words);
  return block;
}
inline Block block_at_end(const std::uint8_t* text, std::size_t size) {
  Block block = {};
  std::memcpy(block.words, text, size);
  return block;
}
inline std::uint64_t equal_bytes(const Block& block, char to) {
  constexpr std::uint64_t kLow = 0x0101010101010101ULL;
  constexpr std::uint64_t kSeven = 0x7F7F7F7F7F7F7F7FULL;
  std::uint64_t bits = 0;
  for (int i = 0; i < 8; ++i) {
    const std::uint64_t differing = block.words[i] ^ (kLow * static_cast<unsigned char>(to));
    // The high bit of each byte that is zero.
    std::uint64_t equal = ~(((differing & kSeven) + kSeven) | differing | kSeven);
    if constexpr (std::endian::native == std::endian::big) equal = __builtin_bswap64(equal);
    // Brings the eight bits together: no two partial products meet.
    bits |= (((equal >> 7) * 0x0102040810204080ULL) >> 56) << (8 * i);
  }
  return bits;
}
inline Block with_brace_bit(const Block& block) {
  Block result;
  for (int i = 0; i < 8; ++i) result.words[i] = block.words[i] | 0x2020202020202020ULL;
  return result;
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
