#include "daemon/time_machine.h"

#include <algorithm>

#include "base/log.h"

namespace waybill {

namespace {

// How often it is looked whether all is quiet. An upper bound for what a stop of the clock costs, not a wait for
// something to happen.
constexpr std::chrono::microseconds kLook{200};
constexpr Millis kTick{1};
// Dates beyond have no four-digit year.
const WallTime kLastTime = from_millis(253'402'300'799'999);

api::DeliveryTotals difference(const api::DeliveryTotals& after, const api::DeliveryTotals& before) {
  return {after.attempts - before.attempts, after.delivered - before.delivered, after.retried - before.retried,
          after.dead_lettered - before.dead_lettered};
}

std::optional<WallTime> earliest(const std::vector<std::optional<WallTime>>& times) {
  std::optional<WallTime> first;
  for (const auto& time : times) {
    if (time && (!first || *time < *first)) first = time;
  }
  return first;
}

Error stopped_error() {
  return {ErrorCode::unavailable,
          "the daemon is stopping; the clock goes on from where it stands after the next start"};
}

Result<WallTime> time_of(const api::ClockControl::Goal& goal, WallTime now) {
  if (const auto* span = std::get_if<Millis>(&goal)) {
    if (*span > kLastTime - now) return invalid("advance: that is beyond the year 9999");
    return now + *span;
  }
  const WallTime to = std::get<WallTime>(goal);
  if (to < now) return invalid("to: the clock shows " + iso8601_millis(now) + " and never goes back");
  return to;
}

}  // namespace

TimeMachine::TimeMachine(Ports ports) : ports_(std::move(ports)) {
  thread_ = std::thread([this] { run(); });
}

TimeMachine::~TimeMachine() { stop(); }

void TimeMachine::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void TimeMachine::advance(Goal goal, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      requests_.push_back({goal, std::move(done)});
      changed_.notify_all();
      return;
    }
  }
  done(stopped_error());
}

void TimeMachine::halt() {
  std::deque<Request> waiting;
  {
    const std::lock_guard lock(mutex_);
    halting_ = going_to_.has_value();
    waiting = std::exchange(requests_, {});
  }
  changed_.notify_all();
  for (Request& request : waiting) {
    request.done(Error{ErrorCode::conflict, "the clock was halted before this began"});
  }
}

std::optional<WallTime> TimeMachine::going_to() const {
  const std::lock_guard lock(mutex_);
  return going_to_;
}

std::optional<WallTime> TimeMachine::next_due() { return earliest(look_ahead()); }

std::vector<std::optional<WallTime>> TimeMachine::look_ahead() const {
  std::vector<std::optional<WallTime>> due;
  for (const Part& part : ports_.parts) due.push_back(part.next());
  return due;
}

bool TimeMachine::interrupted() const {
  const std::lock_guard lock(mutex_);
  return stopping_ || halting_;
}

void TimeMachine::run() {
  for (;;) {
    Request request;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !requests_.empty(); });
      if (requests_.empty()) return;
      request = std::move(requests_.front());
      requests_.pop_front();
    }
    auto advanced = interrupted() ? Result<api::ClockAdvanced>(stopped_error()) : turn(request.goal);
    {
      const std::lock_guard lock(mutex_);
      going_to_.reset();
      halting_ = false;
    }
    request.done(std::move(advanced));
  }
}

Result<api::ClockAdvanced> TimeMachine::turn(const Goal& goal) {
  api::ClockAdvanced advanced;
  advanced.from = advanced.now = ports_.clock.now();
  WAYBILL_TRY(advanced.to, time_of(goal, advanced.from));
  {
    const std::lock_guard lock(mutex_);
    going_to_ = advanced.to;
  }
  const api::DeliveryTotals before = ports_.totals();
  const auto wait = [&] {
    if (!settle() && !interrupted()) ++advanced.impatient;
  };
  wait();
  while (!interrupted()) {
    const auto due = look_ahead();
    const auto first = earliest(due);
    if (!first || *first > advanced.to) break;
    // What stayed due though it was told so must not hold the clock.
    const WallTime stop = std::max(*first, ports_.clock.now() + kTick);
    if (stop > advanced.to) break;
    const api::DeliveryTotals earlier = ports_.totals();
    WAYBILL_CHECK(go_to(stop));
    api::ClockStep step = fire(due);
    wait();
    step.done = difference(ports_.totals(), earlier);
    ++advanced.steps;
    if (advanced.first_steps.size() < api::kShownSteps) advanced.first_steps.push_back(std::move(step));
  }
  if (!interrupted()) {
    WAYBILL_CHECK(go_to(advanced.to));
    for (const Part& part : ports_.parts) part.fire();
    wait();
  }
  advanced.now = ports_.clock.now();
  advanced.done = difference(ports_.totals(), before);
  spdlog::info("the clock went from {} to {} in {} steps: {} attempts, {} delivered, {} dead-lettered",
               iso8601_millis(advanced.from), iso8601_millis(advanced.now), advanced.steps, advanced.done.attempts,
               advanced.done.delivered, advanced.done.dead_lettered);
  return advanced;
}

// Stored first: no row may be of a time that the clock, after a crash, has not come to.
Status TimeMachine::go_to(WallTime time) {
  store::Changes changes;
  changes.add(store::PutSetting{kSetting, std::to_string(to_millis(time))});
  const auto applied = ports_.journal.apply(store::Lane::internal, std::move(changes));
  if (!applied) {
    return Error{ErrorCode::unavailable, "the clock stands at " + iso8601_millis(ports_.clock.now()) +
                                             ", for its time could not be stored: " + applied.error().message};
  }
  ports_.clock.advance_to(time);
  return {};
}

// Those that were due by now when it was last looked.
api::ClockStep TimeMachine::fire(const std::vector<std::optional<WallTime>>& due) {
  api::ClockStep step{ports_.clock.now(), {}, {}};
  for (std::size_t i = 0; i < due.size(); ++i) {
    if (!due[i] || *due[i] > step.at) continue;
    step.due.emplace_back(ports_.parts[i].name);
    ports_.parts[i].fire();
  }
  return step;
}

bool TimeMachine::all_quiet() const {
  return std::all_of(ports_.parts.begin(), ports_.parts.end(), [](const Part& part) { return part.quiet(); });
}

// True once nothing is in progress. What is in the Journal may begin something when it is done, and that may have come
// to its end before it is looked again: hence the totals, and the empty unit that all earlier ones come before.
bool TimeMachine::settle() {
  const SteadyTime until = ports_.steady.now() + ports_.patience();
  while (!interrupted()) {
    if (all_quiet()) {
      const api::DeliveryTotals seen = ports_.totals();
      if (!ports_.journal.apply(store::Lane::outcome, {})) return true;  // it stops, or failed: nothing goes on
      if (all_quiet() && ports_.totals() == seen) return true;
    }
    if (ports_.steady.now() >= until) return false;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kLook, [this] { return stopping_ || halting_; });
  }
  return false;
}

}  // namespace waybill
