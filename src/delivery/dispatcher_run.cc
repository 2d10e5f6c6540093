// The part of the dispatcher that runs outside its lock: attempts, their settlement, and page reads.
#include <algorithm>

#include "base/log.h"
#include "delivery/dispatcher_impl.h"

namespace waybill::delivery {

namespace {

constexpr std::chrono::seconds kDefaultTimeout{30};

SteadyTime deadline_of(const EndpointSpec* spec, SteadyTime now) {
  return now + (spec && spec->function ? spec->function->timeout : kDefaultTimeout);
}

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

// A delivery whose rule or target was deleted still has to end somewhere.
std::shared_ptr<const EndpointSpec> gone(EndpointId id, const std::string& key) {
  auto spec = std::make_shared<EndpointSpec>();
  spec->id = id;
  spec->key = key;
  const std::size_t first = key.find(' ');
  const std::size_t last = key.rfind(' ');
  if (key.starts_with("target ") && last > first) spec->rule_arn = key.substr(first + 1, last - first - 1);
  return spec;
}

}  // namespace

void Dispatcher::Impl::start(Work work) {
  if (!work.finished.empty()) ports_.journal.submit_many(store::Lane::internal, std::move(work.finished));
  for (auto& batch : work.timed_out) {
    if (batch->on_worker) ports_.executor.replace_stuck_thread();
    AttemptResult result;
    result.ok = false;
    result.error_code = "TIMEOUT";
    result.error_message = "the invocation did not end within its timeout";
    const Origin origin = origin_of(*batch);
    ports_.probe.attempted(*origin.spec, ports_.steady.now() - batch->started, false);
    Window::Waiting waiting = *batch->current;
    PayloadPtr payload = payload_of(waiting);
    if (!payload) {  // the row is where it was; its next attempt starts over
      const std::lock_guard lock(mutex_);
      stall_locked(*batch->lane, std::move(waiting));
      refresh_locked(*batch->lane);
      continue;
    }
    auto unit = settle_unit(origin, std::move(waiting), std::move(payload), std::move(result));
    ports_.journal.submit(store::Lane::internal, std::move(unit.changes), std::move(unit.done));
  }
  for (auto& batch : work.batches) {
    ports_.executor.post([self = shared_from_this(), batch] { self->run_batch(batch); });
  }
  for (Lane* lane : work.pages) {
    ports_.executor.post([self = shared_from_this(), lane] { self->read_page(lane); });
  }
  if (work.wake) ports_.wake_in(*work.wake);
}

Dispatcher::Impl::Origin Dispatcher::Impl::origin_of(const Batch& batch) {
  return {batch.lane, batch.spec ? batch.spec : gone(batch.lane->id, batch.lane->key), batch.generation};
}

void Dispatcher::Impl::run_batch(const std::shared_ptr<Batch>& batch) {
  const Origin origin = origin_of(*batch);
  while (next_of_batch(batch)) {
    const Window::Waiting waiting = *batch->current;
    PayloadPtr payload = payload_of(waiting);
    if (!payload) {
      const std::lock_guard lock(mutex_);
      if (batch->abandoned) break;
      batch->current.reset();
      stall_locked(*batch->lane, waiting);
      continue;
    }
    auto result = refuse_attempt(*batch, waiting, *payload);
    if (!result && batch->async) {
      begin_async(batch, origin, waiting, std::move(payload));
      return;
    }
    const SteadyTime began = ports_.steady.now();
    if (!result) result = ports_.invoker.invoke(attempt_of(*batch, origin, waiting, *payload));
    if (!conclude(*batch, origin, std::move(payload), std::move(*result), began)) break;
  }
  end_batch(batch);
}

// Why the attempt fails before anybody is asked.
std::optional<AttemptResult> Dispatcher::Impl::refuse_attempt(const Batch& batch, const Window::Waiting& waiting,
                                                              const Payload& payload) const {
  const auto failure = [](FailureClass failure_class, const char* code, std::string message) {
    return AttemptResult{false, failure_class, code, std::move(message), {}};
  };
  if (!batch.spec) {
    return failure(FailureClass::permanent, "NO_RESOURCE", "the rule or target of this delivery no longer exists");
  }
  if (!payload.id.value) {
    return failure(FailureClass::retriable, "INTERNAL_ERROR", "the payload of this delivery is not in the store");
  }
  if (waiting.delivery.depth > kMaxDepth) {
    return failure(
        FailureClass::permanent, "RECURSION_LIMIT",
        "this delivery was caused by " + std::to_string(kMaxDepth) + " others before it: a rule feeds itself");
  }
  if (batch.unhealthy) {
    return failure(FailureClass::retriable, "ERROR_FROM_TARGET",
                   "the function is unhealthy: " + std::to_string(options_.max_stuck) + " of its invocations hang");
  }
  return std::nullopt;
}

Attempt Dispatcher::Impl::attempt_of(const Batch& batch, const Origin& origin, const Window::Waiting& waiting,
                                     const Payload& payload) const {
  return {*origin.spec, waiting.delivery, payload, ports_.wall.now(), batch.deadline};
}

// From here on the batch holds its function's slot, but no worker. Its result is settled on a worker again.
void Dispatcher::Impl::begin_async(const std::shared_ptr<Batch>& batch, const Origin& origin,
                                   const Window::Waiting& waiting, PayloadPtr payload) {
  Work work;
  bool abandoned = false;
  {
    const std::lock_guard lock(mutex_);
    abandoned = batch->abandoned;
    if (!abandoned) {
      batch->on_worker = false;
      --tasks_;
      ++awaited_;
      pump_locked(work);
    }
  }
  start(std::move(work));
  if (abandoned) {
    end_batch(batch);
    return;
  }
  const Attempt attempt = attempt_of(*batch, origin, waiting, *payload);
  const SteadyTime began = ports_.steady.now();
  ports_.invoker.invoke_async(
      attempt, [self = shared_from_this(), batch, origin, payload, began](AttemptResult result) {
        self->ports_.executor.post([self, batch, origin, payload, began, result = std::move(result)]() mutable {
          self->conclude(*batch, origin, std::move(payload), std::move(result), began);
          self->end_batch(batch);
        });
      });
}

// False when the attempt was settled as a timeout meanwhile: this result comes too late.
bool Dispatcher::Impl::conclude(Batch& batch, const Origin& origin, PayloadPtr payload, AttemptResult result,
                                SteadyTime began) {
  const auto took = ports_.steady.now() - began;
  Window::Waiting waiting;
  {
    const std::lock_guard lock(mutex_);
    if (batch.abandoned) {
      ports_.probe.ended(*origin.spec, DeliveryProbe::Outcome::fenced);
      return false;
    }
    waiting = *std::exchange(batch.current, std::nullopt);
    if (result.postponed) {
      if (postpone_locked(origin, waiting, *result.postponed)) return true;
      result = {false, FailureClass::retriable, "THROTTLING", "the target's rate limit left no room for it", {}};
    }
    batch.lane->pace = batch.lane->pace.count() == 0 ? took : (batch.lane->pace * 7 + took) / 8;
  }
  ports_.probe.attempted(*origin.spec, took, result.ok);
  auto unit = settle_unit(origin, std::move(waiting), std::move(payload), std::move(result));
  const std::lock_guard lock(mutex_);
  batch.finished.push_back(std::move(unit));
  return true;
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

bool Dispatcher::Impl::next_of_batch(const std::shared_ptr<Batch>& batch) {
  Work work;
  bool more = false;
  {
    const std::lock_guard lock(mutex_);
    if (!batch->abandoned && !batch->todo.empty()) {
      more = true;
      batch->current = std::move(batch->todo.front());
      batch->todo.pop_front();
      batch->started = ports_.steady.now();
      batch->deadline = deadline_of(batch->spec.get(), batch->started);
      if (!wake_at_ || *wake_at_ > batch->deadline) plan_wake_locked(work);
    }
  }
  start(std::move(work));
  return more;
}

void Dispatcher::Impl::end_batch(const std::shared_ptr<Batch>& batch) {
  Work work;
  std::vector<store::Journal::Unit> finished;
  {
    const std::lock_guard lock(mutex_);
    finished = std::exchange(batch->finished, {});
  }
  if (!finished.empty()) ports_.journal.submit_many(store::Lane::internal, std::move(finished));
  {
    const std::lock_guard lock(mutex_);
    running_.remove(batch);
    if (!batch->abandoned) {
      --(batch->on_worker ? tasks_ : awaited_);
      release_slot_locked(*batch);
    } else if (batch->on_worker) {  // the stuck thread came back; its slot was given away when it timed out
      --slots_[batch->slot].stuck;
    }
    refresh_locked(*batch->lane);
    pump_locked(work);
  }
  start(std::move(work));
}

// Null: it could not be read at present. A payload without an id: it is not in the store.
PayloadPtr Dispatcher::Impl::payload_of(const Window::Waiting& waiting) {
  static const PayloadPtr kMissing = std::make_shared<const Payload>();
  if (waiting.payload) return waiting.payload;
  auto reader = ports_.readers.lend();
  if (!reader) return nullptr;
  auto found = (*reader)->payloads({waiting.delivery.payload});
  if (!found) return nullptr;
  return !found->empty() && found->front() ? found->front() : kMissing;
}

// Back to where it was, to be tried again in a while; no attempt was made.
void Dispatcher::Impl::stall_locked(Lane& lane, Window::Waiting waiting, Millis delay) {
  lane.window.put_back(std::move(waiting));
  lane.stalled_until = std::max(lane.stalled_until.value_or(WallTime::min()), ports_.wall.now() + delay);
}

store::Journal::Unit Dispatcher::Impl::settle_unit(const Origin& origin, Window::Waiting waiting, PayloadPtr payload,
                                                   AttemptResult result) {
  Settled settled =
      settle({*origin.spec, waiting.delivery, *payload, origin.generation, ports_.wall.now()}, std::move(result),
             options_.backoff, ports_.random, ports_.journal, waiting.refusals > 1 ? no_routes() : ports_.dead_letters);
  store::Journal::Unit unit;
  unit.changes = std::exchange(settled.changes, {});
  waiting.payload = std::move(payload);
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
  PayloadPtr payload = waiting.payload;
  auto unit = settle_unit(origin, std::move(waiting), std::move(payload), std::move(result));
  {
    const std::lock_guard lock(mutex_);
    --in_journal_;  // the refused one
  }
  ports_.journal.submit(store::Lane::internal, std::move(unit.changes), std::move(unit.done));
}

void Dispatcher::Impl::read_page(Lane* lane) {
  DeliveryKey first{lane->id, WallTime::min(), DeliveryId{0}};
  std::size_t limit = 0;
  {
    const std::lock_guard lock(mutex_);
    limit = lane->window.page_size();
  }
  auto reader = ports_.readers.lend();
  Result<std::vector<Delivery>> rows = reader ? (*reader)->deliveries(first, WallTime::max(), static_cast<int>(limit))
                                              : Result<std::vector<Delivery>>(reader.error());
  if (!rows) spdlog::error("reading the deliveries of endpoint {} failed: {}", lane->key, rows.error().message);
  Work work;
  {
    const std::lock_guard lock(mutex_);
    --reading_;
    if (rows) {
      lane->window.merge_page(std::move(*rows));
      refresh_locked(*lane);
    } else {
      lane->window.abandon_page();
      lane->stalled_until = ports_.wall.now() + std::chrono::seconds{1};
      refresh_locked(*lane);
    }
    pump_locked(work);
  }
  start(std::move(work));
}

}  // namespace waybill::delivery
