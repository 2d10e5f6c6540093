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

struct Raw {
  std::uint64_t quotes, backslashes, opens, closes, commas;
};

inline std::uint64_t equal_bytes(__m256i low, __m256i high, char to) {
  const __m256i wanted = _mm256_set1_epi8(to);
  const auto low_bits = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted)));
  const auto high_bits = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted)));
  return low_bits | std::uint64_t{high_bits} << 32;
}

inline Raw look_at(const std::uint8_t* sixty_four) {
  const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sixty_four));
  const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sixty_four + 32));
  // '[' and '{', and ']' and '}', differ in this bit only.
  const __m256i brace = _mm256_set1_epi8(0x20);
  const __m256i low_braces = _mm256_or_si256(low, brace);
  const __m256i high_braces = _mm256_or_si256(high, brace);
  return {equal_bytes(low, high, '"'), equal_bytes(low, high, '\\'), equal_bytes(low_braces, high_braces, '{'),
          equal_bytes(low_braces, high_braces, '}'), equal_bytes(low, high, ',')};
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
