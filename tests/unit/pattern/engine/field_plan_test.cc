#include "pattern/engine/field_plan.h"

#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include <doctest/doctest.h>

namespace waybill::pattern {

TEST_CASE("lengths are known exactly up to 32, and by less above") {
  for (std::uint32_t length = 1; length <= 32; ++length) CHECK(LengthSet().add(length) == length);
  CHECK(LengthSet().add(39) == 32);
  CHECK(LengthSet().add(40) == 40);
  CHECK(LengthSet().add(63) == 56);
  CHECK(LengthSet().add(2'048) == 2'048);
  CHECK(LengthSet().add(1'000'000) == LengthSet::length_of(LengthSet::kSteps - 1));
  for (int step = 1; step < LengthSet::kSteps; ++step)
    CHECK(LengthSet::length_of(step) > LengthSet::length_of(step - 1));
}

TEST_CASE("the lengths of a set are visited in order, up to the most") {
  LengthSet set;
  for (const std::size_t length : {100, 3, 7, 3}) set.add(length);
  std::vector<std::uint32_t> visited;
  set.for_each(96, [&](std::uint32_t length) { visited.push_back(length); });
  CHECK(visited == std::vector<std::uint32_t>{3, 7, 96});
  visited.clear();
  set.for_each(6, [&](std::uint32_t length) { visited.push_back(length); });
  CHECK(visited == std::vector<std::uint32_t>{3});
}

TEST_CASE("numbers keep their order as integers") {
  const double infinity = std::numeric_limits<double>::infinity();
  const std::vector<double> ordered{-infinity, -1e300, -2, -1, -5e-324, 0, 5e-324, 1, 1.5, 1e300, infinity};
  for (std::size_t i = 1; i < ordered.size(); ++i) {
    CHECK(NumberBlock::ordered(ordered[i - 1]) < NumberBlock::ordered(ordered[i]));
  }
}

TEST_CASE("a range is covered by a few blocks") {
  for (const std::uint64_t length : {0ULL, 1ULL, 2ULL, 3ULL, 7ULL, 100ULL, 1ULL << 40, 1ULL << 63, ~0ULL}) {
    const int level = NumberBlock::level_for(0, length);
    CHECK((length >> level) < 8);
  }
}

TEST_CASE("keys differ by field, probe and what is looked up") {
  std::set<std::uint64_t> keys;
  for (FieldId field = 0; field < 50; ++field) {
    for (int probe = 0; probe <= static_cast<int>(Probe::block); ++probe) {
      for (std::uint64_t what = 0; what < 4; ++what) keys.insert(index_key(field, static_cast<Probe>(probe), what));
    }
  }
  CHECK(keys.size() == 50 * (static_cast<std::size_t>(Probe::block) + 1) * 4);
}

}  // namespace waybill::pattern
