#include "expr/cron.h"

#include <algorithm>
#include <bit>

namespace waybill::expr {
namespace {

using std::chrono::sys_days;

constexpr unsigned kSunday = 0;  // as std::chrono::weekday::c_encoding has it
constexpr unsigned kSaturday = 6;
constexpr int kLastYear = static_cast<int>(std::chrono::year::max());

bool has(std::uint64_t bits, unsigned value) { return (bits >> value & 1) != 0; }

std::uint64_t from_value(unsigned value) { return ~std::uint64_t{0} << value; }

// The weekday nearest to `day`, in the same month.
unsigned nearest_weekday(unsigned day, unsigned last, unsigned weekday) {
  if (weekday == kSaturday) return day == 1 ? 3 : day - 1;
  if (weekday == kSunday) return day == last ? day - 2 : day + 1;
  return day;
}

}  // namespace

bool Cron::fires_in_year(std::int64_t year) const {
  return std::any_of(years_.begin(), years_.end(), [&](const YearRange& range) {
    if (year < range.first || year > range.last) return false;
    return range.step == 0 ? year == range.first : (year - range.first) % range.step == 0;
  });
}

Cron::Bits Cron::days_in(std::chrono::year_month month) const {
  const auto last = static_cast<unsigned>((month / std::chrono::last).day());
  const unsigned first_weekday = std::chrono::weekday{sys_days{month / 1}}.c_encoding();
  const auto weekday_of = [&](unsigned day) { return (first_weekday + day - 1) % 7; };
  if (month_day_) {
    const MonthDay& place = *month_day_;
    if (place.from_last ? place.number >= last : place.number > last) return 0;
    const unsigned day = place.from_last ? last - place.number : place.number;
    return Bits{1} << (place.nearest_weekday ? nearest_weekday(day, last, weekday_of(day)) : day);
  }
  if (month_weekday_) {
    const unsigned first = 1 + (month_weekday_->weekday - 1 + 7 - first_weekday) % 7;
    const unsigned nth = month_weekday_->nth == 0 ? (last - first) / 7 + 1 : month_weekday_->nth;
    const unsigned day = first + 7 * (nth - 1);
    return day > last ? 0 : Bits{1} << day;
  }
  Bits days = 0;
  for (unsigned day = 1; day <= last; ++day) {
    if (has(days_, day) && has(weekdays_, weekday_of(day) + 1)) days |= Bits{1} << day;
  }
  return days;
}

std::optional<sys_days> Cron::next_day(sys_days from) const {
  const std::chrono::year_month_day start{from};
  // Which days a year has firings on depends only on its length and on the weekday it begins with: a kind of year that
  // has none is not looked at twice.
  unsigned hopeless = 0;
  for (int number = static_cast<int>(start.year()); number <= kLastYear; ++number) {
    if (!fires_in_year(number)) continue;
    const std::chrono::year year{number};
    const bool is_first = year == start.year();
    const unsigned kind = std::chrono::weekday{sys_days{year / 1 / 1}}.c_encoding() + (year.is_leap() ? 7 : 0);
    if (has(hopeless, kind)) continue;
    for (unsigned month = is_first ? static_cast<unsigned>(start.month()) : 1; month <= 12; ++month) {
      if (!has(months_, month)) continue;
      Bits days = days_in(year / month);
      if (is_first && month == static_cast<unsigned>(start.month())) {
        days &= from_value(static_cast<unsigned>(start.day()));
      }
      if (days != 0) return sys_days{year / month / std::countr_zero(days)};
    }
    if (!is_first) hopeless |= 1u << kind;
  }
  return std::nullopt;
}

std::optional<std::chrono::minutes> Cron::next_minute_of_day(std::chrono::minutes from) const {
  const auto hour = static_cast<unsigned>(from / std::chrono::hours{1});
  const auto minute = static_cast<unsigned>(from % std::chrono::hours{1} / std::chrono::minutes{1});
  if (has(hours_, hour)) {
    if (const Bits later = minutes_ & from_value(minute); later != 0) {
      return std::chrono::hours{hour} + std::chrono::minutes{std::countr_zero(later)};
    }
  }
  const Bits later = hours_ & from_value(hour + 1);
  if (later == 0) return std::nullopt;
  return std::chrono::hours{std::countr_zero(later)} + std::chrono::minutes{std::countr_zero(minutes_)};
}

std::optional<WallTime> Cron::next_after(WallTime time) const {
  using namespace std::chrono;
  if (time >= sys_days{year::max() / December / 31}) return std::nullopt;
  const auto earliest = floor<minutes>(time) + minutes{1};
  const sys_days today = floor<days>(earliest);
  std::optional<sys_days> day = next_day(today);
  if (day == today) {
    if (const auto minute = next_minute_of_day(earliest - today)) return *day + *minute;
    day = next_day(today + days{1});
  }
  if (!day) return std::nullopt;
  return *day + *next_minute_of_day(minutes{0});
}

}  // namespace waybill::expr
