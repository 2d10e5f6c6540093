// The routes of the clock: /_waybill/clock shows it and, where it is virtual, turns it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/function.h"
#include "base/result.h"
#include "net/http.h"

namespace waybill::api {

// What deliveries came to.
struct DeliveryTotals {
  std::int64_t attempts = 0;
  std::int64_t delivered = 0;
  std::int64_t retried = 0;
  std::int64_t dead_lettered = 0;
  bool operator==(const DeliveryTotals&) const = default;
};

// One stop of the clock on its way: something was due, and all that followed from it was done.
struct ClockStep {
  WallTime at;
  std::vector<std::string> due;  // deliveries, schedules, retention
  DeliveryTotals done;
};

struct ClockAdvanced {
  WallTime from;
  WallTime to;   // as asked
  WallTime now;  // before `to` when it was stopped
  std::int64_t steps = 0;
  std::vector<ClockStep> first_steps;  // at most kShownSteps
  DeliveryTotals done;
  std::int64_t impatient = 0;  // stops at which something hung, and the clock went on without it
};

inline constexpr std::size_t kShownSteps = 100;

// A clock that can be turned. The daemon implements it. Thread-safe.
class ClockControl {
 public:
  using Done = UniqueFunction<void(Result<ClockAdvanced>)>;
  using Goal = std::variant<Millis, WallTime>;  // by so much from where it stands when its turn comes, or to that time
  virtual ~ClockControl() = default;
  virtual std::optional<WallTime> next_due() = 0;
  virtual std::optional<WallTime> going_to() const = 0;  // while it advances
  // Does not block; one after another. `done` comes from another thread, also when the client has gone.
  virtual void advance(Goal goal, Done done) = 0;
  // What is under way ends at its next stop, and what waits behind it before it begins.
  virtual void halt() = 0;
};

class ClockApi {
 public:
  // control: null for the system's clock.
  ClockApi(const WallClock& wall, ClockControl* control) : wall_(wall), control_(control) {}

  // → {"clock":"virtual","now":…,"next_due":…|null,"going_to":…|null}; of the system's clock the first two.
  net::HttpResponse show() const;
  // {"advance":"PT24H"} | {"to":"2027-01-01T00:00:00Z"} | {"halt":true}
  void turn(const std::string& body, net::Reply reply) const;

 private:
  const WallClock& wall_;
  ClockControl* const control_;
};

}  // namespace waybill::api
