#include "delivery/retry.h"

#include <doctest/doctest.h>

using namespace waybill;
using namespace waybill::delivery;

namespace {

const WallTime kStart = from_millis(1'700'000'000'000);
const Backoff kBackoff{Millis{1000}, Millis{60'000}};

RetryDecision after(int attempts, const RetryPolicy& policy = {}, Millis age = Millis{0},
                    FailureClass failure = FailureClass::retriable) {
  SeededRandom random(static_cast<std::uint64_t>(attempts));
  return decide(policy, kBackoff, failure, attempts, kStart, kStart + age, random);
}

}  // namespace

TEST_CASE("a policy of two retries means three attempts") {
  const RetryPolicy policy{2, std::chrono::seconds{3600}};
  CHECK(after(1, policy).retry_at);
  CHECK(after(2, policy).retry_at);
  CHECK_FALSE(after(3, policy).retry_at);
  CHECK(after(3, policy).exhausted_condition == "MaximumRetryAttempts");
}

TEST_CASE("no retries means one attempt") { CHECK_FALSE(after(1, {0, std::chrono::seconds{60}}).retry_at); }

TEST_CASE("where nothing is set there are 185 retries within 24 hours") {
  CHECK(after(185).retry_at);
  CHECK_FALSE(after(186).retry_at);
  CHECK(after(1, {}, std::chrono::hours{24}).exhausted_condition == "MaximumEventAgeInSeconds");
}

TEST_CASE("a permanent failure is not retried and exhausts nothing") {
  const auto decision = after(1, {}, Millis{0}, FailureClass::permanent);
  CHECK_FALSE(decision.retry_at);
  CHECK(decision.exhausted_condition.empty());
}

TEST_CASE("the wait is uniform below a bound that doubles up to the cap") {
  SeededRandom random(42);
  for (int attempts = 1; attempts <= 40; ++attempts) {
    const std::int64_t bound = attempts > 6 ? 60'000 : std::min<std::int64_t>(60'000, 1000LL << (attempts - 1));
    std::int64_t longest = 0;
    for (int i = 0; i < 200; ++i) {
      const auto decision = decide(RetryPolicy{}, kBackoff, FailureClass::retriable, attempts, kStart, kStart, random);
      const auto wait = (*decision.retry_at - kStart).count();
      CHECK(wait >= 0);
      CHECK(wait <= bound);
      longest = std::max(longest, wait);
    }
    CHECK(longest > bound / 2);
  }
}

TEST_CASE("a retry never comes after the maximum age: the last one is made at it") {
  const RetryPolicy policy{185, std::chrono::seconds{60}};
  for (int attempts = 1; attempts < 30; ++attempts) {
    const auto decision = after(attempts, policy, std::chrono::seconds{59});
    CHECK(*decision.retry_at <= kStart + std::chrono::seconds{60});
  }
}

TEST_CASE("the wait is at least what the target asked for, but ends at the event's maximum age") {
  SeededRandom random(1);
  const RetryPolicy policy{185, std::chrono::seconds{3600}};
  const auto at = [&](Millis minimum) {
    return decide(policy, kBackoff, FailureClass::retriable, 1, kStart, kStart, random, minimum).retry_at.value();
  };
  CHECK(at(std::chrono::seconds{120}) == kStart + std::chrono::seconds{120});
  CHECK(at(std::chrono::hours{2}) == kStart + std::chrono::hours{1});
}

TEST_CASE("with a policy's own phases the waits are those, without jitter, and a target may ask for longer ones") {
  SeededRandom random(1);
  RetryPolicy policy{2, std::chrono::hours{24}};
  policy.phases = RetryPhases{.retries = 2, .no_delay = 1};
  const auto at = [&](int attempts, Millis minimum) {
    return decide(policy, kBackoff, FailureClass::retriable, attempts, kStart, kStart, random, minimum).retry_at;
  };
  CHECK(at(1, Millis{0}) == kStart);
  CHECK(at(2, Millis{0}) == kStart + std::chrono::seconds{20});
  CHECK(at(2, std::chrono::seconds{60}) == kStart + std::chrono::seconds{60});
  CHECK_FALSE(at(3, Millis{0}).has_value());
}
