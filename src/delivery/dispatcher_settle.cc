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
  AttemptResult result;
  result.ok = false;
  result.error_code = "TIMEOUT";
  result.error_message = "the invocation did not end within its timeout";
  const Origin origin = origin_of(batch);
  ports_.probe.attempted(*origin.spec, ports_.steady.now() - batch.started, false);
  std::vector<store::Journal::Unit> units;
  for (Window::Waiting waiting : batch.current) {
    waiting.payload = payload_of(waiting);
    if (waiting.payload) {
      units.push_back(settle_unit(origin, std::move(waiting), part_of(result)));
      continue;
    }
    const std::lock_guard lock(mutex_);  // the row is where it was; its next attempt starts over
    stall_locked(*batch.lane, std::move(waiting));
    refresh_locked(*batch.lane);
  }
  ports_.journal.submit_many(store::Lane::internal, std::move(units));
}

// False when the event is too old to wait.
bool Dispatcher::Impl::postpone_locked(const Origin& origin, const Window::Waiting& waiting, Millis delay) {
  if (ports_.wall.now() >= waiting.delivery.ingested_at + origin.spec->retry.max_age) return false;
  if (origin.generation == ports_.journal.generation()) {
    stall_locked(*origin.lane, waiting, delay);
  } else {  // a reset took the row meanwhile
    origin.lane->window.finish(waiting.delivery.key.id);
  }
  return true;
}

// Back to where it was, to be tried again in a while; no attempt was made.
void Dispatcher::Impl::stall_locked(Lane& lane, Window::Waiting waiting, Millis delay) {
  lane.window.put_back(std::move(waiting));
  lane.stalled_until = std::max(lane.stalled_until.value_or(WallTime::min()), ports_.wall.now() + delay);
}

store::Journal::Unit Dispatcher::Impl::settle_unit(const Origin& origin, Window::Waiting waiting,
                                                   AttemptResult result) {
  Settled settled = settle({*origin.spec, waiting.delivery, *waiting.payload, origin.generation, ports_.wall.now()},
                           std::move(result), options_.backoff, ports_.random, ports_.journal,
                           waiting.refusals > 1 ? no_routes() : ports_.dead_letters);
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

void Dispatcher::Impl::applied(const Origin& origin, Window::Waiting waiting, Settled settled, store::Applied applied) {
  if (!applied) {
    refused(origin, std::move(waiting), applied.error());
    return;
  }
  ports_.probe.ended(*origin.spec, settled.outcome);
  for (const store::ChangeResult& result : *applied) {
    if (std::holds_alternative<store::ConditionSkipped>(result)) {
      spdlog::info("{}: a conditional write was skipped: the item is there already", origin.spec->target_arn);
    }
  }
  Work work;
  {
    const std::lock_guard lock(mutex_);
    --in_journal_;
    Lane& lane = *origin.lane;
    lane.window.finish(waiting.delivery.key.id);
    if (settled.retry) {
      lane.window.add(std::move(*settled.retry), std::move(waiting.payload));
    } else {
      --lane.pending;
    }
    refresh_locked(lane);
    pump_locked(work);
  }
  start(std::move(work));
  if (!settled.caused.empty()) committed(std::move(settled.caused));
}

void Dispatcher::Impl::refused(const Origin& origin, Window::Waiting waiting, const store::Refusal& refusal) {
  using Reason = store::Refusal::Reason;
  const bool conflict = refusal.reason == Reason::version_conflict && waiting.conflicts < options_.max_conflicts;
  const bool fenced = refusal.reason == Reason::fenced;
  if (!conflict && (refusal.reason == Reason::version_conflict || refusal.reason == Reason::condition_failed ||
                    refusal.reason == Reason::invalid_effect)) {
    fail(origin, std::move(waiting), refusal.message);
    return;
  }
  if (fenced) ports_.probe.ended(*origin.spec, DeliveryProbe::Outcome::fenced);
  if (conflict) ports_.probe.ended(*origin.spec, DeliveryProbe::Outcome::conflicted);
  Work work;
  {
    const std::lock_guard lock(mutex_);
    --in_journal_;
    Lane& lane = *origin.lane;
    if (fenced) {
      lane.window.finish(waiting.delivery.key.id);
    } else if (conflict) {
      ++waiting.conflicts;
      lane.window.put_back(std::move(waiting));
    } else {  // the disk is full, or the Journal stopped: the row is where it was
      stall_locked(lane, std::move(waiting));
    }
    refresh_locked(lane);
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
  ports_.journal.submit(store::Lane::internal, std::move(unit.changes), std::move(unit.done));
}

}  // namespace waybill::delivery
