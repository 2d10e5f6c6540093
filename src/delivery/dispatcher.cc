#include "delivery/dispatcher.h"

#include <algorithm>

#include "base/log.h"
#include "delivery/dispatcher_impl.h"

namespace waybill::delivery {

Dispatcher::Dispatcher(Ports ports, DispatcherOptions options)
    : impl_(std::make_shared<Impl>(std::move(ports), options)) {}
Dispatcher::~Dispatcher() { impl_->stop(); }
void Dispatcher::load(const std::vector<store::EndpointRow>& endpoints) { impl_->load(endpoints); }
void Dispatcher::committed(std::vector<NewDelivery> deliveries) { impl_->committed(std::move(deliveries)); }
void Dispatcher::reconfigure() { impl_->reconfigure(); }
void Dispatcher::reset() { impl_->reset(); }
void Dispatcher::tick() { impl_->tick(); }
void Dispatcher::stop() { impl_->stop(); }
bool Dispatcher::quiet() const { return impl_->quiet(); }
std::vector<EndpointCounts> Dispatcher::counts() const { return impl_->counts(); }
std::int64_t Dispatcher::pending(EndpointId endpoint) const { return impl_->pending(endpoint); }
std::optional<WallTime> Dispatcher::next_due() const { return impl_->next_due(); }

void Dispatcher::Impl::load(const std::vector<store::EndpointRow>& endpoints) {
  Work work;
  {
    const std::lock_guard lock(mutex_);
    const auto topology = ports_.topology.get();
    for (const store::EndpointRow& row : endpoints) {
      if (row.pending == 0 && !topology->endpoint(row.id)) continue;  // of what was configured once
      Lane& lane = lane_locked(row.id);
      lane.key = row.key;
      lane.pending = row.pending;
      if (row.pending > 0) lane.window.mark_behind();
      if (!lane.dispatchable) lane.parked_since = row.oldest;
      refresh_locked(lane);
    }
    pump_locked(work);
  }
  start(std::move(work));
}

void Dispatcher::Impl::committed(std::vector<NewDelivery> deliveries) {
  Work work;
  {
    const std::lock_guard lock(mutex_);
    for (NewDelivery& fresh : deliveries) {
      Lane& lane = lane_locked(fresh.delivery.key.endpoint);
      ++lane.pending;
      if (!lane.dispatchable) {
        if (!lane.parked_since) lane.parked_since = fresh.delivery.ingested_at;
        lane.window.mark_behind();  // should the subscription go, they are found in the store
        continue;
      }
      if (lane.expires) lane.expires = std::min(*lane.expires, expiry_of(lane, fresh.delivery.ingested_at));
      lane.window.add(std::move(fresh.delivery), std::move(fresh.payload));
      if (!lane.queued) refresh_locked(lane);
    }
    pump_locked(work);
  }
  start(std::move(work));
}

void Dispatcher::Impl::reconfigure() {
  Work work;
  {
    const std::lock_guard lock(mutex_);
    unblock_all_locked();
    const auto topology = ports_.topology.get();
    for (auto& [id, lane] : lanes_) {
      set_spec_locked(*lane, topology->endpoint(id));
      lane->dispatchable = !lane->spec || ports_.invoker.delivers(*lane->spec);
      if (lane->dispatchable) lane->parked_since.reset();
      refresh_locked(*lane);
    }
    forget_done_locked();
    pump_locked(work);
  }
  start(std::move(work));
}

void Dispatcher::Impl::forget_done_locked() {
  for (auto at = lanes_.begin(); at != lanes_.end();) {
    const std::shared_ptr<Lane> lane = (at++)->second;
    if (is_done_with(*lane)) forget_locked(*lane);
  }
}

// Lanes that wait for a slot look for one again.
void Dispatcher::Impl::unblock_all_locked() {
  for (auto& [key, slots] : slots_) {
    for (Lane* lane : std::exchange(slots.blocked, {})) lane->queued = false;
  }
}

void Dispatcher::Impl::reset() {
  const std::lock_guard lock(mutex_);
  unblock_all_locked();
  own_.ready.clear();
  callers_.ready.clear();
  due_.clear();
  for (auto& [id, lane] : lanes_) {
    lane->window.clear();
    lane->pending = 0;
    lane->parked_since.reset();
    lane->queued = false;
    lane->indexed.reset();
    lane->stalled_until.reset();
  }
  forget_done_locked();
  for (auto& [key, slots] : slots_) slots.circuit = {};
  for (auto& batch : running_) batch->todo.clear();
}

void Dispatcher::Impl::tick() {
  Work work;
  {
    const std::lock_guard lock(mutex_);
    wake_at_.reset();
    const WallTime now = ports_.wall.now();
    while (!due_.empty() && due_.begin()->first <= now) {
      Lane* lane = due_.begin()->second;
      due_.erase(due_.begin());
      lane->indexed.reset();
      refresh_locked(*lane);
    }
    expire_locked(work);
    pump_locked(work);
  }
  start(std::move(work));
}

void Dispatcher::Impl::stop() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  for (auto& batch : running_) batch->todo.clear();
}

bool Dispatcher::Impl::quiet() const {
  const std::lock_guard lock(mutex_);
  return active_ == 0 && reading_ == 0 && in_journal_ == 0;
}

std::vector<EndpointCounts> Dispatcher::Impl::counts() const {
  const std::lock_guard lock(mutex_);
  std::vector<EndpointCounts> counts;
  for (const auto& [id, lane] : lanes_) {
    if (!lane->spec && lane->pending == 0) continue;  // its last outcome is on its way
    EndpointCounts count{lane->spec, lane->key, lane->pending, 0, lane->parked_since, false, {}};
    for (const auto& [key, waiting] : lane->window.entries()) {
      if (waiting.delivery.attempts > 0) ++count.retrying;
      if (!count.oldest || waiting.delivery.ingested_at < *count.oldest) count.oldest = waiting.delivery.ingested_at;
    }
    count.circuit_open = lane->slots->circuit.is_open();
    count.next_call = lane->slots->circuit.held_until(ports_.wall.now());
    counts.push_back(std::move(count));
  }
  return counts;
}

std::int64_t Dispatcher::Impl::pending(EndpointId endpoint) const {
  const std::lock_guard lock(mutex_);
  const auto found = lanes_.find(endpoint);
  return found == lanes_.end() ? 0 : found->second->pending;
}

std::optional<WallTime> Dispatcher::Impl::next_due() const {
  const std::lock_guard lock(mutex_);
  return due_.empty() ? std::nullopt : std::optional(due_.begin()->first);
}

}  // namespace waybill::delivery
