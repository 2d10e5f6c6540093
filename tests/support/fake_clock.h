// Clocks that stand still until a test moves them.
#pragma once

#include <atomic>

#include "base/clock.h"

namespace waybill::testing {

// Thread-safe.
class FakeWallClock final : public WallClock {
 public:
  explicit FakeWallClock(WallTime start = from_millis(1'700'000'000'000)) : millis_(to_millis(start)) {}
  WallTime now() const override { return from_millis(millis_.load()); }
  void advance(Millis by) { millis_ += by.count(); }
  void set(WallTime time) { millis_ = to_millis(time); }

 private:
  std::atomic<std::int64_t> millis_;
};

// Thread-safe.
class FakeSteadyClock final : public SteadyClock {
 public:
  SteadyTime now() const override { return SteadyTime{std::chrono::nanoseconds{nanos_.load()}}; }
  void advance(std::chrono::nanoseconds by) { nanos_ += by.count(); }

 private:
  std::atomic<std::int64_t> nanos_{1'000'000'000'000};
};

}  // namespace waybill::testing
