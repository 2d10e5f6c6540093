#include "base/clock.h"

#include <spdlog/fmt/compile.h>
#include <spdlog/fmt/fmt.h>

namespace waybill {

namespace {

struct Parts {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<Millis> clock;
};

Parts split(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  return {std::chrono::year_month_day{day}, std::chrono::hh_mm_ss<Millis>{time - day}};
}

}  // namespace

std::string iso8601_seconds(WallTime time) {
  const Parts p = split(time);
  // Once an event: the format is worked out when this is compiled.
  return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z"), static_cast<int>(p.date.year()),
                     static_cast<unsigned>(p.date.month()), static_cast<unsigned>(p.date.day()),
                     p.clock.hours().count(), p.clock.minutes().count(), p.clock.seconds().count());
}

std::string iso8601_millis(WallTime time) {
  std::string text = iso8601_seconds(time);
  text.pop_back();
  return fmt::format("{}.{:03}Z", text, split(time).clock.subseconds().count());
}

WallTime SystemWallClock::now() const { return std::chrono::floor<Millis>(std::chrono::system_clock::now()); }

SteadyTime SystemSteadyClock::now() const { return std::chrono::steady_clock::now(); }

}  // namespace waybill
