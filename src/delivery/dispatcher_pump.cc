// The part of the dispatcher that decides, under its lock, what is begun next.
#include <algorithm>

#include "delivery/dispatcher_impl.h"

namespace waybill::delivery {

Lane& Dispatcher::Impl::lane_locked(EndpointId id) {
  auto& lane = lanes_[id];
  if (!lane) {
    lane = std::make_unique<Lane>(id, options_.window);
    set_spec_locked(*lane, ports_.topology.get()->endpoint(id));
    lane->dispatchable = !lane->spec || ports_.invoker.delivers(*lane->spec);
  }
  return *lane;
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
    lane.queued = true;
    ready_.push_back(&lane);
    return;
  }
  index_locked(lane, first);
}

// Whether its target's circuit holds the lane: it is looked at again when that may be over, or when a delivery in its
// window gets too old.
bool Dispatcher::Impl::hold_locked(Lane& lane, WallTime now, bool wants_page) {
  const auto held_until = lane.slots->circuit.held_until(now);
  if (!held_until) {
    lane.expires.reset();
    return false;
  }
  if (!lane.expires) {
    const auto oldest = lane.window.first_ingested();
    lane.expires = oldest ? expiry_of(lane, *oldest) : WallTime::max();
  }
  if (wants_page || *lane.expires <= now) {
    lane.queued = true;
    ready_.push_back(&lane);
  } else {
    index_locked(lane, std::min(*held_until, *lane.expires));
  }
  return true;
}

void Dispatcher::Impl::index_locked(Lane& lane, std::optional<WallTime> due) {
  if (lane.indexed == due) return;
  if (lane.indexed) due_.erase({*lane.indexed, &lane});
  if (due) due_.emplace(*due, &lane);
  lane.indexed = due;
}

// Round robin over the endpoints that have something due, so that none starves another.
void Dispatcher::Impl::pump_locked(Work& work) {
  const WallTime now = ports_.wall.now();
  std::size_t looked = 0;
  while (!stopping_ && !ready_.empty() && looked <= ready_.size()) {
    Lane& lane = *ready_.front();
    if (lane.window.wants_page()) {
      lane.window.begin_page();
      ++reading_;
      work.pages.push_back(&lane);
    }
    // A rule that came back is in the topology before the dispatcher is told.
    if (!lane.spec) {
      if (auto spec = ports_.topology.get()->endpoint(lane.id)) set_spec_locked(lane, std::move(spec));
    }
    const bool held = lane.slots->circuit.held_until(now).has_value();
    if (held) take_aged_locked(lane, now, work);
    const auto first = lane.window.first_due();
    const bool due = first && *first <= now && !held && (!lane.stalled_until || *lane.stalled_until <= now);
    if (due && tasks_ >= options_.workers) break;
    ready_.pop_front();
    lane.queued = false;
    if (due) {
      // An open circuit lets one probe through; the others wait for what it comes to.
      if (lane.slots->running >= limit_of(lane) || !lane.slots->circuit.admits(now)) {
        lane.slots->blocked.push_back(&lane);
        lane.queued = true;  // stands in blocked instead
        continue;
      }
      work.batches.push_back(make_batch_locked(lane, now));
    }
    refresh_locked(lane);
    ++looked;
  }
  plan_wake_locked(work);
}

void Dispatcher::Impl::take_aged_locked(Lane& lane, WallTime now, Work& work) {
  if (!lane.spec || !lane.expires || *lane.expires > now) return;
  lane.expires.reset();
  auto aged = lane.window.take_ingested_until(now - lane.spec->retry.max_age);
  if (aged.empty()) return;
  AttemptResult why;
  why.ok = false;
  why.error_code = lane.slots->circuit.error_code();
  why.error_message = lane.slots->circuit.error_message();
  ++reading_;
  work.aged.push_back({{&lane, lane.spec, ports_.journal.generation()}, std::move(aged), std::move(why)});
}

void Dispatcher::Impl::release_slot_locked(Batch& batch) {
  Slots& slots = *batch.slots;
  --slots.running;
  slots.circuit.skipped(std::exchange(batch.probe, false));
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
  batch->lane = &lane;
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
  ++slots.running;
  ++tasks_;
  running_.push_back(batch);
  return batch;
}

int Dispatcher::Impl::limit_of(const Lane& lane) const {
  constexpr int kUnlimited = 1'000'000;
  if (lane.spec && ports_.invoker.asynchronous(*lane.spec)) return options_.max_async;
  if (!lane.spec || !lane.spec->function || !lane.spec->function->concurrency) return kUnlimited;
  return *lane.spec->function->concurrency;
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
    if (batch->on_worker) {
      --tasks_;
      ++batch->slots->stuck;
    } else {
      --awaited_;
    }
    if (batch->async) tell_circuit_locked(*batch, origin_of(*batch), timeout_result(true), work);
    std::move(batch->finished.begin(), batch->finished.end(), std::back_inserter(work.finished));
    batch->finished.clear();
    release_slot_locked(*batch);
    refresh_locked(*batch->lane);
  }
}

}  // namespace waybill::delivery
