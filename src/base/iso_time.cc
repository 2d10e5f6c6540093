#include "base/iso_time.h"

namespace waybill {

namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  // Exactly `digits` digits.
  bool number(int digits, int& out) {
    out = 0;
    for (int i = 0; i < digits; ++i) {
      if (text_.empty() || text_.front() < '0' || text_.front() > '9') return false;
      out = out * 10 + (text_.front() - '0');
      text_.remove_prefix(1);
    }
    return true;
  }
  bool mark(std::string_view any_of) {
    if (text_.empty() || any_of.find(text_.front()) == std::string_view::npos) return false;
    last_ = text_.front();
    text_.remove_prefix(1);
    return true;
  }
  int fraction_millis() {
    int millis = 0;
    int scale = 100;
    while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9') {
      millis += (text_.front() - '0') * scale;
      scale /= 10;
      text_.remove_prefix(1);
    }
    return millis;
  }
  char last() const { return last_; }
  bool done() const { return text_.empty(); }

 private:
  std::string_view text_;
  char last_ = 0;
};

}  // namespace

std::optional<WallTime> parse_iso8601(std::string_view text) {
  using namespace std::chrono;
  Scanner scan(text);
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, millis = 0, offset_h = 0, offset_m = 0;
  if (!(scan.number(4, y) && scan.mark("-") && scan.number(2, mo) && scan.mark("-") && scan.number(2, d) &&
        scan.mark("Tt ") && scan.number(2, h) && scan.mark(":") && scan.number(2, mi) && scan.mark(":") &&
        scan.number(2, s))) {
    return std::nullopt;
  }
  if (scan.mark(".")) millis = scan.fraction_millis();
  if (!scan.mark("Zz+-")) return std::nullopt;
  const char zone = scan.last();
  if ((zone == '+' || zone == '-') && !(scan.number(2, offset_h) && scan.mark(":") && scan.number(2, offset_m))) {
    return std::nullopt;
  }
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!scan.done() || !date.ok() || h > 23 || mi > 59 || s > 60 || offset_h > 23 || offset_m > 59) return std::nullopt;
  const Millis offset = (hours{offset_h} + minutes{offset_m}) * (zone == '-' ? -1 : 1);
  return WallTime{sys_days{date}} + hours{h} + minutes{mi} + seconds{s} + Millis{millis} - offset;
}

}  // namespace waybill
