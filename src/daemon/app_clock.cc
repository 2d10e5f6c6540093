// The parts of the daemon for those who rehearse: a clock that can be turned, and faults on request.
#include <algorithm>
#include <charconv>

#include "base/log.h"
#include "daemon/app_impl.h"

namespace waybill {

namespace {

// A virtual clock does not come to a due time by itself, so a wake-up for one would ask for the next at once. Deadlines
// of attempts, which are real, are seen to that much late.
constexpr Millis kLeastWake{20};
// For what is neither a handler nor has a timeout of its own.
constexpr Millis kPatience = std::chrono::seconds{30};
constexpr Millis kGrace = std::chrono::seconds{2};

std::optional<WallTime> stored_time(const std::optional<std::string>& text) {
  std::int64_t millis = 0;
  if (!text || text->empty()) return std::nullopt;
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), millis);
  if (problem != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return from_millis(millis);
}

}  // namespace

// Before anything asks for the time.
Status App::Impl::set_clock() {
  WAYBILL_TRY(const auto reader, readers_->lend());
  WAYBILL_TRY(const auto text, reader->setting(TimeMachine::kSetting));
  const auto stored = stored_time(text);
  const WallTime now = system_wall_.now();
  if (clock_is_virtual()) {
    virtual_wall_.advance_to(stored.value_or(now));
    spdlog::info("the clock is virtual and shows {}; turn it with 'waybill clock advance'",
                 iso8601_millis(virtual_wall_.now()));
  } else if (stored && *stored > now) {
    spdlog::warn(
        "this data directory ran on a virtual clock up to {}: what is due or expires by then waits until the system's "
        "clock comes there; start with --set clock=virtual to go on from there",
        iso8601_millis(*stored));
  }
  return {};
}

// A virtual clock's time is in the store from its beginning. One that the system's clock has passed is forgotten, so
// that a virtual clock does not go back behind what happens now.
Status App::Impl::keep_clock() {
  std::optional<WallTime> stored;
  {
    WAYBILL_TRY(const auto reader, readers_->lend());
    WAYBILL_TRY(const auto text, reader->setting(TimeMachine::kSetting));
    stored = stored_time(text);
  }
  std::string value;
  if (clock_is_virtual()) {
    if (stored) return {};
    value = std::to_string(to_millis(virtual_wall_.now()));
  } else if (!stored || *stored > system_wall_.now()) {
    return {};
  }
  store::Changes changes;
  changes.add(store::PutSetting{TimeMachine::kSetting, std::move(value)});
  const auto applied = journal_->apply(store::Lane::internal, std::move(changes));
  if (!applied)
    return Error{ErrorCode::unavailable, "the clock's time could not be stored: " + applied.error().message};
  return {};
}

void App::Impl::make_time_machine() {
  std::vector<TimeMachine::Part> parts;
  parts.push_back({"schedules", [this] { return scheduler_->next(); }, [this] { run_schedules(); },
                   [] { return true; }});  // what it fires is in the Journal when it returns
  parts.push_back({"deliveries", [this] { return dispatcher_->next_due(); }, [this] { dispatcher_->tick(); },
                   [this] { return journal_->has_stored(journal_->logged()) && dispatcher_->quiet(); }});
  parts.push_back({"replays", [] { return std::optional<WallTime>(); },
                   [this] {
                     if (replays_->waiting()) replays_->wake();
                   },
                   [this] { return replays_->quiet(); }});
  add_queue_parts(parts);
  parts.push_back({"retention", [this] { return maintenance_->next_due(); }, [this] { maintenance_->run(); },
                   [this] { return maintenance_->quiet(); }});
  time_machine_ = std::make_unique<TimeMachine>(TimeMachine::Ports{virtual_wall_, steady_, *journal_, std::move(parts),
                                                                   [this] { return probes_.totals(); },
                                                                   [this] { return longest_attempt(); }});
}

// Real time. An attempt past its deadline is settled as a timeout, and then the daemon is quiet again.
Millis App::Impl::longest_attempt() const {
  Millis longest = kPatience;
  const auto topology = topology_.get();
  for (const auto& [arn, function] : topology->functions()) longest = std::max<Millis>(longest, function->timeout);
  return longest + kGrace;
}

void App::Impl::make_faults() {
  if (!settings_.flag("allow_faults")) return;
  faults_ = std::make_unique<delivery::Faults>();
  fault_invoker_ = std::make_unique<FaultInvoker>(FaultInvoker::Ports{
      *invoker_, *faults_, probes_.metrics(), steady_, *workers_,
      [this](Millis delay, UniqueFunction<void()> call) { io_->post_after(delay, std::move(call)); },
      [over = stopping_.get_future().share()](Millis delay) { over.wait_for(delay); }});
}

delivery::Invoker& App::Impl::first_invoker() {
  if (fault_invoker_) return *fault_invoker_;
  return *invoker_;
}

void App::Impl::wake_dispatcher(Millis delay) {
  wake_->wake_in(clock_is_virtual() ? std::max(delay, kLeastWake) : delay);
}

}  // namespace waybill
