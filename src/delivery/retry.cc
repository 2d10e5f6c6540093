#include "delivery/retry.h"

#include <algorithm>

namespace waybill::delivery {

namespace {

Millis ceiling(const Backoff& backoff, int attempts) {
  const int doublings = std::min(attempts - 1, 32);
  const std::int64_t grown = backoff.base.count() << std::max(doublings, 0);
  return std::min(Millis{grown}, backoff.cap);
}

}  // namespace

RetryDecision decide(const RetryPolicy& policy, const Backoff& backoff, FailureClass failure, int attempts,
                     WallTime ingested_at, WallTime now, Random& random, Millis minimum) {
  if (failure == FailureClass::permanent) return {std::nullopt, ""};
  if (attempts > policy.max_retries) return {std::nullopt, "MaximumRetryAttempts"};
  const WallTime too_old = ingested_at + policy.max_age;
  if (now >= too_old) return {std::nullopt, "MaximumEventAgeInSeconds"};
  if (policy.phases && attempts <= policy.phases->retries) {
    return {std::min(now + std::max(policy.phases->delay_before(attempts), minimum), too_old), ""};
  }
  const auto bound = static_cast<std::uint64_t>(ceiling(backoff, attempts).count());
  const Millis wait{static_cast<std::int64_t>(random.below(bound + 1))};
  return {std::min(now + std::max(wait, minimum), too_old), ""};
}

}  // namespace waybill::delivery
