#include "expr/schedule.h"

#include <string>

#include <doctest/doctest.h>

#include "base/iso_time.h"

namespace waybill::expr {
namespace {

WallTime time_of(std::string_view text) { return *parse_iso8601(text); }

Schedule schedule_of(std::string_view text) {
  auto schedule = Schedule::parse(text);
  REQUIRE_MESSAGE(schedule.has_value(), text);
  return *schedule;
}

// Of a cron expression; "" when there is none.
std::string next_of(std::string_view text, std::string_view after) {
  const auto next = schedule_of(text).next_after({}, time_of(after));
  return next ? iso8601_millis(*next) : "";
}

}  // namespace

TEST_CASE("valid expressions") {
  for (const char* text : {"rate(1 minute)",
                           "rate(2 minutes)",
                           "rate(1 hour)",
                           "rate(2 hours)",
                           "rate(1 day)",
                           "rate(2 days)",
                           "rate(01 minute)",
                           "rate(02 minutes)",
                           "rate(2147483647 minutes)",
                           "rate(2147483647 days)",
                           "cron(0 2 ? * SAT *)",
                           "cron(15 10 ? * 6L 2002-2005)",
                           "cron(0/5 5 ? JAN 1-5 2022)",
                           "cron(0 0 1-5W * ? *)",
                           "cron(0 0 1 1 ? 0)",
                           "cron(0 0 1 1 ? 1969)",
                           "cron(0 0 1 1 ? 2200)",
                           "cron(0 0 1 1 ? 2500)",
                           "cron(0 0 1 1 ? 10000)",
                           "cron(0 0 1 1 ? 2147483647)",
                           "cron(0 0 31 FEB ? *)",
                           "cron(0/60 * * * ? *)",
                           "cron(0x 0 * * ? *)",
                           "cron(0 0 ? * MONDAY *)",
                           "cron(0 0 ? january mon *)"}) {
    CAPTURE(text);
    CHECK(Schedule::parse(text).has_value());
  }
}

TEST_CASE("invalid rates") {
  for (const char* text : {"",
                           "foo",
                           "rate",
                           "rate(",
                           "rate()",
                           "rate(10)",
                           "rate(10 seconds)",
                           "rate(10 years)",
                           "rate(1 week)",
                           "rate(1 minutes)",
                           "rate(1 hours)",
                           "rate(1 days)",
                           "rate(01 minutes)",
                           "rate(10 minute)",
                           "rate(10 hour)",
                           "rate(10 day)",
                           "rate(10 minutess)",
                           "rate(1 minutess)",
                           "rate(foo minutes)",
                           "rate(0 minutes)",
                           "rate(0 minute)",
                           "rate(-10 minutes)",
                           "rate(-1 minute)",
                           "rate(+1 minute)",
                           "rate(1.5 minutes)",
                           "rate(2147483648 minutes)",
                           "rate(2147483648 days)",
                           "rate(10 MINUTES)",
                           "RATE(10 minutes)",
                           "Rate(1 day)",
                           "rate( 10 minutes )",
                           " rate(10 minutes)",
                           "rate(10 minutes) ",
                           "rate (10 minutes)",
                           "rate(10  minutes)",
                           "rate(10\tminutes)",
                           "rate(10 minutes",
                           "at(2028-01-01T00:00:00)"}) {
    CAPTURE(text);
    const auto schedule = Schedule::parse(text);
    REQUIRE(schedule.has_error());
    CHECK(schedule.error().code == ErrorCode::invalid);
    CHECK(schedule.error().message == "Parameter ScheduleExpression is not valid.");
  }
}

TEST_CASE("invalid cron expressions") {
  for (const char* fields :
       {// both days, or neither
        "0 1 * * * *", "0 0 ? * ? *", "0 0 1 * MON *", "7 20 * * NOT *",
        // how many fields, and what is between them
        "INVALID", "", "0 12 * * ?", "0 0 12 * * ? *", "0  0 * * ? *", "0\t0 * * ? *", "0\n0 * * ? *", " 0 0 * * ? * ",
        "0\u00a00 * * ? *",
        // out of range
        "71 8 1 * ? *", "60 0 * * ? *", "0 24 * * ? *", "0 0 0 * ? *", "0 0 32 * ? *", "0 0 1 0 ? *", "0 0 1 13 ? *",
        "0 0 ? * 0 *", "0 0 ? * 8 *", "-1 0 * * ? *", "50-60 0 * * ? *", "0 0 0W * ? *", "0 0 32W * ? *",
        "0 0 L-31 * ? *", "0 0 ? * MON#0 *", "0 0 ? * MON#6 *", "0 0 1 1 ? -1", "0 0 1 1 ? 2147483648",
        // in the wrong field, or with others
        "0 dummy ? * MON-FRI *", "? 0 * * ? *", "0 0 1#2 * ? *", "1#2 0 * * ? *", "0 0 5L * ? *", "0 0 ? * 3W *",
        "0 0 L,15 * ? *", "0 0 1,15W * ? *", "0 0 ? * 3#1,6#3 *", "0 0 ? * 2,6L *", "L 0 * * ? *", "0 0 JAN * ? *",
        "0 0 1 MON ? *", "0 0 1 1 ? 2030-2027",
        // incomplete
        "0,,5 0 * * ? *", "0, 0 * * ? *", "5- 0 * * ? *", "5/ 0 * * ? *", "/5 0 * * ? *", "0/-1 * * * ? *",
        "0 0 L- * ? *", "0 0 W * ? *", "0 0 LX * ? *", "0 0 ? * MON# *", "0 0 ? * MO *"}) {
    CAPTURE(fields);
    CHECK(Schedule::parse("cron(" + std::string(fields) + ")").has_error());
  }
  CHECK(Schedule::parse("CRON(0 0 * * ? *)").has_error());
  CHECK(Schedule::parse("cron (0 0 * * ? *)").has_error());
  CHECK(Schedule::parse(" cron(0 0 * * ? *) ").has_error());
  CHECK(Schedule::parse("cron(0 0 * * ? *").has_error());
}

TEST_CASE("what has no meaning behind a value is ignored") {
  CHECK(next_of("cron(7x 0 * * ? *)", "2027-03-01T00:00:00Z") == "2027-03-01T00:07:00.000Z");
  CHECK(next_of("cron(0 0 ? * MONDAY *)", "2027-03-02T00:00:00Z") == "2027-03-08T00:00:00.000Z");
  CHECK(next_of("cron(0 0 4-5W * ? *)", "2027-03-05T00:00:00Z") == "2027-04-04T00:00:00.000Z");
}

TEST_CASE("cron fires strictly later, on whole minutes") {
  CHECK(next_of("cron(0 12 * * ? *)", "2027-06-01T11:59:59.999Z") == "2027-06-01T12:00:00.000Z");
  CHECK(next_of("cron(0 12 * * ? *)", "2027-06-01T12:00:00Z") == "2027-06-02T12:00:00.000Z");
  CHECK(next_of("cron(0 12 * * ? *)", "2027-06-01T12:00:00.001Z") == "2027-06-02T12:00:00.000Z");
  CHECK(next_of("cron(* * * * ? *)", "2027-12-31T23:59:30Z") == "2028-01-01T00:00:00.000Z");
}

TEST_CASE("cron finds a far time, and ends when there is none") {
  CHECK(next_of("cron(0 0 29 FEB ? *)", "2027-01-01T00:00:00Z") == "2028-02-29T00:00:00.000Z");
  CHECK(next_of("cron(0 0 29 FEB ? *)", "2096-03-01T00:00:00Z") == "2104-02-29T00:00:00.000Z");
  CHECK(next_of("cron(0 0 ? FEB FRI#5 *)", "2092-03-01T00:00:00Z") == "2104-02-29T00:00:00.000Z");
  CHECK(next_of("cron(0 0 1 1 ? 9999)", "2027-01-01T00:00:00Z") == "9999-01-01T00:00:00.000Z");
  CHECK(next_of("cron(0 0 30 FEB ? *)", "2027-01-01T00:00:00Z").empty());
  CHECK(next_of("cron(0 0 31W FEB ? *)", "2027-01-01T00:00:00Z").empty());
  CHECK(next_of("cron(0 0 29 FEB ? 2027)", "2027-01-01T00:00:00Z").empty());
  CHECK(next_of("cron(0 0 29 FEB ? 2029/4)", "2027-01-01T00:00:00Z").empty());
  CHECK(next_of("cron(15 10 ? * 6L 2002-2005)", "2027-01-01T00:00:00Z").empty());
  CHECK(next_of("cron(0 0 1 1 ? 2027)", "2027-01-01T00:00:00Z").empty());
  CHECK(next_of("cron(0 0 1 1 ? 2147483647)", "2027-01-01T00:00:00Z").empty());
}

TEST_CASE("no leap day of 400 years is missed, whatever weekday it is") {
  int weekday = 2;  // of the day after 28 February; 29 February 2000 is a Tuesday
  for (int year = 2000; year < 2400; ++year) {
    const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (is_leap) {
      const std::string leap_day = std::to_string(year) + "-02-29T00:00:00.000Z";
      const std::string cron = "cron(0 0 ? FEB " + std::to_string(weekday + 1) + "#5 *)";
      // The one before it lies at most 40 years back.
      std::string found = next_of(cron, std::to_string(year - 41) + "-03-01T00:00:00Z");
      while (!found.empty() && found < leap_day) found = next_of(cron, found);
      CHECK(found == leap_day);
    }
    weekday = (weekday + (is_leap ? 2 : 1)) % 7;
  }
}

TEST_CASE("years may be lists and ranges with steps") {
  constexpr auto kYears = "cron(0 0 1 1 ? 2027,2028-2032/2)";
  CHECK(next_of(kYears, "2026-05-01T00:00:00Z") == "2027-01-01T00:00:00.000Z");
  CHECK(next_of(kYears, "2027-05-01T00:00:00Z") == "2028-01-01T00:00:00.000Z");
  CHECK(next_of(kYears, "2028-05-01T00:00:00Z") == "2030-01-01T00:00:00.000Z");
  CHECK(next_of(kYears, "2032-05-01T00:00:00Z").empty());
  CHECK(next_of("cron(0 0 1 1 ? 2027/5)", "2027-05-01T00:00:00Z") == "2032-01-01T00:00:00.000Z");
  CHECK(next_of("cron(0 0 1 1 ? 2027/0)", "2027-05-01T00:00:00Z").empty());
}

TEST_CASE("a rate fires one period after it was put, then at every further period, without drift") {
  const WallTime anchor = time_of("2027-01-01T08:30:17.250Z");
  const Schedule rate = schedule_of("rate(90 minutes)");
  const Millis period = std::chrono::minutes{90};
  CHECK(rate.next_after(anchor, anchor) == anchor + period);
  CHECK(rate.next_after(anchor, anchor - std::chrono::hours{5}) == anchor + period);
  CHECK(rate.next_after(anchor, anchor + period - Millis{1}) == anchor + period);
  CHECK(rate.next_after(anchor, anchor + period) == anchor + 2 * period);
  CHECK(rate.next_after(anchor, anchor + 1000 * period + Millis{7}) == anchor + 1001 * period);
}

TEST_CASE("a year of rates") {
  const WallTime start = time_of("2027-01-01T00:00:00Z");
  const WallTime end = time_of("2028-01-01T00:00:00Z");
  const auto count = [&](std::string_view text) {
    const Schedule rate = schedule_of(text);
    int firings = 0;
    for (auto next = rate.next_after(start, start); *next <= end; next = rate.next_after(start, *next)) ++firings;
    return firings;
  };
  CHECK(count("rate(1 minute)") == 525600);
  CHECK(count("rate(7 minutes)") == 75085);
  CHECK(count("rate(1 hour)") == 8760);
  CHECK(count("rate(5 hours)") == 1752);
  CHECK(count("rate(1 day)") == 365);
  CHECK(count("rate(7 days)") == 52);
  CHECK(count("rate(366 days)") == 0);
}

TEST_CASE("the longest rate does not overflow") {
  const WallTime anchor = time_of("2027-01-01T00:00:00Z");
  CHECK(schedule_of("rate(2147483647 days)").next_after(anchor, anchor) ==
        anchor + std::int64_t{2147483647} * std::chrono::hours{24});
}

}  // namespace waybill::expr
