// When the next append to the ingress log may begin. While the disk is quick, one append after the other, each of two
// or three units, would take more of the processor (and of the disk) than the requests themselves; so whoever had
// company last time waits a little for more. Whoever is alone does not: a single client never waits. Pure.
#pragma once

#include <algorithm>
#include <cstddef>

#include "base/clock.h"

namespace waybill::store {

class AppendPace {
 public:
  // So many are company enough.
  static constexpr std::size_t kCompany = 6;
  // Twice what the last append took, but never more than this after that one began; where a sync takes longer, those
  // that come meanwhile are company enough.
  static constexpr std::chrono::microseconds kAtMost{200};

  void appended(SteadyTime began, SteadyTime ended, std::size_t units) {
    const auto pause = std::min<SteadyTime::duration>(2 * (ended - began), kAtMost);
    due_ = units > 1 ? began + pause : SteadyTime{};
  }
  // With kCompany or more waiting, at once.
  SteadyTime due() const { return due_; }

 private:
  SteadyTime due_{};
};

}  // namespace waybill::store
