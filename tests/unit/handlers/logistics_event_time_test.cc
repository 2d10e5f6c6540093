#include <doctest/doctest.h>

#include "handlers/logistics/event_time.h"

using namespace waybill::logistics;

TEST_CASE("event times are read in every form of RFC 3339") {
  struct Case {
    const char* text;
    std::int64_t seconds;
  };
  for (const auto& [text, seconds] :
       {Case{"1970-01-01T00:00:00Z", 0}, Case{"2026-10-01T12:00:00Z", 1'790'856'000},
        Case{"2026-10-01T12:00:00.999999Z", 1'790'856'000}, Case{"2026-10-01t12:00:00z", 1'790'856'000},
        Case{"2026-10-01T14:30:00+02:30", 1'790'856'000}, Case{"2026-10-01T07:00:00-05:00", 1'790'856'000},
        Case{"2024-02-29T23:59:59Z", 1'709'251'199}, Case{"1969-12-31T23:59:59Z", -1}}) {
    CAPTURE(text);
    CHECK(parse_rfc3339_seconds(text) == seconds);
  }
}

TEST_CASE("what is not a time is refused") {
  for (const char* text :
       {"", "2026-10-01", "2026-10-01T12:00:00", "2026-10-01 12:00:00Z", "2026-13-01T12:00:00Z", "2026-02-29T12:00:00Z",
        "2026-10-01T24:00:00Z", "2026-10-01T12:60:00Z", "2026-10-01T12:00:60Z", "2026-10-01T12:00:00.Z",
        "2026-10-01T12:00:00+24:00", "2026-10-01T12:00:00+0200", "2026-10-01T12:00:00Zx", "2026-10-01T12:00:00ZZ",
        "+026-10-01T12:00:00Z", "2026-1a-01T12:00:00Z"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339_seconds(text).has_value());
  }
}

TEST_CASE("the fraction is written only where there is one") {
  CHECK(iso_format(MicroTime(std::chrono::seconds(1'790'856'000))) == "2026-10-01T12:00:00");
  CHECK(iso_format(MicroTime(std::chrono::microseconds(1'000'007))) == "1970-01-01T00:00:01.000007");
  CHECK(iso_format(MicroTime(std::chrono::microseconds(-1))) == "1969-12-31T23:59:59.999999");
}

TEST_CASE("days lead to a date that can be written, or to nothing") {
  const MicroTime now{std::chrono::seconds(1'790'856'000)};
  CHECK(iso_format(*plus_days(now, 0.5)) == "2026-10-02T00:00:00");
  CHECK(iso_format(*plus_days(now, 2'912'169)) == "9999-12-31T12:00:00");
  CHECK_FALSE(plus_days(now, 2'912'170).has_value());
  CHECK_FALSE(plus_days(now, -800'000).has_value());
  CHECK_FALSE(plus_days(now, 1e300).has_value());
  CHECK_FALSE(plus_days(now, -1e300).has_value());
}
