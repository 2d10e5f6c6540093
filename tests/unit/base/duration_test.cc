#include "base/duration.h"

#include <string>

#include <doctest/doctest.h>

#include "base/virtual_clock.h"

using namespace waybill;
using namespace std::chrono_literals;

TEST_CASE("a time span is spelled as in settings, or as ISO 8601") {
  CHECK(parse_time_span("500ms").value() == 500ms);
  CHECK(parse_time_span("24h").value() == 24h);
  CHECK(parse_time_span("14d").value() == 14 * 24h);
  CHECK(parse_time_span("PT24H").value() == 24h);
  CHECK(parse_time_span("P14D").value() == 14 * 24h);
  CHECK(parse_time_span("P1W").value() == 7 * 24h);
  CHECK(parse_time_span("P1DT12H30M5S").value() == 36h + 30min + 5s);
  CHECK(parse_time_span("PT0.25S").value() == 250ms);
  CHECK(parse_time_span("PT1,0009S").value() == 1s);
  CHECK(parse_time_span("PT1M").value() == 1min);
  CHECK(parse_time_span("PT0S").value() == 0ms);
}

TEST_CASE("what is no time span is refused with what would be one") {
  for (const char* text : {"",
                           "24",
                           "h",
                           "-1h",
                           "1 h",
                           "P",
                           "PT",
                           "P1DT",
                           "PT-1H",
                           "P-1D",
                           "PT1H1H",
                           "PT1M1H",
                           "P1H",
                           "PT1D",
                           "PT1.5H",
                           "PT24",
                           "PT1X",
                           "pt24h",
                           "PT99999999999999999H",
                           "P1DT1D",
                           "PTT1H",
                           "PT.5S"}) {
    CAPTURE(text);
    const auto span = parse_time_span(text);
    REQUIRE(span.has_error());
    CHECK(span.error().code == ErrorCode::invalid);
    CHECK(span.error().message.find(text) != std::string::npos);
  }
  CHECK(parse_time_span("P1M").error().message.find("use days") != std::string::npos);
  CHECK(parse_time_span("P1Y2DT1H").error().message.find("use days") != std::string::npos);
}

TEST_CASE("a virtual clock stands still and never goes back") {
  VirtualClock clock;
  clock.advance_to(from_millis(5'000));
  CHECK(clock.now() == from_millis(5'000));
  clock.advance_to(from_millis(4'999));
  CHECK(clock.now() == from_millis(5'000));
  const WallDrivenSteadyClock steady(clock);
  const SteadyTime before = steady.now();
  clock.advance_to(from_millis(65'000));
  CHECK(steady.now() - before == 1min);
}
