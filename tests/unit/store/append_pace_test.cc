#include "store/append_pace.h"

#include <doctest/doctest.h>

using namespace waybill;
using namespace waybill::store;
using namespace std::chrono_literals;

TEST_CASE("who had company waits twice as long as the append took, from its beginning") {
  const SteadyTime began{1h};
  AppendPace pace;
  CHECK(pace.due() < began);
  pace.appended(began, began + 70us, 2);
  CHECK(pace.due() == began + 140us);
}

TEST_CASE("who was alone does not wait") {
  const SteadyTime began{1h};
  AppendPace pace;
  pace.appended(began, began + 70us, 3);
  pace.appended(began + 1ms, began + 1070us, 1);
  CHECK(pace.due() < began);
}

TEST_CASE("behind a slow append nobody waits longer than it took") {
  const SteadyTime began{1h};
  AppendPace pace;
  pace.appended(began, began + 150us, 4);
  CHECK(pace.due() == began + AppendPace::kAtMost);
  pace.appended(began, began + 5ms, 40);
  CHECK(pace.due() < began + 5ms);
}
