// The event scan with AVX2: 64 bytes are two registers.
#include "pattern/engine/scan_kernels.h"

#if defined(__x86_64__)
#include <bit>
#include <cstring>
#include <immintrin.h>

#pragma GCC push_options
#pragma GCC target("avx2,pclmul,bmi,bmi2,popcnt,lzcnt")

namespace waybill::pattern {
namespace avx2 {

struct Block {
  __m256i low, high;
};

inline Block block_at(const std::uint8_t* sixty_four) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(sixty_four)),
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sixty_four + 32))};
}
inline Block block_at_end(const std::uint8_t* text, std::size_t size) {
  alignas(32) std::uint8_t padded[64] = {};
  std::memcpy(padded, text, size);
  return block_at(padded);
}
inline std::uint64_t equal_bytes(const Block& block, char to) {
  const __m256i wanted = _mm256_set1_epi8(to);
  const auto low = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(block.low, wanted)));
  const auto high = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(block.high, wanted)));
  return low | std::uint64_t{high} << 32;
}
inline Block with_brace_bit(const Block& block) {
  const __m256i brace = _mm256_set1_epi8(0x20);
  return {_mm256_or_si256(block.low, brace), _mm256_or_si256(block.high, brace)};
}

inline std::uint64_t prefix_xor(std::uint64_t bits) {
  const __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<long long>(bits)), _mm_set1_epi8(-1), 0);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

#include "pattern/engine/scan_kernel.inc"

}  // namespace avx2

bool scan_avx2(std::string_view event, const PathTree& paths, Scratch& scratch) {
  return avx2::EventReader(event, paths, scratch).run();
}

}  // namespace waybill::pattern

#pragma GCC pop_options
#endif
