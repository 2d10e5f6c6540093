// The table that says what can become of a delivery.
#include "delivery/state.h"

#include <set>

#include <doctest/doctest.h>

using namespace waybill::delivery;
using S = DeliveryState;
using I = DeliveryInput;

TEST_CASE("no input leads to two places") {
  std::set<std::pair<S, I>> seen;
  for (const Transition& row : transitions()) {
    INFO(name_of(row.from), ", ", name_of(row.input));
    CHECK(seen.emplace(row.from, row.input).second);
    CHECK(find_transition(row.from, row.input) == &row);
  }
}

TEST_CASE("delivered, dead-lettered and forgotten are ends") {
  for (const Transition& row : transitions()) {
    if (row.from != S::delivered && row.from != S::dead_lettered && row.from != S::forgotten) continue;
    CHECK(row.to == row.from);
    CHECK(row.record == DeliveryRecord::nothing);
    CHECK_FALSE(row.counted);
  }
}

TEST_CASE("what is written fits where it leads") {
  for (const Transition& row : transitions()) {
    INFO(name_of(row.from), ", ", name_of(row.input));
    switch (row.record) {
      case DeliveryRecord::finish: CHECK(row.to == S::delivered); break;
      case DeliveryRecord::reschedule: CHECK(row.to == S::retry_wait); break;
      case DeliveryRecord::bury: CHECK(row.to == S::dead_lettered); break;
      case DeliveryRecord::nothing:
        CHECK_FALSE(row.counted);
        if (row.from != S::delivered) CHECK(row.to != S::delivered);
        if (row.from != S::dead_lettered) CHECK(row.to != S::dead_lettered);
    }
  }
}

TEST_CASE("only an attempt that was made counts, and only one in flight can count") {
  for (const Transition& row : transitions()) {
    if (row.counted) CHECK(row.from == S::in_flight);
  }
  for (const I uncounted : {I::too_old, I::postponed, I::unreadable, I::conflict, I::unavailable, I::crashed}) {
    CHECK_FALSE(transition(S::in_flight, uncounted).counted);
  }
}

TEST_CASE("a crash, a postponement and a store that refuses leave the row where it was") {
  for (const I back : {I::postponed, I::unreadable, I::conflict, I::unavailable, I::crashed}) {
    CHECK_FALSE(transition(S::in_flight, back).to);
  }
  CHECK(waiting_state(0) == S::pending);
  CHECK(waiting_state(1) == S::retry_wait);
}

TEST_CASE("from everywhere but the ends an end can be reached") {
  for (const S start : {S::pending, S::retry_wait, S::in_flight}) {
    std::set<S> reached{start};
    for (std::size_t before = 0; before != reached.size();) {
      before = reached.size();
      for (const Transition& row : transitions()) {
        if (reached.count(row.from) > 0 && row.to) reached.insert(*row.to);
      }
    }
    CHECK(reached.count(S::delivered) == 1);
    CHECK(reached.count(S::dead_lettered) == 1);
  }
}
