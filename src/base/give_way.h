// For loops of work that nobody waits for, between their steps. Whoever is woken while such a loop runs gets no
// processor before the loop's slice of the scheduler is over, which is some milliseconds; where processors are scarce,
// that was most of what clients waited at the 99th percentile (docs/performance.md).
#pragma once

#include "base/clock.h"

namespace waybill {

// Not thread-safe: a local of the loop.
class GiveWay {
 public:
  // Long enough that a loop which is alone loses nothing that could be measured.
  static constexpr std::chrono::microseconds kAtOnce{50};

  explicit GiveWay(const SteadyClock& clock, void (*yield)() = yield_processor);
  // After kAtOnce without it: others that want the processor have their turn.
  void after_step();

 private:
  static void yield_processor();

  const SteadyClock& clock_;
  void (*const yield_)();
  SteadyTime since_;
};

}  // namespace waybill
