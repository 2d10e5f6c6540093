#include "base/random.h"

#include <array>

namespace waybill {

namespace {

__extension__ using unsigned_128 = unsigned __int128;

std::string format_uuid(std::uint64_t high, std::uint64_t low) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text(36, '-');
  std::size_t at = 0;
  for (int nibble = 0; nibble < 32; ++nibble) {
    if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) ++at;
    const std::uint64_t half = nibble < 16 ? high : low;
    text[at++] = kDigits[(half >> (60 - 4 * (nibble % 16))) & 0xF];
  }
  return text;
}

std::uint64_t with_variant(std::uint64_t low) { return (low & 0x3FFFFFFFFFFFFFFFULL) | 0x8000000000000000ULL; }

}  // namespace

std::uint64_t Random::below(std::uint64_t bound) {
  if (bound == 0) return 0;
  // Multiply-shift: a bias below 2^-32 for the ranges used here (milliseconds).
  return static_cast<std::uint64_t>((static_cast<unsigned_128>(next()) * bound) >> 64);
}

std::uint64_t SystemRandom::next() {
  thread_local std::mt19937_64 engine = [] {
    std::random_device device;
    std::array<std::uint32_t, 8> words;
    for (auto& word : words) word = device();
    std::seed_seq seed(words.begin(), words.end());
    return std::mt19937_64(seed);
  }();
  return engine();
}

std::uint64_t SeededRandom::next() {
  const std::lock_guard lock(mutex_);
  return engine_();
}

std::string uuid_v4(Random& random) {
  const std::uint64_t high = (random.next() & 0xFFFFFFFFFFFF0FFFULL) | 0x4000ULL;
  return format_uuid(high, with_variant(random.next()));
}

std::string uuid_v7(WallTime now, Random& random) {
  const auto millis = static_cast<std::uint64_t>(to_millis(now));
  const std::uint64_t high = (millis << 16) | 0x7000ULL | (random.next() & 0x0FFFULL);
  return format_uuid(high, with_variant(random.next()));
}

std::string uuid_from(std::uint64_t seed) {
  // splitmix64: every bit of the seed reaches every bit of the result.
  const auto mix = [&seed] {
    std::uint64_t z = (seed += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  };
  const std::uint64_t high = (mix() & 0xFFFFFFFFFFFF0FFFULL) | 0x4000ULL;
  return format_uuid(high, with_variant(mix()));
}

}  // namespace waybill
