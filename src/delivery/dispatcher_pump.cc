// The part of the dispatcher that decides, under its lock, what is begun next.
#include <algorithm>

#include "delivery/dispatcher_impl.h"

namespace waybill::delivery {

Lane& Dispatcher::Impl::lane_locked(EndpointId id) {
  auto& lane = lanes_[id];
  if (!lane) {
    lane = std::make_shared<Lane>(id, options_.window);
    set_spec_locked(*lane, ports_.topology.get()->endpoint(id));
    lane->dispatchable = !lane->spec || ports_.invoker.delivers(*lane->spec);
  }
  return *lane;
}

bool Dispatcher::Impl::is_done_with(const Lane& lane) {
  return !lane.spec && lane.pending == 0 && !lane.queued && !lane.indexed && lane.window.empty();
}

// REQUIRES: is_done_with(). Its own slots, if it has any, are named by its key. A batch of it may still be about to end:
// the lane lives as long, and nothing is begun for it.
void Dispatcher::Impl::forget_locked(Lane& lane) {
  const auto known = lanes_.find(lane.id);
  if (known == lanes_.end() || known->second.get() != &lane) return;  // it was forgotten before
  const auto slots = slots_.find(lane.key);
  if (slots != slots_.end() && &slots->second == lane.slots && slots->second.running == 0 && slots->second.stuck == 0 &&
      slots->second.blocked.empty()) {
    slots_.erase(slots);
  }
  lane.dispatchable = false;
  lanes_.erase(known);
}

void Dispatcher::Impl::set_spec_locked(Lane& lane, std::shared_ptr<const EndpointSpec> spec) {
  lane.spec = std::move(spec);
  if (lane.spec) lane.key = lane.spec->key;
  lane.slots = &slots_[lane.spec ? lane.spec->target_arn : lane.key];
  lane.expires.reset();  // its policy may be another one
}

void Dispatcher::Impl::refresh_locked(Lane& lane) {
  if (lane.queued || stopping_ || !lane.dispatchable) return;
  const WallTime now = ports_.wall.now();
  if (lane.stalled_until && *lane.stalled_until > now) {
    index_locked(lane, lane.stalled_until);
    return;
  }
  lane.stalled_until.reset();
  const bool wants_page = lane.window.wants_page();
  if (hold_locked(lane, now, wants_page)) return;
  const auto first = lane.window.first_due();
  if ((first && *first <= now) || wants_page) {
    enqueue_locked(lane);
    return;
  }
  index_locked(lane, first);
}

// Its function's ReservedConcurrentExecutions is 0: on AWS that is how a function is switched off.
bool Dispatcher::Impl::may_never_run(const Lane& lane) const {
  return lane.spec && lane.spec->function && lane.spec->function->concurrency == 0 && limit_of(lane) == 0;
}

// While nothing of the lane may begin: until when. That is not for its place in a row; it is its target's circuit, or
// that its function may not run at all.
std::optional<WallTime> Dispatcher::Impl::held_until(const Lane& lane, WallTime now) const {
  return may_never_run(lane) ? WallTime::max() : lane.slots->circuit.held_until(now);
}

// A lane that is held is looked at again when that may be over, or when a delivery in its window gets too old.
bool Dispatcher::Impl::hold_locked(Lane& lane, WallTime now, bool wants_page) {
  const auto held = held_until(lane, now);
  if (!held) {
    lane.expires.reset();
    return false;
  }
  if (!lane.expires) {
    const auto oldest = lane.window.first_ingested();
    lane.expires = oldest ? expiry_of(lane, *oldest) : WallTime::max();
  }
  if (wants_page || *lane.expires <= now) {
    enqueue_locked(lane);
  } else {
    const WallTime next = std::min(*held, *lane.expires);
    index_locked(lane, next == WallTime::max() ? std::nullopt : std::optional(next));
  }
  return true;
}

void Dispatcher::Impl::index_locked(Lane& lane, std::optional<WallTime> due) {
  if (lane.indexed == due) return;
  if (lane.indexed) due_.erase({*lane.indexed, &lane});
  if (due) due_.emplace(*due, &lane);
  lane.indexed = due;
}

bool Dispatcher::Impl::blocks(const Lane& lane) const { return lane.spec && ports_.invoker.blocks(*lane.spec); }

// What fails without its function being called needs no caller.
Crew& Dispatcher::Impl::crew_of(const Lane& lane) {
  return blocks(lane) && lane.slots->stuck < options_.max_stuck ? callers_ : own_;
}

void Dispatcher::Impl::enqueue_locked(Lane& lane) {
  lane.queued = true;
  crew_of(lane).ready.push_back(&lane);
}

void Dispatcher::Impl::leave_crew_locked(Batch& batch) {
  if (batch.crew) --std::exchange(batch.crew, nullptr)->tasks;
}

void Dispatcher::Impl::pump_locked(Work& work) {
  pump_crew_locked(own_, work);
  pump_crew_locked(callers_, work);
  plan_wake_locked(work);
}

// Round robin over the endpoints that have something due, so that none starves another.
void Dispatcher::Impl::pump_crew_locked(Crew& crew, Work& work) {
  const WallTime now = ports_.wall.now();
  std::size_t looked = 0;
  while (!stopping_ && !crew.ready.empty() && looked <= crew.ready.size()) {
    Lane& lane = *crew.ready.front();
    if (lane.window.wants_page()) {
      lane.window.begin_page();
      ++reading_;
      work.pages.push_back(&lane);
    }
    // A rule that came back is in the topology before the dispatcher is told.
    if (!lane.spec) {
      if (auto spec = ports_.topology.get()->endpoint(lane.id)) set_spec_locked(lane, std::move(spec));
    }
    const bool held = held_until(lane, now).has_value();
    if (held) take_aged_locked(lane, now, work);
    const auto first = lane.window.first_due();
    const bool due = first && *first <= now && !held && (!lane.stalled_until || *lane.stalled_until <= now);
    if (due && crew.tasks >= options_.workers) break;
    crew.ready.pop_front();
    lane.queued = false;
    if (due) {
      // An open circuit lets one probe through; the others wait for what it comes to.
      if (is_full(lane) || !lane.slots->circuit.admits(now)) {
        lane.slots->blocked.push_back(&lane);
        lane.queued = true;  // stands in blocked instead
        continue;
      }
      work.batches.push_back(make_batch_locked(lane, now));
      work.batches.back()->crew = &crew;
      ++crew.tasks;
    }
    refresh_locked(lane);
    ++looked;
  }
}

void Dispatcher::Impl::take_aged_locked(Lane& lane, WallTime now, Work& work) {
  if (!lane.spec || !lane.expires || *lane.expires > now) return;
  lane.expires.reset();
  auto aged = lane.window.take_ingested_until(now - lane.spec->retry.max_age);
  if (aged.empty()) return;
  AttemptResult why;
  why.ok = false;
  if (may_never_run(lane)) {
    why.error_code = "THROTTLING";
    why.error_message = "the function's ReservedConcurrentExecutions is 0, so that it may not run";
  } else {
    why.error_code = lane.slots->circuit.error_code();
    why.error_message = lane.slots->circuit.error_message();
  }
  ++reading_;
  work.aged.push_back({{lanes_.at(lane.id), lane.spec, ports_.journal.generation()}, std::move(aged), std::move(why)});
}

void Dispatcher::Impl::release_slot_locked(Batch& batch) {
  Slots& slots = *batch.slots;
  --slots.running;
  slots.circuit.skipped(std::exchange(batch.probe, false));
  wake_blocked_locked(slots);
}

void Dispatcher::Impl::wake_blocked_locked(Slots& slots) {
  for (Lane* lane : std::exchange(slots.blocked, {})) {
    lane->queued = false;
    refresh_locked(*lane);
  }
}

// What an attempt came to says something about its target as a whole.
void Dispatcher::Impl::tell_circuit_locked(Batch& batch, const Origin& origin, const AttemptResult& result,
                                           Work& work) {
  Circuit& circuit = batch.slots->circuit;
  const bool probe = std::exchange(batch.probe, false);
  const bool was_held = circuit.held_until(ports_.wall.now()).has_value();
  const bool down = !result.ok && result.target_down;
  const Circuit::Change change = down ? circuit.down(probe, options_.circuit, ports_.wall.now(), result.retry_after,
                                                     result.error_code, result.error_message)
                                      : circuit.answered(probe);
  if (change == Circuit::Change::closed && was_held) wake_lanes_of_locked(*batch.slots);
  if (change != Circuit::Change::none) {
    work.circuits.push_back({origin.spec, change == Circuit::Change::opened, result.error_message});
  }
}

void Dispatcher::Impl::wake_lanes_of_locked(const Slots& slots) {
  for (auto& [id, lane] : lanes_) {
    if (lane->slots == &slots) refresh_locked(*lane);
  }
}

std::shared_ptr<Batch> Dispatcher::Impl::make_batch_locked(Lane& lane, WallTime now) {
  auto batch = std::make_shared<Batch>();
  batch->lane = lanes_.at(lane.id);
  batch->spec = lane.spec;
  // A handler known to be fast gets several deliveries for one hand-over; a slow one must not keep others waiting.
  batch->async = lane.spec && ports_.invoker.asynchronous(*lane.spec);
  const bool fast = !batch->async && lane.pace.count() > 0 && lane.pace < std::chrono::milliseconds{1};
  const std::size_t joint = batch->async ? ports_.invoker.joint_limit(*lane.spec) : 1;
  Slots& slots = *lane.slots;
  batch->slots = &slots;
  batch->probe = slots.circuit.begin();
  const std::size_t most = fast ? options_.batch : batch->probe ? 1 : std::max<std::size_t>(joint, 1);
  while (batch->todo.size() < most) {
    auto waiting = lane.window.take(now);
    if (!waiting) break;
    batch->todo.push_back(std::move(*waiting));
  }
  batch->generation = ports_.journal.generation();
  batch->unhealthy = slots.stuck >= options_.max_stuck;
  batch->blocking = !batch->unhealthy && !batch->async && blocks(lane);
  ++slots.running;
  ++active_;
  running_.push_back(batch);
  return batch;
}

int Dispatcher::Impl::limit_of(const Lane& lane) const {
  constexpr int kUnlimited = 1'000'000;
  if (lane.spec && ports_.invoker.asynchronous(*lane.spec)) return options_.max_async;
  if (!lane.spec || !lane.spec->function || !lane.spec->function->concurrency) return kUnlimited;
  return *lane.spec->function->concurrency;
}

// A target whose attempts block holds some callers, not all that there can be. Twice the workers: as many run as have a
// thread from the start, and as many wait for one, so that only a target that is slow gets there.
bool Dispatcher::Impl::is_full(const Lane& lane) const {
  const Slots& slots = *lane.slots;
  if (slots.running >= limit_of(lane)) return true;
  if (slots.stuck >= options_.max_stuck || !blocks(lane)) return false;
  return slots.running + slots.stuck >= std::max(options_.max_stuck, 2 * static_cast<int>(options_.workers));
}

void Dispatcher::Impl::plan_wake_locked(Work& work) {
  std::optional<SteadyTime> next;
  const SteadyTime now = ports_.steady.now();
  if (!due_.empty()) next = now + std::max(Millis{1}, due_.begin()->first - ports_.wall.now());
  for (const auto& batch : running_) {
    const SteadyTime deadline = batch->current.empty() ? SteadyTime::max() : batch->deadline;
    if (!batch->abandoned && (!next || deadline < *next)) next = deadline;
  }
  if (!next || *next == SteadyTime::max() || (wake_at_ && *wake_at_ <= *next)) return;
  wake_at_ = next;
  work.wake = std::chrono::ceil<Millis>(*next - now);
}

void Dispatcher::Impl::expire_locked(Work& work) {
  const SteadyTime now = ports_.steady.now();
  for (auto& batch : running_) {
    if (batch->abandoned || batch->current.empty() || batch->deadline > now) continue;
    batch->abandoned = true;
    for (Window::Waiting& waiting : batch->todo) batch->lane->window.put_back(std::move(waiting));
    batch->todo.clear();
    work.timed_out.push_back(batch);
    leave_crew_locked(*batch);
    --active_;
    if (batch->on_worker) ++batch->slots->stuck;
    if (batch->async) tell_circuit_locked(*batch, origin_of(*batch), timeout_result(true), work);
    std::move(batch->finished.begin(), batch->finished.end(), std::back_inserter(work.finished));
    batch->finished.clear();
    release_slot_locked(*batch);
    refresh_locked(*batch->lane);
  }
}

}  // namespace waybill::delivery
