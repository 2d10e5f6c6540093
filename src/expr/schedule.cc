#include "expr/schedule.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/ascii.h"

namespace waybill::expr {
namespace {

struct Unit {
  std::string_view name;
  Millis length;
};

constexpr Unit kUnits[] = {
    {"minute", std::chrono::minutes{1}}, {"hour", std::chrono::hours{1}}, {"day", std::chrono::hours{24}}};

// `‹n› ‹unit›`: the unit is singular exactly when n is 1. Leading zeros are allowed.
std::optional<Millis> parse_rate(std::string_view text) {
  std::int32_t count = 0;
  if (text.empty() || !is_digit(text[0])) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || count < 1) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.starts_with(' ')) return std::nullopt;
  text.remove_prefix(1);
  if (count != 1) {
    if (!text.ends_with('s')) return std::nullopt;
    text.remove_suffix(1);
  }
  for (const Unit& unit : kUnits) {
    if (text == unit.name) return unit.length * std::int64_t{count};
  }
  return std::nullopt;
}

// What stands between `name(` and `)`.
std::optional<std::string_view> inside(std::string_view text, std::string_view name) {
  if (!text.starts_with(name) || !text.ends_with(')')) return std::nullopt;
  text.remove_prefix(name.size());
  text.remove_suffix(1);
  return text;
}

}  // namespace

Result<Schedule> Schedule::parse(std::string_view text) {
  if (const auto rate = inside(text, "rate(")) {
    if (const auto period = parse_rate(*rate)) return Schedule(*period);
  } else if (const auto fields = inside(text, "cron(")) {
    if (auto cron = Cron::parse(*fields)) return Schedule(*std::move(cron));
  }
  return invalid("Parameter ScheduleExpression is not valid.");
}

std::optional<WallTime> Schedule::next_after(WallTime anchor, WallTime time) const {
  if (const Cron* cron = std::get_if<Cron>(&timing_)) return cron->next_after(time);
  const Millis period = std::get<Millis>(timing_);
  const std::int64_t passed = time < anchor ? 0 : (time - anchor) / period;
  return anchor + (passed + 1) * period;
}

}  // namespace waybill::expr
