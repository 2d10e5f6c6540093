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
    for (const store::EndpointRow& row : endpoints) {
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
      lane->spec = topology->endpoint(id);
      lane->dispatchable = !lane->spec || ports_.invoker.delivers(*lane->spec);
      if (lane->dispatchable) lane->parked_since.reset();
      refresh_locked(*lane);
    }
    pump_locked(work);
  }
  start(std::move(work));
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
  ready_.clear();
  due_.clear();
  for (auto& [id, lane] : lanes_) {
    lane->window.clear();
    lane->pending = 0;
    lane->parked_since.reset();
    lane->queued = false;
    lane->indexed.reset();
  }
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
  return tasks_ == 0 && awaited_ == 0 && reading_ == 0 && in_journal_ == 0;
}

std::vector<EndpointCounts> Dispatcher::Impl::counts() const {
  const std::lock_guard lock(mutex_);
  std::vector<EndpointCounts> counts;
  for (const auto& [id, lane] : lanes_) {
    EndpointCounts count{lane->spec, lane->key, lane->pending, 0, lane->parked_since};
    for (const auto& [key, waiting] : lane->window.entries()) {
      if (waiting.delivery.attempts > 0) ++count.retrying;
      if (!count.oldest || waiting.delivery.ingested_at < *count.oldest) count.oldest = waiting.delivery.ingested_at;
    }
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

Lane& Dispatcher::Impl::lane_locked(EndpointId id) {
  auto& lane = lanes_[id];
  if (!lane) {
    lane = std::make_unique<Lane>(id, options_.window);
    lane->spec = ports_.topology.get()->endpoint(id);
    if (lane->spec) lane->key = lane->spec->key;
    lane->dispatchable = !lane->spec || ports_.invoker.delivers(*lane->spec);
  }
  return *lane;
}

void Dispatcher::Impl::refresh_locked(Lane& lane) {
  if (lane.queued || stopping_ || !lane.dispatchable) return;
  if (lane.stalled_until && *lane.stalled_until > ports_.wall.now()) {
    index_locked(lane, lane.stalled_until);
    return;
  }
  lane.stalled_until.reset();
  const auto first = lane.window.first_due();
  if ((first && *first <= ports_.wall.now()) || lane.window.wants_page()) {
    lane.queued = true;
    ready_.push_back(&lane);
    return;
  }
  index_locked(lane, first);
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
    if (!lane.spec) lane.spec = ports_.topology.get()->endpoint(lane.id);
    const auto first = lane.window.first_due();
    const bool due = first && *first <= now && (!lane.stalled_until || *lane.stalled_until <= now);
    if (due && tasks_ >= options_.workers) break;
    ready_.pop_front();
    lane.queued = false;
    if (due) {
      Slots& slots = slots_[slot_of(lane)];
      if (slots.running >= limit_of(lane)) {
        slots.blocked.push_back(&lane);
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

std::shared_ptr<Batch> Dispatcher::Impl::make_batch_locked(Lane& lane, WallTime now) {
  auto batch = std::make_shared<Batch>();
  batch->lane = &lane;
  batch->spec = lane.spec;
  // A handler known to be fast gets several deliveries for one hand-over; a slow one must not keep others waiting.
  batch->async = lane.spec && ports_.invoker.asynchronous(*lane.spec);
  const bool fast = !batch->async && lane.pace.count() > 0 && lane.pace < std::chrono::milliseconds{1};
  const std::size_t joint = batch->async ? ports_.invoker.joint_limit(*lane.spec) : 1;
  const std::size_t most = fast ? options_.batch : std::max<std::size_t>(joint, 1);
  while (batch->todo.size() < most) {
    auto waiting = lane.window.take(now);
    if (!waiting) break;
    batch->todo.push_back(std::move(*waiting));
  }
  batch->generation = ports_.journal.generation();
  batch->slot = slot_of(lane);
  Slots& slots = slots_[batch->slot];
  batch->unhealthy = slots.stuck >= options_.max_stuck;
  ++slots.running;
  ++tasks_;
  running_.push_back(batch);
  return batch;
}

std::string Dispatcher::Impl::slot_of(const Lane& lane) { return lane.spec ? lane.spec->target_arn : lane.key; }

int Dispatcher::Impl::limit_of(const Lane& lane) const {
  constexpr int kUnlimited = 1'000'000;
  if (lane.spec && ports_.invoker.asynchronous(*lane.spec)) return options_.max_async;
  if (!lane.spec || !lane.spec->function || !lane.spec->function->concurrency) return kUnlimited;
  return *lane.spec->function->concurrency;
}

void Dispatcher::Impl::release_slot_locked(Batch& batch) {
  Slots& slots = slots_[batch.slot];
  --slots.running;
  for (Lane* lane : std::exchange(slots.blocked, {})) {
    lane->queued = false;
    refresh_locked(*lane);
  }
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
      ++slots_[batch->slot].stuck;
    } else {
      --awaited_;
    }
    std::move(batch->finished.begin(), batch->finished.end(), std::back_inserter(work.finished));
    batch->finished.clear();
    release_slot_locked(*batch);
    refresh_locked(*batch->lane);
  }
}

}  // namespace waybill::delivery
