#include "handlers/logistics/event_time.h"

#include <cmath>
#include <cstdio>

namespace waybill::logistics {

namespace {

using std::chrono::sys_days;

// Takes digits off the front of a text and notices when something else stands there.
struct Scanner {
  std::string_view rest;
  bool good = true;

  int number(std::size_t digits) {
    int value = 0;
    if (rest.size() < digits) good = false;
    for (std::size_t i = 0; good && i < digits; ++i) {
      if (rest[i] < '0' || rest[i] > '9') good = false;
      value = value * 10 + (rest[i] - '0');
    }
    if (good) rest.remove_prefix(digits);
    return value;
  }
  bool skip(std::string_view any_of) {
    if (rest.empty() || any_of.find(rest.front()) == std::string_view::npos) return false;
    rest.remove_prefix(1);
    return true;
  }
  void expect(std::string_view any_of) { good = skip(any_of) && good; }
};

// What to subtract from the local time, in seconds.
int zone_offset(Scanner& scan) {
  if (scan.skip("Zz")) return 0;
  const bool west = !scan.rest.empty() && scan.rest.front() == '-';
  scan.expect("+-");
  const int hours = scan.number(2);
  scan.expect(":");
  const int minutes = scan.number(2);
  if (hours > 23 || minutes > 59) scan.good = false;
  return (west ? -1 : 1) * (hours * 3600 + minutes * 60);
}

}  // namespace

std::optional<std::int64_t> parse_rfc3339_seconds(std::string_view text) {
  Scanner scan{text};
  const int year = scan.number(4);
  scan.expect("-");
  const int month = scan.number(2);
  scan.expect("-");
  const int day = scan.number(2);
  scan.expect("Tt");
  const int hour = scan.number(2);
  scan.expect(":");
  const int minute = scan.number(2);
  scan.expect(":");
  const int second = scan.number(2);
  if (scan.skip(".")) {
    scan.number(1);
    while (scan.skip("0123456789")) continue;
  }
  const int offset = zone_offset(scan);
  const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!scan.good || !scan.rest.empty() || !date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const std::int64_t days = sys_days(date).time_since_epoch().count();
  return days * 86'400 + hour * 3600 + minute * 60 + second - offset;
}

std::string iso_format(MicroTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  std::string result = text;
  if (const auto micros = clock.subseconds().count()) {
    std::snprintf(text, sizeof text, ".%06d", static_cast<int>(micros));
    result += text;
  }
  return result;
}

std::optional<MicroTime> plus_days(MicroTime time, double days) {
  constexpr double kMicrosPerDay = 86'400e6;
  // Above the span of all years, so that the sum below cannot overflow.
  if (!(std::abs(days) < 4e6)) return std::nullopt;
  const MicroTime sum = time + std::chrono::microseconds(std::llround(days * kMicrosPerDay));
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(sum));
  if (static_cast<int>(date.year()) < 1 || static_cast<int>(date.year()) > 9999) return std::nullopt;
  return sum;
}

}  // namespace waybill::logistics
