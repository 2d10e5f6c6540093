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

using Block = __m512i;

inline Block block_at(const std::uint8_t* sixty_four) { return _mm512_loadu_si512(sixty_four); }
inline Block block_at_end(const std::uint8_t* text, std::size_t size) {
  return _mm512_maskz_loadu_epi8((std::uint64_t{1} << size) - 1, text);
}
inline std::uint64_t equal_bytes(Block block, char to) {
  std::uint64_t bits = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(to));
  // Else the compiler folds a later `& ~strings` into the comparison, which then waits for the strings.
  asm("" : "+r"(bits));
  return bits;
}
inline Block with_brace_bit(Block block) { return _mm512_or_si512(block, _mm512_set1_epi8(0x20)); }

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
