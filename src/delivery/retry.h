// When a failed delivery is tried again, and when it is given up. Pure.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "model/topology.h"

namespace waybill::delivery {

// Exponential backoff with full jitter: the wait before retry n (from 1) is uniform in [0, min(cap, base * 2^(n-1))].
struct Backoff {
  Millis base{1'000};
  Millis cap{900'000};
};

enum class FailureClass {
  retriable,  // may pass: the handler failed, a timeout, throttling, 5xx
  permanent,  // will not: no such target, no permission, bad request (contract section 9)
};

struct RetryDecision {
  std::optional<WallTime> retry_at;  // empty: give up
  // Why retries ended: MaximumRetryAttempts | MaximumEventAgeInSeconds; "" for a permanent failure.
  std::string exhausted_condition;
};

// `attempts` counts the failed one. The wait is at least `minimum`. A retry that would come after the event's maximum
// age is made at that age.
RetryDecision decide(const RetryPolicy& policy, const Backoff& backoff, FailureClass failure, int attempts,
                     WallTime ingested_at, WallTime now, Random& random, Millis minimum = Millis{0});

}  // namespace waybill::delivery
