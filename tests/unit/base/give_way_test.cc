#include "base/give_way.h"

#include <doctest/doctest.h>

#include "support/fake_clock.h"

using namespace waybill;
using namespace std::chrono_literals;

TEST_CASE("a loop gives way once for each stretch of work") {
  static int given = 0;
  given = 0;
  testing::FakeSteadyClock clock;
  GiveWay give_way(clock, [] { ++given; });
  give_way.after_step();
  CHECK(given == 0);
  clock.advance(GiveWay::kAtOnce - 1us);
  give_way.after_step();
  CHECK(given == 0);
  clock.advance(1us);
  give_way.after_step();
  CHECK(given == 1);
  give_way.after_step();
  CHECK(given == 1);
  clock.advance(GiveWay::kAtOnce);
  give_way.after_step();
  CHECK(given == 2);
}
