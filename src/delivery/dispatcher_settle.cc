// The part of the dispatcher that settles attempts: what is written, and what becomes of the delivery in memory then.
#include <algorithm>

#include "base/log.h"
#include "delivery/dispatcher_impl.h"

namespace waybill::delivery {

namespace {

// When what a dead letter causes cannot be applied either, the record in Waybill's own store must still be made.
DeadLetterRouter& no_routes() {
  class Nowhere final : public DeadLetterRouter {
    Consequences route(const EndpointSpec&, const DeadLetter& letter, int) override {
      spdlog::error("dead letter {} could not be sent on; it is kept, see 'waybill dead-letters show {}'",
                    letter.id.value, letter.id.value);
      return {};
    }
  };
  static Nowhere nowhere;
  return nowhere;
}

}  // namespace

void Dispatcher::Impl::settle_timeout(Batch& batch) {
  const AttemptResult result = timeout_result(batch.async);
  const Origin origin = origin_of(batch);
  ports_.probe.attempted(*origin.spec, ports_.steady.now() - batch.started, false);
  std::vector<store::Journal::Unit> units;
  for (Window::Waiting waiting : batch.current) {
    waiting.payload = payload_of(waiting);
    if (waiting.payload) {
      units.push_back(settle_unit(origin, std::move(waiting), part_of(result), Ended::timed_out));
      continue;
    }
    const std::lock_guard lock(mutex_);  // its next attempt starts over
    follow_locked(origin, std::move(waiting), DeliveryInput::unreadable, kRest);
    refresh_locked(*batch.lane);
  }
  ports_.journal.submit_many(store::Lane::outcome, std::move(units));
}

// No attempt was made. The event may have got too old for another.
void Dispatcher::Impl::postpone(const Origin& origin, std::vector<Window::Waiting> waiting, Millis delay,
                                Batch& batch) {
  for (Window::Waiting& each : waiting) {
    if (ports_.wall.now() < each.delivery.ingested_at + origin.spec->retry.max_age) {
      const std::lock_guard lock(mutex_);
      follow_locked(origin, std::move(each), DeliveryInput::postponed, delay);
      continue;
    }
    AttemptResult why{false, FailureClass::retriable, "THROTTLING", "the target's rate limit left no room for it", {}};
    auto unit = settle_unit(origin, std::move(each), std::move(why), Ended::too_old);
    const std::lock_guard lock(mutex_);
    batch.finished.push_back(std::move(unit));
  }
}

void Dispatcher::Impl::bury_aged(Aged aged) {
  std::vector<store::Journal::Unit> units;
  for (Window::Waiting& waiting : aged.waiting) {
    waiting.payload = payload_of(waiting);
    if (waiting.payload) {
      units.push_back(settle_unit(aged.origin, std::move(waiting), part_of(aged.why), Ended::too_old));
      continue;
    }
    const std::lock_guard lock(mutex_);
    follow_locked(aged.origin, std::move(waiting), DeliveryInput::unreadable, kRest);
  }
  ports_.journal.submit_many(store::Lane::outcome, std::move(units));
  Work work;
  {
    const std::lock_guard lock(mutex_);
    --reading_;
    refresh_locked(*aged.origin.lane);
    pump_locked(work);
  }
  start(std::move(work));
}

void Dispatcher::Impl::follow_locked(const Origin& origin, Window::Waiting waiting, DeliveryInput input, Millis delay) {
  const bool is_reset = origin.generation != ports_.journal.generation();
  const Transition& step = transition(DeliveryState::in_flight, is_reset ? DeliveryInput::reset : input);
  Lane& lane = *origin.lane;
  if (step.to) {  // its row is gone, or goes on under another due time
    lane.window.finish(waiting.delivery.key.id);
    return;
  }
  if (lane.expires) lane.expires = std::min(*lane.expires, expiry_of(lane, waiting.delivery.ingested_at));
  lane.window.put_back(std::move(waiting));
  if (delay > Millis{0}) {
    lane.stalled_until = std::max(lane.stalled_until.value_or(WallTime::min()), ports_.wall.now() + delay);
  }
}

// An exception, as of a router that cannot write down what it was given, costs the effects and the routes, and no more:
// the delivery still ends, and Waybill's own record is made.
Settled Dispatcher::Impl::settled(const Origin& origin, const Window::Waiting& waiting, AttemptResult result,
                                  Ended ended) {
  const SettleContext context{*origin.spec, waiting.delivery, *waiting.payload, origin.generation, ports_.wall.now()};
  const auto settle_by = [&](DeadLetterRouter& router, AttemptResult as) {
    const SettlePorts ports{options_.backoff, ports_.random, ports_.journal, router};
    return ended == Ended::too_old ? settle_too_old(context, std::move(as), ports)
                                   : settle(context, std::move(as), ended == Ended::timed_out, ports);
  };
  AttemptResult plain = part_of(result);
  try {
    return settle_by(waiting.refusals > 1 ? no_routes() : ports_.dead_letters, std::move(result));
  } catch (const std::exception& error) {
    spdlog::error("settling delivery {} failed: {}", waiting.delivery.key.id.value, error.what());
    return settle_by(no_routes(), plain.ok ? exception_result(error.what()) : std::move(plain));
  }
}

store::Journal::Unit Dispatcher::Impl::settle_unit(const Origin& origin, Window::Waiting waiting, AttemptResult result,
                                                   Ended ended) {
  Settled settled = this->settled(origin, waiting, std::move(result), ended);
  store::Journal::Unit unit;
  unit.changes = std::exchange(settled.changes, {});
  {
    const std::lock_guard lock(mutex_);
    ++in_journal_;
  }
  unit.done = [self = shared_from_this(), origin, waiting = std::move(waiting),
               settled = std::move(settled)](store::Applied applied) mutable {
    self->applied(origin, std::move(waiting), std::move(settled), std::move(applied));
  };
  return unit;
}

// All of them end in one unit, with what takes their place.
store::Journal::Unit Dispatcher::Impl::joined_unit(const Origin& origin, std::vector<Window::Waiting> waiting,
                                                   AttemptResult result) {
  store::Journal::Unit joined;
  std::vector<decltype(joined.done)> each_done;
  const AttemptResult part = part_of(result);
  for (std::size_t i = waiting.size(); i-- > 0;) {
    auto unit = settle_unit(origin, std::move(waiting[i]), i == 0 ? std::move(result) : part);
    std::move(unit.changes.list.begin(), unit.changes.list.end(), std::back_inserter(joined.changes.list));
    each_done.push_back(std::move(unit.done));
  }
  joined.done = [self = shared_from_this(), endpoint = origin.lane->id,
                 each_done = std::move(each_done)](store::Applied applied) mutable {
    for (auto& done : each_done) {
      done(applied ? store::Applied(std::vector<store::ChangeResult>{}) : store::Applied(applied.error()));
    }
    if (applied || applied.error().reason != store::Refusal::Reason::fenced) return;
    // Which of them has moved on is not said: those that have not are found in the store.
    Work work;
    {
      const std::lock_guard lock(self->mutex_);
      Lane& lane = self->lane_locked(endpoint);
      lane.window.mark_behind();
      self->refresh_locked(lane);
      self->pump_locked(work);
    }
    self->start(std::move(work));
  };
  return joined;
}

void Dispatcher::Impl::applied(const Origin& origin, Window::Waiting waiting, Settled settled, store::Applied applied) {
  if (!applied) {
    refused(origin, std::move(waiting), applied.error());
    return;
  }
  ports_.probe.ended(*origin.spec, settled.outcome);
  if (settled.on_commit) settled.on_commit();
  for (const store::ChangeResult& result : *applied) {
    if (std::holds_alternative<store::ConditionSkipped>(result)) {
      spdlog::info("{}: a conditional write was skipped: the item is there already", origin.spec->target_arn);
    }
  }
  const bool is_reset = origin.generation != ports_.journal.generation();  // after it was applied
  Work work;
  {
    const std::lock_guard lock(mutex_);
    --in_journal_;
    Lane& lane = *origin.lane;
    lane.window.finish(waiting.delivery.key.id);
    if (!is_reset && settled.state == DeliveryState::retry_wait) {
      if (lane.expires) lane.expires = std::min(*lane.expires, expiry_of(lane, settled.retry->ingested_at));
      lane.window.add(std::move(*settled.retry), std::move(waiting.payload));
    } else if (!is_reset) {
      --lane.pending;
    }
    refresh_locked(lane);
    if (is_done_with(lane)) forget_locked(lane);
    pump_locked(work);
  }
  start(std::move(work));
  if (!is_reset && !settled.caused.empty()) committed(std::move(settled.caused));
}

void Dispatcher::Impl::refused(const Origin& origin, Window::Waiting waiting, const store::Refusal& refusal) {
  using Reason = store::Refusal::Reason;
  const bool conflict = refusal.reason == Reason::version_conflict && waiting.conflicts < options_.max_conflicts;
  if (!conflict && (refusal.reason == Reason::version_conflict || refusal.reason == Reason::condition_failed ||
                    refusal.reason == Reason::invalid_effect)) {
    fail(origin, std::move(waiting), refusal.message);
    return;
  }
  const bool fenced = refusal.reason == Reason::fenced;
  if (fenced) ports_.probe.ended(*origin.spec, DeliveryProbe::Outcome::fenced);
  if (conflict) ports_.probe.ended(*origin.spec, DeliveryProbe::Outcome::conflicted);
  if (conflict) ++waiting.conflicts;
  Work work;
  {
    const std::lock_guard lock(mutex_);
    --in_journal_;
    const DeliveryInput input = fenced     ? DeliveryInput::fenced
                                : conflict ? DeliveryInput::conflict
                                           : DeliveryInput::unavailable;  // the disk is full, or the Journal stopped
    follow_locked(origin, std::move(waiting), input, input == DeliveryInput::unavailable ? kRest : Millis{0});
    refresh_locked(*origin.lane);
    pump_locked(work);
  }
  start(std::move(work));
}

// The effects could not be applied: a failed attempt, without them.
void Dispatcher::Impl::fail(const Origin& origin, Window::Waiting waiting, std::string message) {
  AttemptResult result{false, FailureClass::retriable, "ERROR_FROM_TARGET", std::move(message), {}};
  ++waiting.refusals;
  auto unit = settle_unit(origin, std::move(waiting), std::move(result));
  {
    const std::lock_guard lock(mutex_);
    --in_journal_;  // the refused one
  }
  ports_.journal.submit(store::Lane::outcome, std::move(unit.changes), std::move(unit.done));
}

}  // namespace waybill::delivery
