#include "base/clock.h"

#include <doctest/doctest.h>

using namespace waybill;

TEST_CASE("iso8601 cuts the fraction off and pads every field") {
  CHECK(iso8601_seconds(from_millis(0)) == "1970-01-01T00:00:00Z");
  CHECK(iso8601_seconds(from_millis(1'700'000'000'999)) == "2023-11-14T22:13:20Z");
  CHECK(iso8601_millis(from_millis(1'700'000'000'007)) == "2023-11-14T22:13:20.007Z");
}

TEST_CASE("times before the epoch round towards the past") {
  CHECK(to_seconds(from_millis(-1)) == -1);
  CHECK(iso8601_seconds(from_millis(-1)) == "1969-12-31T23:59:59Z");
}
