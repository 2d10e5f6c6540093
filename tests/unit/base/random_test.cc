#include "base/random.h"

#include <regex>
#include <set>

#include <doctest/doctest.h>

using namespace waybill;

TEST_CASE("uuids have their version and variant and do not repeat") {
  SeededRandom random(1);
  const std::regex v4("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  const std::regex v7("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    CHECK(std::regex_match(*seen.insert(uuid_v4(random)).first, v4));
    CHECK(std::regex_match(*seen.insert(uuid_v7(from_millis(1'700'000'000'000), random)).first, v7));
  }
  CHECK(seen.size() == 200);
}

TEST_CASE("version 7 uuids of a later millisecond sort later") {
  SeededRandom random(2);
  CHECK(uuid_v7(from_millis(1'700'000'000'000), random) < uuid_v7(from_millis(1'700'000'000'001), random));
}

TEST_CASE("below stays below its bound and reaches both ends") {
  SeededRandom random(3);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(random.below(4));
  CHECK(seen == std::set<std::uint64_t>{0, 1, 2, 3});
  CHECK(random.below(0) == 0);
}
