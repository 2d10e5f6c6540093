// The event scan with AVX-512: 64 bytes are one register, comparisons give their bits at once.
#include "pattern/engine/scan_kernels.h"

#if defined(__x86_64__)
#include <bit>
#include <cstring>
#include <immintrin.h>

#pragma GCC push_options
#pragma GCC target("avx512bw,avx512vl,avx512f,avx2,pclmul,bmi,bmi2,popcnt,lzcnt")

namespace waybill::pattern {
namespace avx512 {

struct Raw {
  std::uint64_t quotes, backslashes, opens, closes, commas;
};

inline Raw look_at(const std::uint8_t* sixty_four) {
  const __m512i bytes = _mm512_loadu_si512(sixty_four);
  // '[' and '{', and ']' and '}', differ in this bit only.
  const __m512i braces = _mm512_or_si512(bytes, _mm512_set1_epi8(0x20));
  return {_mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')), _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\')),
          _mm512_cmpeq_epi8_mask(braces, _mm512_set1_epi8('{')), _mm512_cmpeq_epi8_mask(braces, _mm512_set1_epi8('}')),
          _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(','))};
}

inline std::uint64_t prefix_xor(std::uint64_t bits) {
  const __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<long long>(bits)), _mm_set1_epi8(-1), 0);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

#include "pattern/engine/scan_kernel.inc"

}  // namespace avx512

bool scan_avx512(std::string_view event, const PathTree& paths, Scratch& scratch) {
  return avx512::EventReader(event, paths, scratch).run();
}

}  // namespace waybill::pattern

#pragma GCC pop_options
#endif
