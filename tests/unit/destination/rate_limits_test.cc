#include "destination/rate_limits.h"

#include <doctest/doctest.h>

using namespace waybill;
using destination::RateLimits;

namespace {

const SteadyTime kStart{std::chrono::hours{1}};

}  // namespace

TEST_CASE("one second's worth may go at once, then calls are spaced out") {
  RateLimits limits;
  for (int i = 0; i < 10; ++i) CHECK(limits.take("a", 10, kStart) == Millis{0});
  CHECK(limits.take("a", 10, kStart) == Millis{100});
  CHECK(limits.take("a", 10, kStart + Millis{99}) == Millis{1});
  CHECK(limits.take("a", 10, kStart + Millis{100}) == Millis{0});
  CHECK(limits.take("a", 10, kStart + Millis{100}) == Millis{100});
}

TEST_CASE("over a long time no more go than the limit allows") {
  RateLimits limits;
  int taken = 0;
  for (int ms = 0; ms < 60'000; ++ms) taken += limits.take("a", 3, kStart + Millis{ms}) == Millis{0} ? 1 : 0;
  CHECK(taken >= 3 * 60);
  CHECK(taken <= 3 * 61);
}

TEST_CASE("the highest limit that AWS allows by default can be used up") {
  RateLimits limits;
  for (int i = 0; i < 300; ++i) REQUIRE(limits.take("a", 300, kStart) == Millis{0});
  CHECK(limits.take("a", 300, kStart) > Millis{0});
}

TEST_CASE("destinations do not share a limit, and many that rest leave nothing behind that counts") {
  RateLimits limits;
  CHECK(limits.take("a", 1, kStart) == Millis{0});
  CHECK(limits.take("a", 1, kStart) == Millis{1000});
  for (int i = 0; i < 3000; ++i) CHECK(limits.take(std::to_string(i), 1, kStart) == Millis{0});
  CHECK(limits.take("a", 1, kStart) == Millis{1000});
  CHECK(limits.take("7", 1, kStart) == Millis{1000});
}
