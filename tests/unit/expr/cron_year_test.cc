// Cron expressions over a whole year: every firing is compared with a reference that goes through the year minute by
// minute, asks of each field's text whether the minute fits, and shares no code with Cron. Number, first and last time
// stand in the table for the reader, and hold both.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "base/iso_time.h"
#include "expr/schedule.h"

namespace waybill::expr {
namespace {

struct Row {
  int year;
  std::string_view fields;
  std::size_t count;
  std::string_view first;
  std::string_view last;
};

constexpr Row kRows[] = {
    {2027, "0 12 * * ? *", 365, "2027-01-01T12:00", "2027-12-31T12:00"},
    {2027, "15 10 ? * * *", 365, "2027-01-01T10:15", "2027-12-31T10:15"},
    {2027, "* * ? * SAT#3 *", 17280, "2027-01-16T00:00", "2027-12-18T23:59"},
    {2027, "5,35 14 * * ? *", 730, "2027-01-01T14:05", "2027-12-31T14:35"},
    {2027, "15 10 ? * 6L *", 12, "2027-01-29T10:15", "2027-12-31T10:15"},
    {2027, "0 2 ? * SAT *", 52, "2027-01-02T02:00", "2027-12-25T02:00"},
    {2027, "0 2 ? * SAT#3 *", 12, "2027-01-16T02:00", "2027-12-18T02:00"},
    {2027, "0/5 5 ? JAN 1-5 2027", 252, "2027-01-03T05:00", "2027-01-31T05:55"},
    {2027, "0 18 ? * MON-FRI *", 261, "2027-01-01T18:00", "2027-12-31T18:00"},
    {2027, "0 8 1 * ? *", 12, "2027-01-01T08:00", "2027-12-01T08:00"},
    {2027, "0/15 * * * ? *", 35040, "2027-01-01T00:00", "2027-12-31T23:45"},
    {2027, "0/10 * ? * MON-FRI *", 37584, "2027-01-01T00:00", "2027-12-31T23:50"},
    {2027, "0/5 8-17 ? * MON-FRI *", 31320, "2027-01-01T08:00", "2027-12-31T17:55"},
    {2027, "0/30 20-23 ? * MON-FRI *", 2088, "2027-01-01T20:00", "2027-12-31T23:30"},
    {2027, "0/30 0-2 ? * MON-FRI *", 1566, "2027-01-01T00:00", "2027-12-31T02:30"},
    {2027, "0 10 * * ? *", 365, "2027-01-01T10:00", "2027-12-31T10:00"},
    {2027, "0-30/10 8-17 ? * MON-FRI *", 10440, "2027-01-01T08:00", "2027-12-31T17:30"},
    {2027, "1/10 * * * ? *", 52560, "2027-01-01T00:01", "2027-12-31T23:51"},
    {2027, "*/15 * * * ? *", 35040, "2027-01-01T00:00", "2027-12-31T23:45"},
    {2027, "0/30 20-2 ? * MON-FRI *", 3654, "2027-01-01T00:00", "2027-12-31T23:30"},
    {2027, "50-10/5 * * * ? *", 43800, "2027-01-01T00:00", "2027-12-31T23:55"},
    {2027, "0 0 1 NOV-FEB ? *", 4, "2027-01-01T00:00", "2027-12-01T00:00"},
    {2027, "0 0 ? * FRI-MON *", 209, "2027-01-01T00:00", "2027-12-31T00:00"},
    {2027, "0 0 28-3 * ? *", 77, "2027-01-01T00:00", "2027-12-31T00:00"},
    {2027, "0 0 ? JAN,FEB,MAR MON,WED,FRI *", 39, "2027-01-01T00:00", "2027-03-31T00:00"},
    {2027, "0 0 ? * 1,7 *", 104, "2027-01-02T00:00", "2027-12-26T00:00"},
    {2027, "0 0 1 1,12 ? *", 2, "2027-01-01T00:00", "2027-12-01T00:00"},
    {2027, "0 0 ? * * *", 365, "2027-01-01T00:00", "2027-12-31T00:00"},
    {2027, "0 0 L * ? *", 12, "2027-01-31T00:00", "2027-12-31T00:00"},
    {2027, "0 0 ? * L *", 52, "2027-01-02T00:00", "2027-12-25T00:00"},
    {2027, "0 0 ? * 6L *", 12, "2027-01-29T00:00", "2027-12-31T00:00"},
    {2027, "0 0 ? * FRIL *", 12, "2027-01-29T00:00", "2027-12-31T00:00"},
    {2027, "0 0 L-3 * ? *", 12, "2027-01-28T00:00", "2027-12-28T00:00"},
    {2027, "0 0 3W * ? *", 12, "2027-01-04T00:00", "2027-12-03T00:00"},
    {2027, "0 0 LW * ? *", 12, "2027-01-29T00:00", "2027-12-31T00:00"},
    {2027, "0 0 ? * 3#2 *", 12, "2027-01-12T00:00", "2027-12-14T00:00"},
    {2027, "0 0 ? * MON#5 *", 4, "2027-03-29T00:00", "2027-11-29T00:00"},
    {2027, "0 0 1 1 ? 2027,2028-2032/2", 1, "2027-01-01T00:00", "2027-01-01T00:00"},
    {2027, "0 0 ? * 1/2 *", 208, "2027-01-02T00:00", "2027-12-30T00:00"},
    {2027, "0 0 1/0 * ? *", 12, "2027-01-01T00:00", "2027-12-01T00:00"},
    {2027, "0/61 * * * ? *", 8760, "2027-01-01T00:00", "2027-12-31T23:00"},
    {2027, "0/0 * * * ? *", 8760, "2027-01-01T00:00", "2027-12-31T23:00"},
    {2027, "0 0 ? jan mon *", 4, "2027-01-04T00:00", "2027-01-25T00:00"},
    {2027, "0 0 1W * ? *", 12, "2027-01-01T00:00", "2027-12-01T00:00"},
    {2027, "0 0 15W * ? *", 12, "2027-01-15T00:00", "2027-12-15T00:00"},
    {2027, "0 0 31W * ? *", 7, "2027-01-29T00:00", "2027-12-31T00:00"},
    {2027, "0 0 30W FEB ? *", 0, "", ""},
    {2027, "0 0 31 * ? *", 7, "2027-01-31T00:00", "2027-12-31T00:00"},
    {2027, "0 0 31/1 * ? *", 7, "2027-01-31T00:00", "2027-12-31T00:00"},
    {2027, "0 0 29,30 2 ? *", 0, "", ""},
    {2027, "59 23 31 12 ? *", 1, "2027-12-31T23:59", "2027-12-31T23:59"},
    {2027, "0 0 1 1 ? *", 1, "2027-01-01T00:00", "2027-01-01T00:00"},
    {2027, "0 */6 * * ? *", 1460, "2027-01-01T00:00", "2027-12-31T18:00"},
    {2027, "30 6-18/4 * * ? *", 1460, "2027-01-01T06:30", "2027-12-31T18:30"},
    {2027, "0 0 */10 * ? *", 43, "2027-01-01T00:00", "2027-12-31T00:00"},
    {2027, "0 0 25-5/5 * ? *", 35, "2027-01-04T00:00", "2027-12-30T00:00"},
    {2027, "0 0 ? */3 2 *", 16, "2027-01-04T00:00", "2027-10-25T00:00"},
    {2027, "0 0 ? 2/5 SUN *", 12, "2027-02-07T00:00", "2027-12-26T00:00"},
    {2027, "15,45 9,17 ? * TUE,THU *", 416, "2027-01-05T09:15", "2027-12-30T17:45"},
    {2027, "0 0 L-30 * ? *", 7, "2027-01-01T00:00", "2027-12-01T00:00"},
    {2027, "0 0 LW FEB ? *", 1, "2027-02-26T00:00", "2027-02-26T00:00"},
    {2027, "0 0 L FEB ? *", 1, "2027-02-28T00:00", "2027-02-28T00:00"},
    {2027, "7 3 13 * ? 2026-2028", 12, "2027-01-13T03:07", "2027-12-13T03:07"},
    {2027, "0 0 ? * SUNL *", 12, "2027-01-31T00:00", "2027-12-26T00:00"},
    {2027, "0 0 ? * 7#1 *", 12, "2027-01-02T00:00", "2027-12-04T00:00"},
    {2027, "0 0 ? DEC THU#4 *", 1, "2027-12-23T00:00", "2027-12-23T00:00"},
    {2027, "20 4 1-7 * ? */2", 0, "", ""},
    {2027, "20 4 1-7 * ? */3", 84, "2027-01-01T04:20", "2027-12-07T04:20"},
    {2027, "59 * * * ? *", 8760, "2027-01-01T00:59", "2027-12-31T23:59"},
    {2027, "0 0,12 1 */2 ? *", 12, "2027-01-01T00:00", "2027-11-01T12:00"},
    {2027, "0 0 L-1W * ? *", 12, "2027-01-29T00:00", "2027-12-30T00:00"},
    {2028, "0 0 29 FEB ? *", 1, "2028-02-29T00:00", "2028-02-29T00:00"},
    {2028, "0 0 ? FEB 3#5 *", 1, "2028-02-29T00:00", "2028-02-29T00:00"},
    {2028, "0 0 L FEB ? *", 1, "2028-02-29T00:00", "2028-02-29T00:00"},
    {2028, "0 0 ? FEB TUEL *", 1, "2028-02-29T00:00", "2028-02-29T00:00"},
};

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == at) {
      parts.emplace_back();
    } else {
      parts.back().push_back(static_cast<char>(std::toupper(c)));
    }
  }
  return parts;
}

struct Date {
  int year, month, day, weekday;  // weekday 0 is Sunday
};

int days_of_month(const Date& date) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = (date.year % 4 == 0 && date.year % 100 != 0) || date.year % 400 == 0;
  return date.month == 2 && is_leap ? 29 : kDays[date.month - 1];
}

class Reference {
 public:
  explicit Reference(std::string_view fields) : fields_(split(fields, ' ')) {}

  // Minutes since the year began.
  std::vector<std::int64_t> firings(int year, int first_weekday) const {
    std::array<bool, 60> minutes{};
    std::array<bool, 24> hours{};
    for (int i = 0; i < 60; ++i) minutes[static_cast<std::size_t>(i)] = fits(fields_[0], i, 0, 59, "");
    for (int i = 0; i < 24; ++i) hours[static_cast<std::size_t>(i)] = fits(fields_[1], i, 0, 23, "");
    std::vector<std::int64_t> result;
    std::size_t minute = 0, hour = 0;
    bool is_day = false;
    Date date{year, 1, 0, (first_weekday + 6) % 7};
    for (std::int64_t now = 0;; ++now) {
      if (minute == 0 && hour == 0) {
        if (++date.day > days_of_month(date)) {
          date.day = 1;
          if (++date.month == 13) return result;
        }
        date.weekday = (date.weekday + 1) % 7;
        is_day = fits_day(date);
      }
      if (is_day && hours[hour] && minutes[minute]) result.push_back(now);
      minute = (minute + 1) % 60;
      if (minute == 0) hour = (hour + 1) % 24;
    }
  }

 private:
  static int value_of(const std::string& text, std::string_view names) {
    const std::size_t at = names.find(text.substr(0, 3));
    return at == std::string_view::npos ? std::stoi(text) : static_cast<int>(at / 4) + 1;
  }

  // As far as `value` lies behind the start, going around from `high` to `low`, does a step end there?
  static bool fits(const std::string& list, int value, int low, int high, std::string_view names) {
    for (const std::string& item : split(list, ',')) {
      const auto parts = split(item, '/');
      const auto ends = split(parts[0], '-');
      const int step = parts.size() == 2 ? std::stoi(parts[1]) : 1;
      const bool is_star = ends[0] == "*";
      const int start = is_star ? low : value_of(ends[0], names);
      const int end = ends.size() == 2 ? value_of(ends[1], names) : is_star || parts.size() == 2 ? high : start;
      const int size = high - low + 1;
      const int distance = (value - start + size) % size;
      if (distance > (end - start + size) % size) continue;
      if (step == 0 ? distance == 0 : distance % step == 0) return true;
    }
    return false;
  }

  static bool is_working_day(const Date& date, int day) {
    const int weekday = ((date.weekday + day - date.day) % 7 + 7) % 7;
    return weekday != 0 && weekday != 6;
  }

  static bool fits_place(const std::string& text, const Date& date) {
    const int last = days_of_month(date);
    const int number = text[0] != 'L' ? std::stoi(text) : text[1] == '-' ? last - std::stoi(text.substr(2)) : last;
    if (number < 1 || number > last) return false;
    if (text.back() != 'W') return date.day == number;
    for (const int candidate : {number, number - 1, number + 1, number - 2, number + 2}) {
      if (candidate >= 1 && candidate <= last && is_working_day(date, candidate)) return date.day == candidate;
    }
    return false;
  }

  bool fits_weekday(const Date& date) const {
    constexpr std::string_view kNames = "SUN MON TUE WED THU FRI SAT";
    const std::string& text = fields_[4];
    if (text == "L") return date.weekday == 6;
    if (const std::size_t at = text.find('#'); at != std::string::npos) {
      return value_of(text, kNames) == date.weekday + 1 && (date.day + 6) / 7 == text[at + 1] - '0';
    }
    if (text.back() == 'L') {
      return value_of(text, kNames) == date.weekday + 1 && date.day + 7 > days_of_month(date);
    }
    return fits(text, date.weekday + 1, 1, 7, kNames);
  }

  bool fits_day(const Date& date) const {
    const std::string& day = fields_[2];
    if (!fits(fields_[3], date.month, 1, 12, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")) return false;
    if (!fits(fields_[5], date.year, 1970, 9999, "")) return false;
    if (day == "?") return fits_weekday(date);
    return day.find_first_of("LW") == std::string::npos ? fits(day, date.day, 1, 31, "") : fits_place(day, date);
  }

  std::vector<std::string> fields_;
};

WallTime at(std::string_view minute) { return *parse_iso8601(std::string(minute) + ":00Z"); }

std::vector<std::int64_t> firings_of(const Schedule& schedule, int year) {
  const WallTime start = at(std::to_string(year) + "-01-01T00:00");
  const WallTime end = at(std::to_string(year + 1) + "-01-01T00:00");
  std::vector<std::int64_t> result;
  WallTime now = start - Millis{1};
  while (const auto next = schedule.next_after({}, now)) {
    if (*next >= end) break;
    result.push_back((*next - start) / std::chrono::minutes{1});
    now = *next;
  }
  return result;
}

}  // namespace

TEST_CASE("a year of every cron expression fires at exactly the expected minutes") {
  for (const Row& row : kRows) {
    CAPTURE(row.year);
    CAPTURE(row.fields);
    const auto schedule = Schedule::parse("cron(" + std::string(row.fields) + ")");
    REQUIRE(schedule.has_value());
    const auto fired = firings_of(*schedule, row.year);
    // 1 January is a Friday in 2027 and a Saturday in 2028.
    const bool is_as_expected = fired == Reference(row.fields).firings(row.year, row.year == 2027 ? 5 : 6);
    CHECK(is_as_expected);
    REQUIRE(fired.size() == row.count);
    if (fired.empty()) continue;
    const WallTime start = at(std::to_string(row.year) + "-01-01T00:00");
    CHECK(iso8601_seconds(start + std::chrono::minutes{fired.front()}) == std::string(row.first) + ":00Z");
    CHECK(iso8601_seconds(start + std::chrono::minutes{fired.back()}) == std::string(row.last) + ":00Z");
  }
}

}  // namespace waybill::expr
