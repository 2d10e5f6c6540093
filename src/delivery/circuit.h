// Whether a target as a whole is answering. After some failures in a row that say it is not (down()), its circuit
// opens: nothing is attempted but one probe at a time, with growing waits between them, until one is answered. A target
// that names a delay (Retry-After) is left alone for that long, open or not. Pure; times are wall times, like due
// times.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"

namespace waybill::delivery {

struct CircuitPolicy {
  int failures = 5;    // in a row; 0: circuits never open
  Millis wait{1'000};  // before the first probe, doubled for each further one
  Millis cap{60'000};
};

// Owner/Thread: the dispatcher, under its lock.
class Circuit {
 public:
  enum class Change { none, opened, closed };

  bool is_open() const { return open_; }
  // Whether an attempt may begin now.
  bool admits(WallTime now) const { return !held(now) && !(open_ && probing_); }
  // While nothing may begin before a known time: that time.
  std::optional<WallTime> held_until(WallTime now) const { return held(now) ? std::optional(until_) : std::nullopt; }

  // An attempt begins. True when it is the probe of an open circuit; then one of the calls below says so when it ended.
  // REQUIRES: admits().
  bool begin();
  // It ended without telling anything of the target.
  void skipped(bool probe);
  // The target did something with it, be it a refusal.
  Change answered(bool probe);
  // The target is down. `wait`: the delay it asked for itself, 0 for none.
  Change down(bool probe, const CircuitPolicy& policy, WallTime now, Millis wait, std::string code,
              std::string message);

  // What the latest failure of the target was.
  const std::string& error_code() const { return code_; }
  const std::string& error_message() const { return message_; }

 private:
  bool held(WallTime now) const { return now < until_; }

  bool open_ = false;
  bool probing_ = false;
  int in_row_ = 0;  // failures since the latest answer
  int probes_ = 0;  // that failed since it opened
  WallTime until_ = WallTime::min();
  std::string code_, message_;
};

}  // namespace waybill::delivery
