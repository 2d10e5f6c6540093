// A wall clock that stands still until it is told to go on, and never goes back.
#pragma once

#include <algorithm>
#include <atomic>

#include "base/clock.h"

namespace waybill {

// Thread-safe. Begins at the Unix epoch: whoever owns it sets the first time before anybody else reads it.
class VirtualClock final : public WallClock {
 public:
  WallTime now() const override { return from_millis(millis_.load()); }
  // No effect when that time has passed.
  void advance_to(WallTime time) {
    std::int64_t shown = millis_.load();
    while (shown < to_millis(time) && !millis_.compare_exchange_weak(shown, to_millis(time))) {
    }
  }

 private:
  std::atomic<std::int64_t> millis_{0};
};

// Shows how a wall clock goes to what counts in steady time; for rates that shall follow a virtual clock.
class WallDrivenSteadyClock final : public SteadyClock {
 public:
  explicit WallDrivenSteadyClock(const WallClock& wall) : wall_(wall) {}
  SteadyTime now() const override { return SteadyTime{wall_.now().time_since_epoch()}; }

 private:
  const WallClock& wall_;
};

}  // namespace waybill
