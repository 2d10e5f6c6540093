#include "pattern/event_time.h"

#include <chrono>
#include <cstddef>

#include "base/ascii.h"

namespace waybill::pattern {
namespace {

// Takes the text apart from the front.
class TimeText {
 public:
  explicit TimeText(std::string_view text) : rest_(text) {}

  bool is_empty() const { return rest_.empty(); }

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // Exactly `count` digits of a value up to `most`; -1 otherwise.
  int take_number(std::size_t count, int most) {
    if (rest_.size() < count) return -1;
    int value = 0;
    for (const char c : rest_.substr(0, count)) {
      if (!is_digit(c)) return -1;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return value <= most ? value : -1;
  }

  bool take_digits() {
    const std::size_t before = rest_.size();
    while (!rest_.empty() && is_digit(rest_.front())) rest_.remove_prefix(1);
    return rest_.size() < before;
  }

 private:
  std::string_view rest_;
};

bool take_date(TimeText& text) {
  const int year = text.take_number(4, 9999);
  if (year < 0 || !text.take('-')) return false;
  const int month = text.take_number(2, 12);
  if (month < 1 || !text.take('-')) return false;
  const int day = text.take_number(2, 31);
  if (day < 1) return false;
  return std::chrono::year_month_day{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                     std::chrono::day(static_cast<unsigned>(day))}
      .ok();
}

bool take_clock(TimeText& text) {
  if (text.take_number(2, 23) < 0 || !text.take(':') || text.take_number(2, 59) < 0) return false;
  if (!text.take(':')) return true;
  if (text.take_number(2, 59) < 0) return false;
  return !text.take('.') || text.take_digits();
}

bool take_zone(TimeText& text) {
  if (text.take('Z') || text.take('z')) return true;
  if (!text.take('+') && !text.take('-')) return false;
  if (text.take_number(2, 18) < 0) return false;
  return text.is_empty() || ((text.take(':') || true) && text.take_number(2, 59) >= 0);
}

}  // namespace

bool is_event_time(std::string_view text) {
  TimeText rest(text);
  return take_date(rest) && (rest.take('T') || rest.take('t')) && take_clock(rest) && take_zone(rest) &&
         rest.is_empty();
}

}  // namespace waybill::pattern
