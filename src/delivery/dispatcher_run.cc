// The part of the dispatcher that makes attempts; it runs outside the lock.
#include <algorithm>

#include "base/give_way.h"
#include "base/log.h"
#include "delivery/dispatcher_impl.h"

namespace waybill::delivery {

namespace {

constexpr std::chrono::seconds kDefaultTimeout{30};

SteadyTime deadline_of(const EndpointSpec* spec, SteadyTime now) {
  return now + (spec && spec->function ? spec->function->timeout : kDefaultTimeout);
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
  if (!work.finished.empty()) ports_.journal.submit_many(store::Lane::outcome, std::move(work.finished));
  for (auto& batch : work.timed_out) settle_timeout(*batch);
  for (auto& batch : work.batches) {
    Executor& threads = batch->blocking ? ports_.callers : ports_.executor;
    threads.post([self = shared_from_this(), batch] { self->run_batch(batch); });
  }
  for (CircuitNews& news : work.circuits) {
    if (news.open) {
      spdlog::warn("{} is down; it is only probed until it answers: {}", news.spec->target_arn, news.message);
    } else {
      spdlog::info("{} answers again", news.spec->target_arn);
    }
    ports_.probe.circuit(*news.spec, news.open);
  }
  for (Aged& aged : work.aged) {
    ports_.executor.post(
        [self = shared_from_this(), aged = std::move(aged)]() mutable { self->bury_aged(std::move(aged)); });
  }
  for (Lane* lane : work.pages) {
    ports_.executor.post([self = shared_from_this(), lane] { self->read_page(lane); });
  }
  if (work.wake) ports_.wake_in(*work.wake);
}

Dispatcher::Impl::Origin Dispatcher::Impl::origin_of(const Batch& batch) {
  return {batch.lane, batch.spec ? batch.spec : gone(batch.lane->id, batch.lane->key), batch.generation};
}

// Whatever happens, the batch ends: its slot and its task are given back.
void Dispatcher::Impl::run_batch(const std::shared_ptr<Batch>& batch) {
  const Origin origin = origin_of(*batch);
  bool goes_on = false;
  try {
    goes_on = make_attempts(batch, origin);
  } catch (const std::exception& error) {
    break_off(*batch, origin, error.what());
  }
  if (!goes_on) end_batch(batch);
}

// True: an asynchronous attempt goes on, and ends the batch.
bool Dispatcher::Impl::make_attempts(const std::shared_ptr<Batch>& batch, const Origin& origin) {
  for (GiveWay give_way(ports_.steady); next_of_batch(batch); give_way.after_step()) {
    if (!prepare(*batch, origin)) continue;
    if (batch->async) {
      begin_async(batch, origin);
      return true;
    }
    const SteadyTime began = ports_.steady.now();
    if (!conclude(*batch, origin, attempt(*batch, origin), began)) break;
  }
  return false;
}

AttemptResult Dispatcher::Impl::attempt(const Batch& batch, const Origin& origin) {
  try {
    return ports_.invoker.invoke(attempt_of(batch, origin, batch.current.front()));
  } catch (const std::exception& error) {
    return exception_result(error.what());
  }
}

// Nothing is known of what was in work but that nothing of it was stored: it is put back.
void Dispatcher::Impl::break_off(Batch& batch, const Origin& origin, const char* why) {
  spdlog::error("deliveries to {} are put back: {}", origin.spec->key, why);
  const std::lock_guard lock(mutex_);
  if (batch.abandoned) return;
  for (Window::Waiting& waiting : std::exchange(batch.current, {})) {
    follow_locked(origin, std::move(waiting), DeliveryInput::unreadable, kRest);
  }
  for (Window::Waiting& waiting : std::exchange(batch.todo, {})) {
    follow_locked(origin, std::move(waiting), DeliveryInput::unreadable, kRest);
  }
}

// Reads the payloads of the attempt's deliveries; puts back those that cannot be read, settles those that are refused.
// False when none is left, or when it took so long that the attempt was settled as a timeout.
bool Dispatcher::Impl::prepare(Batch& batch, const Origin& origin) {
  std::vector<Window::Waiting> ready;
  std::vector<Window::Waiting> unreadable;
  struct Aside {
    Window::Waiting waiting;
    AttemptResult result;
    Ended ended;
  };
  std::vector<Aside> aside;
  for (Window::Waiting waiting : batch.current) {
    waiting.payload = payload_of(waiting);
    if (!waiting.payload) {
      unreadable.push_back(std::move(waiting));
    } else if (auto result = refuse_attempt(batch, waiting, *waiting.payload)) {
      aside.push_back({std::move(waiting), std::move(*result), Ended::attempt});
    } else if (is_too_late(origin, waiting.delivery)) {
      AttemptResult why{false, FailureClass::retriable, "ERROR_FROM_TARGET", waiting.delivery.last_error, {}};
      aside.push_back({std::move(waiting), std::move(why), Ended::too_old});
    } else {
      ready.push_back(std::move(waiting));
    }
  }
  {
    const std::lock_guard lock(mutex_);
    if (batch.abandoned) return false;
    batch.current = std::move(ready);
    for (Window::Waiting& waiting : unreadable) {
      follow_locked(origin, std::move(waiting), DeliveryInput::unreadable, kRest);
    }
  }
  for (auto& [waiting, result, ended] : aside) {
    ports_.probe.attempted(*origin.spec, std::chrono::nanoseconds{0}, false);
    auto unit = settle_unit(origin, std::move(waiting), std::move(result), ended);
    const std::lock_guard lock(mutex_);
    batch.finished.push_back(std::move(unit));
  }
  return !batch.current.empty();
}

// A retry that comes so long after its policy's maximum age that the daemon must have been away is not made. One that
// was meant for that age may be a little late; and what was never attempted gets its one attempt.
bool Dispatcher::Impl::is_too_late(const Origin& origin, const Delivery& delivery) const {
  constexpr std::chrono::minutes kLate{1};
  return delivery.attempts > 0 && ports_.wall.now() > delivery.ingested_at + origin.spec->retry.max_age + kLate;
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

Attempt Dispatcher::Impl::attempt_of(const Batch& batch, const Origin& origin, const Window::Waiting& waiting) const {
  return {*origin.spec, waiting.delivery, *waiting.payload, ports_.wall.now(), batch.deadline, batch.blocking};
}

// From here on the batch holds its function's slot, but no worker. Its result is settled on a worker again.
void Dispatcher::Impl::begin_async(const std::shared_ptr<Batch>& batch, const Origin& origin) {
  Work work;
  bool abandoned = false;
  std::vector<Window::Waiting> carried;
  {
    const std::lock_guard lock(mutex_);
    abandoned = batch->abandoned;
    if (!abandoned) {
      carried = batch->current;  // a timeout or a quick result may take the batch's own while the call lasts
      batch->on_worker = false;
      leave_crew_locked(*batch);
      pump_locked(work);
    }
  }
  start(std::move(work));
  if (abandoned) {
    end_batch(batch);
    return;
  }
  std::vector<Attempt> attempts;
  for (const Window::Waiting& waiting : carried) attempts.push_back(attempt_of(*batch, origin, waiting));
  const SteadyTime began = ports_.steady.now();
  auto done = [self = shared_from_this(), batch, origin, began](AttemptResult result) {
    self->ports_.executor.post([self, batch, origin, began, result = std::move(result)]() mutable {
      self->conclude_async(batch, origin, std::move(result), began);
    });
  };
  try {
    if (attempts.size() == 1) {
      ports_.invoker.invoke_async(attempts.front(), std::move(done));
    } else {
      ports_.invoker.invoke_joint(attempts, std::move(done));
    }
  } catch (const std::exception& error) {
    conclude_async(batch, origin, exception_result(error.what()), began);
  }
}

void Dispatcher::Impl::conclude_async(const std::shared_ptr<Batch>& batch, const Origin& origin, AttemptResult result,
                                      SteadyTime began) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(batch->concluded, true)) return;  // it threw after its result was on its way
  }
  try {
    conclude(*batch, origin, std::move(result), began);
  } catch (const std::exception& error) {
    break_off(*batch, origin, error.what());
  }
  end_batch(batch);
}

// False when the attempt was settled as a timeout meanwhile: this result comes too late.
bool Dispatcher::Impl::conclude(Batch& batch, const Origin& origin, AttemptResult result, SteadyTime began) {
  const auto took = ports_.steady.now() - began;
  std::vector<Window::Waiting> ended;
  Work work;
  bool joins = false;
  {
    const std::lock_guard lock(mutex_);
    if (batch.abandoned) {
      ports_.probe.ended(*origin.spec, DeliveryProbe::Outcome::fenced);
      return false;
    }
    ended = std::exchange(batch.current, {});
    joins = ended.size() > 1 && result.ok && !result.postponed && !result.consequences.changes.list.empty();
    if (!result.postponed && !joins) {
      tell_circuit_locked(batch, origin, result, work);
      batch.lane->pace = batch.lane->pace.count() == 0 ? took : (batch.lane->pace * 7 + took) / 8;
    }
  }
  start(std::move(work));
  if (result.postponed) {
    postpone(origin, std::move(ended), *result.postponed, batch);
    return true;
  }
  std::vector<store::Journal::Unit> units;
  if (joins) {
    auto unit = joined_unit(origin, std::move(ended), std::move(result));
    const std::lock_guard lock(mutex_);
    batch.finished.push_back(std::move(unit));
    return true;
  }
  ports_.probe.attempted(*origin.spec, took, result.ok);
  while (ended.size() > 1) {
    units.push_back(settle_unit(origin, std::move(ended.back()), part_of(result)));
    ended.pop_back();
  }
  units.push_back(settle_unit(origin, std::move(ended.front()), std::move(result)));
  const std::lock_guard lock(mutex_);
  std::move(units.rbegin(), units.rend(), std::back_inserter(batch.finished));
  return true;
}

bool Dispatcher::Impl::next_of_batch(const std::shared_ptr<Batch>& batch) {
  Work work;
  bool more = false;
  {
    const std::lock_guard lock(mutex_);
    if (batch->blocking && batch->crew) {  // it has its thread: another may wait for one
      leave_crew_locked(*batch);
      pump_locked(work);
    }
    if (!batch->abandoned && !batch->todo.empty()) {
      more = true;
      do {  // an asynchronous attempt carries them all
        batch->current.push_back(std::move(batch->todo.front()));
        batch->todo.pop_front();
      } while (batch->async && !batch->todo.empty());
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
  if (!finished.empty()) ports_.journal.submit_many(store::Lane::outcome, std::move(finished));
  {
    const std::lock_guard lock(mutex_);
    running_.remove(batch);
    leave_crew_locked(*batch);
    if (!batch->abandoned) {
      --active_;
      release_slot_locked(*batch);
    } else if (batch->on_worker) {  // the stuck thread came back; its slot was given away when it timed out
      --batch->slots->stuck;
      wake_blocked_locked(*batch->slots);
    }
    refresh_locked(*batch->lane);
    pump_locked(work);
  }
  start(std::move(work));
}

}  // namespace waybill::delivery
