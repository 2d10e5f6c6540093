#include "base/give_way.h"

#include <thread>

namespace waybill {

GiveWay::GiveWay(const SteadyClock& clock, void (*yield)()) : clock_(clock), yield_(yield), since_(clock.now()) {}

void GiveWay::after_step() {
  if (clock_.now() - since_ < kAtOnce) return;
  yield_();
  since_ = clock_.now();
}

void GiveWay::yield_processor() { std::this_thread::yield(); }

}  // namespace waybill
