// Cron: a six-field cron expression of EventBridge, in UTC with one-minute grain (contract section 6, "Schedule
// expressions").
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace waybill::expr {

// A day named by its place in the month: `L`, `L-3`, `LW`, `15W`.
struct MonthDay {
  bool from_last = false;
  unsigned number = 0;  // the day of the month, or how many days before its last
  bool nearest_weekday = false;
};

// `6L` and `FRIL` (the last one), `3#2` (the second).
struct MonthWeekday {
  unsigned weekday = 0;  // 1 is Sunday
  unsigned nth = 0;      // 1 to 5; 0 is the last one
};

struct YearRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t step = 1;  // 0: only the first
};

// Immutable.
class Cron {
 public:
  // `fields` is what stands between the brackets of `cron(...)`; nullopt when AWS refuses it.
  static std::optional<Cron> parse(std::string_view fields);

  // Strictly later than `time`; nullopt when there is no further one. Its cost does not depend on how far away the next
  // one is by more than a few operations a year.
  std::optional<WallTime> next_after(WallTime time) const;

 private:
  using Bits = std::uint64_t;  // bit n stands for the value n

  bool parse_days(std::string_view day_of_month, std::string_view day_of_week);

  bool fires_in_year(std::int64_t year) const;
  Bits days_in(std::chrono::year_month month) const;
  std::optional<std::chrono::sys_days> next_day(std::chrono::sys_days from) const;
  std::optional<std::chrono::minutes> next_minute_of_day(std::chrono::minutes from) const;

  Bits minutes_ = 0;
  Bits hours_ = 0;
  Bits days_ = 0;
  Bits months_ = 0;
  Bits weekdays_ = 0;                          // 1 is Sunday
  std::optional<MonthDay> month_day_;          // then days_ is not looked at
  std::optional<MonthWeekday> month_weekday_;  // then weekdays_ is not looked at
  std::vector<YearRange> years_;
};

}  // namespace waybill::expr
