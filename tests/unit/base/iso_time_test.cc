#include "base/iso_time.h"

#include <doctest/doctest.h>

using namespace waybill;

TEST_CASE("RFC 3339 times are read, with fraction and offset") {
  CHECK(parse_iso8601("2023-11-14T22:13:20Z") == from_millis(1'700'000'000'000));
  CHECK(parse_iso8601("2023-11-14T22:13:20.1239Z") == from_millis(1'700'000'000'123));
  CHECK(parse_iso8601("2023-11-15T00:13:20+02:00") == from_millis(1'700'000'000'000));
  CHECK(parse_iso8601("2023-11-14t20:43:20-01:30") == from_millis(1'700'000'000'000));
}

TEST_CASE("what is no time is refused") {
  for (const char* text :
       {"", "2023", "2023-11-14", "2023-11-14T22:13:20", "2023-13-14T22:13:20Z", "2023-02-30T00:00:00Z",
        "2023-11-14T24:13:20Z", "2023-11-14T22:13:20Zx", "2023-11-14T22:13:20+2:00", "now"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_iso8601(text));
  }
}
