// Schedule: the ScheduleExpression of a rule, `rate(...)` or `cron(...)` (contract section 6, "Schedule expressions").
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "base/clock.h"
#include "base/result.h"
#include "expr/cron.h"

namespace waybill::expr {

// Immutable value; may be used by many threads.
class Schedule {
 public:
  // Error: invalid, with AWS's whole text.
  static Result<Schedule> parse(std::string_view text);

  // The first firing strictly later than `time`, nullopt when there is none. `anchor` is when the expression was put: a
  // rate fires at anchor + n periods, n from 1, so it neither drifts nor depends on when it is asked; cron ignores it.
  std::optional<WallTime> next_after(WallTime anchor, WallTime time) const;

 private:
  using Timing = std::variant<Millis, Cron>;  // the period of a rate, or cron

  explicit Schedule(Timing timing) : timing_(std::move(timing)) {}

  Timing timing_;
};

}  // namespace waybill::expr
