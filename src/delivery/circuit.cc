#include "delivery/circuit.h"

#include <algorithm>
#include <utility>

namespace waybill::delivery {

bool Circuit::begin() {
  probing_ = open_;
  return probing_;
}

void Circuit::skipped(bool probe) {
  if (probe) probing_ = false;
}

Circuit::Change Circuit::answered(bool probe) {
  skipped(probe);
  in_row_ = 0;
  probes_ = 0;
  if (!std::exchange(open_, false)) return Change::none;
  probing_ = false;
  until_ = WallTime::min();
  return Change::closed;
}

Circuit::Change Circuit::down(bool probe, const CircuitPolicy& policy, WallTime now, Millis wait, std::string code,
                              std::string message) {
  skipped(probe);
  code_ = std::move(code);
  message_ = std::move(message);
  if (wait > Millis{0}) until_ = std::max(until_, now + wait);
  ++in_row_;
  const bool opens = !open_ && policy.failures > 0 && in_row_ >= policy.failures;
  // Attempts that began before it opened fail one after the other; they do not make the next probe later.
  if (!opens && !(open_ && probe)) return Change::none;
  if (open_) ++probes_;
  open_ = true;
  const Millis grown{policy.wait.count() << std::min(probes_, 30)};
  until_ = std::max(until_, now + std::clamp(grown, Millis{1}, std::max(policy.cap, Millis{1})));
  return opens ? Change::opened : Change::none;
}

}  // namespace waybill::delivery
