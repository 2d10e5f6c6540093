// Cron::parse. Names may be lower-case and have letters after their third, a step may be 0 (only the start) or larger
// than its field, and what follows a value without having a meaning there is ignored: AWS takes all of these.
#include <array>
#include <charconv>
#include <cstddef>
#include <limits>
#include <span>
#include <string>

#include "base/ascii.h"
#include "expr/cron.h"

namespace waybill::expr {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                      "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kWeekdays = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
constexpr std::size_t kNameLength = 3;
constexpr std::int64_t kMostYear = std::numeric_limits<std::int32_t>::max();

struct Field {
  std::int64_t min;
  std::int64_t max;
  std::span<const std::string_view> names;  // of min, min + 1, …
};

constexpr Field kMinute{0, 59, {}};
constexpr Field kHour{0, 23, {}};
constexpr Field kDayOfMonth{1, 31, {}};
constexpr Field kMonth{1, 12, kMonths};
constexpr Field kDayOfWeek{1, 7, kWeekdays};
constexpr Field kYear{0, kMostYear, {}};
constexpr std::int64_t kFirstYear = 1970;  // where `*` begins; earlier years are taken all the same
constexpr std::int64_t kMostBeforeLast = 30;

std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int32_t number = 0;
  if (text.empty() || !is_digit(text[0])) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> take_value(std::string_view& text, const Field& field) {
  for (std::size_t i = 0; i < field.names.size(); ++i) {
    if (!text.starts_with(field.names[i])) continue;
    text.remove_prefix(kNameLength);
    return field.min + static_cast<std::int64_t>(i);
  }
  const auto number = take_number(text);
  return number && *number >= field.min && *number <= field.max ? number : std::nullopt;
}

// `*`, `a`, `a-b`, each with `/n` if wanted.
std::optional<YearRange> parse_range(std::string_view text, const Field& field) {
  YearRange range;
  bool is_open = take(text, '*');
  if (is_open) {
    range.first = field.min;
    range.last = field.max;
  } else {
    const auto first = take_value(text, field);
    if (!first) return std::nullopt;
    range.first = range.last = *first;
    if (take(text, '-')) {
      const auto last = take_value(text, field);
      if (!last) return std::nullopt;
      range.last = *last;
      is_open = true;
    }
  }
  if (take(text, '/')) {
    const auto step = take_number(text);
    if (!step) return std::nullopt;
    range.step = *step;
    if (!is_open) range.last = field.max;
  } else if (!is_open && !text.empty() && std::string_view("LW#").find(text[0]) != std::string_view::npos) {
    return std::nullopt;  // has a meaning, but not here
  }
  return range;
}

// `parse_one` is called with each item of a comma-separated list, until one is refused.
template <class ParseOne>
bool parse_list(std::string_view text, ParseOne parse_one) {
  for (;;) {
    const std::size_t comma = text.find(',');
    if (!parse_one(text.substr(0, comma))) return false;
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

// Adds the values to `bits`; a range whose end lies before its start goes on at the field's minimum.
bool parse_set(std::string_view text, const Field& field, std::uint64_t& bits) {
  return parse_list(text, [&](std::string_view item) {
    const auto range = parse_range(item, field);
    if (!range) return false;
    const std::int64_t size = field.max - field.min + 1;
    const std::int64_t last = range->last < range->first ? range->last + size : range->last;
    for (std::int64_t value = range->first; value <= last; value += range->step) {
      bits |= std::uint64_t{1} << (field.min + (value - field.min) % size);
      if (range->step == 0) break;
    }
    return true;
  });
}

bool parse_years(std::string_view text, std::vector<YearRange>& years) {
  return parse_list(text, [&](std::string_view item) {
    auto range = parse_range(item, kYear);
    if (!range || range->last < range->first) return false;
    if (item.starts_with('*')) range->first = kFirstYear;
    years.push_back(*range);
    return true;
  });
}

// `L`, `L-n`, `LW`, `L-nW`, `nW`.
std::optional<MonthDay> parse_month_day(std::string_view text) {
  MonthDay day;
  day.from_last = take(text, 'L');
  if (!day.from_last || take(text, '-')) {
    const auto number = day.from_last ? take_number(text) : take_value(text, kDayOfMonth);
    if (!number || (day.from_last && *number > kMostBeforeLast)) return std::nullopt;
    day.number = static_cast<unsigned>(*number);
  }
  day.nearest_weekday = take(text, 'W');
  if (!text.empty() || (!day.from_last && !day.nearest_weekday)) return std::nullopt;
  return day;
}

// `dL`, `d#n`.
std::optional<MonthWeekday> parse_month_weekday(std::string_view text) {
  const auto weekday = take_value(text, kDayOfWeek);
  if (!weekday) return std::nullopt;
  MonthWeekday result{static_cast<unsigned>(*weekday), 0};
  if (text == "L") return result;
  if (!take(text, '#')) return std::nullopt;
  const auto nth = take_number(text);
  if (!nth || *nth < 1 || *nth > 5 || !text.empty()) return std::nullopt;
  result.nth = static_cast<unsigned>(*nth);
  return result;
}

std::optional<std::array<std::string_view, 6>> split_fields(std::string_view text) {
  std::array<std::string_view, 6> fields;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::size_t end = text.find(' ');
    if ((end == std::string_view::npos) != (i + 1 == fields.size())) return std::nullopt;
    fields[i] = text.substr(0, end);
    if (end != std::string_view::npos) text.remove_prefix(end + 1);
  }
  return fields;
}

}  // namespace

// Exactly one of the two says `?`.
bool Cron::parse_days(std::string_view day_of_month, std::string_view day_of_week) {
  // One of the two says nothing: it is `?`, or `*` beside a value.
  const bool any_weekday = day_of_week == "?" || (day_of_week == "*" && day_of_month != "?" && day_of_month != "*");
  const bool any_day = day_of_month == "?" || (day_of_month == "*" && day_of_week != "?" && day_of_week != "*");
  if (any_day == any_weekday) return false;
  days_ = weekdays_ = ~Bits{0};
  if (any_weekday) {
    if ((month_day_ = parse_month_day(day_of_month))) return true;
    days_ = 0;
    return parse_set(day_of_month, kDayOfMonth, days_);
  }
  if ((month_weekday_ = parse_month_weekday(day_of_week))) return true;
  weekdays_ = 0;
  // The last day of the week is Saturday.
  return parse_set(day_of_week == "L" ? "SAT" : day_of_week, kDayOfWeek, weekdays_);
}

std::optional<Cron> Cron::parse(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  const auto fields = split_fields(upper);
  if (!fields) return std::nullopt;
  const auto& [minute, hour, day_of_month, month, day_of_week, year] = *fields;
  Cron cron;
  const bool parsed = parse_set(minute, kMinute, cron.minutes_) && parse_set(hour, kHour, cron.hours_) &&
                      cron.parse_days(day_of_month, day_of_week) && parse_set(month, kMonth, cron.months_) &&
                      parse_years(year, cron.years_);
  if (!parsed) return std::nullopt;
  return cron;
}

}  // namespace waybill::expr
