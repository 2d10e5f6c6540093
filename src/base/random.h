// Randomness is injected: ids and retry jitter come from here, so that a test can seed them.
#pragma once

#include <cstdint>
#include <mutex>
#include <random>
#include <string>

#include "base/clock.h"

namespace waybill {

// Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  // 64 uniform bits.
  virtual std::uint64_t next() = 0;
  // Uniform in [0, bound); 0 when bound is 0.
  std::uint64_t below(std::uint64_t bound);
};

// One generator per thread, seeded by the operating system. Not for secrets.
class SystemRandom final : public Random {
 public:
  std::uint64_t next() override;
};

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() override;

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;  // guarded by mutex_
};

// Lower-case UUID, version 4.
std::string uuid_v4(Random& random);
// Lower-case UUID, version 7 (RFC 9562): sorts by creation time, so rows keyed by it are appended, not scattered.
std::string uuid_v7(WallTime now, Random& random);

// A version 4 UUID that is always the same for the same seed.
std::string uuid_from(std::uint64_t seed);

}  // namespace waybill
