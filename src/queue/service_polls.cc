// Who waits for messages: receives that wait, and what wakes them.
#include <algorithm>

#include "queue/service_impl.h"

namespace waybill::queue {

namespace {

constexpr Millis kAskAgain{1'000};    // after a store that could not answer
constexpr Millis kCountAgain{1'000};  // what is in flight is counted no sooner

// Rests of milliseconds are waited for too.
Millis until(SteadyTime time, SteadyTime now) { return std::max(Millis{0}, std::chrono::ceil<Millis>(time - now)); }

}  // namespace

void QueueService::Impl::begin(Poll poll) {
  Work work;
  {
    const std::lock_guard lock(mutex_);
    const PollNumber number = ++last_number_;
    State& state = queues_[poll.queue->id];
    if (stopped_) {
      work.empty.push_back(std::move(poll));
    } else if (may_have_locked(state)) {
      ++receiving_;
      work.receives.emplace_back(std::move(poll), number);
    } else {
      settle_locked(poll, number, state, work);
    }
    plan_wake_locked(work);
  }
  start(std::move(work));
}

bool QueueService::Impl::may_have_locked(const State& state) const {
  return !state.known_empty || (state.next && *state.next <= ports_.wall.now());
}

// The queue has nothing for it now: it waits, or its time is over. reconfigure() does not see a poll that comes after
// it.
void QueueService::Impl::settle_locked(Poll& poll, PollNumber number, State& state, Work& work) {
  if (!ports_.topology.get()->queue(poll.queue->id)) {
    work.faults.emplace_back(std::move(poll), queue_does_not_exist());
  } else if (stopped_ || (poll.until && *poll.until <= ports_.steady.now())) {
    work.empty.push_back(std::move(poll));
  } else {
    park_locked(state, number, std::move(poll));
  }
}

void QueueService::Impl::park_locked(State& state, PollNumber number, Poll poll) {
  if (poll.until) deadlines_.insert({*poll.until, poll.queue->id, number});
  poll.waited = true;
  state.parked.emplace(number, std::move(poll));
}

// As many of those who wait as there is something for, the longest waiting first.
void QueueService::Impl::pump_locked(State& state, Work& work) {
  if (state.parked.empty() || !may_have_locked(state)) {
    state.wakes = 0;
    return;
  }
  // A deadline that is over says nothing about how many messages it concerns: one asks first.
  if (state.known_empty) state.wakes = std::max<std::int64_t>(state.wakes, 1);
  while (state.wakes > 0 && !state.parked.empty()) {
    auto first = state.parked.extract(state.parked.begin());
    Poll& poll = first.mapped();
    if (poll.until) deadlines_.erase({*poll.until, poll.queue->id, first.key()});
    --state.wakes;
    ++receiving_;
    work.receives.emplace_back(std::move(poll), first.key());
  }
  // What is on its way will say what there is; a deadline that was over is not asked for twice.
  if (state.known_empty) state.next.reset();
}

// Real time for those who wait only so long, wall time for what becomes visible.
void QueueService::Impl::plan_wake_locked(Work& work) {
  if (!deadlines_.empty()) {
    work.wake = std::min(kLookForLeavers, until(std::get<SteadyTime>(*deadlines_.begin()), ports_.steady.now()));
  }
  const WallTime now = ports_.wall.now();
  for (const auto& [id, state] : queues_) {
    if (state.parked.empty() || !state.known_empty || !state.next) continue;
    const Millis wait = std::max(Millis{0}, *state.next - now);
    work.wake = work.wake ? std::min(*work.wake, wait) : wait;
  }
}

void QueueService::Impl::start(Work work) {
  // Whoever has left hands on to the next: by adding to the list, for there may be many of them.
  for (std::size_t i = 0; i < work.receives.size(); ++i) {
    auto [poll, number] = std::move(work.receives[i]);
    if (is_unwanted(poll)) {
      pass_on(std::move(poll), work);
    } else {
      receive(std::move(poll), number, work);
    }
  }
  for (Poll& poll : work.empty) poll.done(std::vector<Received>());
  for (auto& [poll, fault] : work.faults) poll.done(std::move(fault));
  if (work.wake) ports_.wake_in(*work.wake);
}

// A client may have left while it waited. Consumers inside of Waybill are asked in any case.
bool QueueService::Impl::is_unwanted(const Poll& poll) {
  const bool asked = poll.waited || !poll.until;
  return asked && poll.wanted && !poll.wanted();
}

void QueueService::Impl::pass_on(Poll poll, Work& work) {
  {
    const std::lock_guard lock(mutex_);
    State& state = queues_[poll.queue->id];
    ++state.wakes;
    state.known_empty = false;
    pump_locked(state, work);
    plan_wake_locked(work);
  }
  poll.done(std::vector<Received>());
  --receiving_;
}

store::ReceiveMessages QueueService::Impl::change_for(const Poll& poll, const Asked& asked) const {
  const QueueSpec& queue = *poll.queue;
  store::ReceiveMessages change;
  change.queue = queue.id;
  change.fifo = queue.fifo;
  change.limit = poll.limit;
  change.bytes = poll.bytes;
  change.now = asked.at;
  change.visible_at = asked.at + poll.visibility.value_or(queue.visibility_timeout);
  change.retained_since = asked.at - queue.retention;
  if (asked.count) change.in_flight_limit = limit_of(queue);
  if (queue.redrive) {
    const auto dlq = find(queue.redrive->dlq_arn);
    if (dlq && dlq->fifo == queue.fifo && dlq->id != queue.id && may_redrive(*dlq, queue.arn)) {
      change.redrive = store::Redrive{dlq->id, queue.redrive->max_receives};
    }
  }
  return change;
}

// What is in flight is counted when it may be too much, and then for a while by what is received and deleted alone:
// the store looks at each of those messages.
bool QueueService::Impl::is_full_locked(const Poll& poll, Asked& asked) const {
  const auto found = queues_.find(poll.queue->id);
  if (found == queues_.end()) return false;
  const State& state = found->second;
  asked.arrivals = state.arrivals;
  const std::int64_t limit = limit_of(*poll.queue);
  asked.count = !state.in_flight || *state.in_flight + poll.limit > limit;
  if (!asked.count || !state.in_flight || asked.at >= state.counted_at + kCountAgain) return false;
  asked.count = false;
  return *state.in_flight >= limit;
}

void QueueService::Impl::receive(Poll poll, PollNumber number, Work& work) {
  Asked asked{number};
  asked.at = ports_.wall.now();
  {
    const std::lock_guard lock(mutex_);
    if (is_full_locked(poll, asked)) {
      settle_full_locked(poll, asked, work);
      --receiving_;
      return;
    }
  }
  store::Changes changes;
  changes.add(change_for(poll, asked));
  ports_.journal.submit(store::Lane::internal, std::move(changes),
                        [self = shared_from_this(), poll = std::move(poll), asked](store::Applied applied) mutable {
                          self->received(std::move(poll), asked, std::move(applied));
                        });
}

// AWS: a FIFO queue says nothing of the limit, it gives no messages.
void QueueService::Impl::settle_full_locked(Poll& poll, const Asked& asked, Work& work) {
  State& state = queues_[poll.queue->id];
  if (poll.queue->fifo) {
    state.known_empty = true;
    state.next = state.counted_at + kCountAgain;
    settle_locked(poll, asked.number, state, work);
  } else {
    work.faults.emplace_back(std::move(poll), over_limit(poll.queue->arn, limits_.in_flight));
  }
  plan_wake_locked(work);
}

void QueueService::Impl::learn_locked(State& state, bool fifo, const store::MessagesReceived& received,
                                      const Asked& asked) {
  const auto taken = static_cast<std::int64_t>(received.messages.size());
  if (received.in_flight) {
    state.in_flight = received.in_flight;
    state.counted_at = asked.at;
  }
  if (state.in_flight) *state.in_flight += taken;
  if (received.over_limit) {
    // There may be more; a group of a FIFO queue is free again at `next`, or when something is deleted.
    state.known_empty = fifo;
    state.next = received.next;
  } else if (received.more) {
    state.known_empty = false;
    ++state.wakes;
  } else if (state.arrivals == asked.arrivals) {
    state.known_empty = true;
    state.next = received.next;
  }
}

void QueueService::Impl::received(Poll poll, const Asked& asked, store::Applied applied) {
  Work work;
  if (!applied) {
    {
      // The next one who waits asks after a while: what it was woken for may still be there.
      const std::lock_guard lock(mutex_);
      State& state = queues_[poll.queue->id];
      state.known_empty = false;
      state.wakes = std::max<std::int64_t>(state.wakes, 1);
      if (!state.parked.empty()) work.wake = kAskAgain;
    }
    work.faults.emplace_back(std::move(poll), fault_of(applied.error()));
    start(std::move(work));
    --receiving_;
    return;
  }
  auto& result = std::get<store::MessagesReceived>(applied->front());
  // AWS: a FIFO queue says nothing of the limit, it gives no messages.
  const bool over = result.over_limit && !poll.queue->fifo;
  const bool empty = result.messages.empty();
  {
    const std::lock_guard lock(mutex_);
    State& state = queues_[poll.queue->id];
    learn_locked(state, poll.queue->fifo, result, asked);
    if (over) {
      work.faults.emplace_back(std::move(poll), over_limit(poll.queue->arn, limits_.in_flight));
    } else if (empty) {
      settle_locked(poll, asked.number, state, work);
      // Something came while it asked.
      if (!state.known_empty) state.wakes = std::max<std::int64_t>(state.wakes, 1);
    }
    pump_locked(state, work);
    plan_wake_locked(work);
  }
  if (!over && !empty) poll.done(answer(std::move(result), asked.at));
  start(std::move(work));
  --receiving_;
}

std::vector<Received> QueueService::Impl::answer(store::MessagesReceived received, WallTime at) const {
  std::vector<Received> answer;
  answer.reserve(received.messages.size());
  const auto topology = ports_.topology.get();
  for (store::ReceivedMessage& each : received.messages) {
    Received one;
    one.message_id = message_id(each.message->id);
    one.message = std::move(each.message);
    one.fence = each.fence;
    one.receipt_handle = receipt_handle({each.fence, at});
    one.receive_count = each.fence.receives;
    one.first_received_at = each.first_received;
    if (each.source != QueueId{}) {
      const auto source = topology->queue(each.source);
      if (source) one.dead_letter_source_arn = source->arn;
    }
    answer.push_back(std::move(one));
  }
  return answer;
}

std::size_t QueueService::Impl::parked() const {
  const std::lock_guard lock(mutex_);
  std::size_t parked = 0;
  for (const auto& [id, state] : queues_) parked += state.parked.size();
  return parked;
}

void QueueService::Impl::arrived(const std::vector<QueueId>& queues) {
  Work work;
  {
    const std::lock_guard lock(mutex_);
    for (const QueueId id : queues) {
      const auto found = queues_.find(id);
      if (found == queues_.end()) continue;
      State& state = found->second;
      ++state.arrivals;
      ++state.wakes;
      state.known_empty = false;
    }
    for (const QueueId id : queues) {
      const auto found = queues_.find(id);
      if (found != queues_.end()) pump_locked(found->second, work);
    }
  }
  start(std::move(work));
}

// A message that was visible again is not in flight: the count may come out too low by those, and is made anew when
// it seems full.
void QueueService::Impl::removed(QueueId queue, std::int64_t messages) {
  Work work;
  const auto spec = ports_.topology.get()->queue(queue);
  {
    const std::lock_guard lock(mutex_);
    const auto found = queues_.find(queue);
    if (!spec || found == queues_.end() || !found->second.in_flight) return;
    State& state = found->second;
    const bool was_full = *state.in_flight >= limit_of(*spec);
    *state.in_flight -= messages;
    if (was_full && *state.in_flight < limit_of(*spec)) {
      state.known_empty = false;
      state.wakes += messages;
      pump_locked(state, work);
    }
  }
  start(std::move(work));
}

void QueueService::Impl::tick() {
  end_abandoned();
  Work work;
  {
    const std::lock_guard lock(mutex_);
    const SteadyTime now = ports_.steady.now();
    while (!deadlines_.empty() && std::get<SteadyTime>(*deadlines_.begin()) <= now) {
      const auto [time, id, number] = *deadlines_.begin();
      deadlines_.erase(deadlines_.begin());
      auto poll = queues_[id].parked.extract(number);
      if (!poll.empty()) work.empty.push_back(std::move(poll.mapped()));
    }
    for (auto& [id, state] : queues_) pump_locked(state, work);
    plan_wake_locked(work);
  }
  start(std::move(work));
}

std::optional<WallTime> QueueService::Impl::next_due() const {
  const std::lock_guard lock(mutex_);
  std::optional<WallTime> first;
  for (const auto& [id, state] : queues_) {
    if (state.parked.empty() || !state.known_empty || !state.next) continue;
    if (!first || *state.next < *first) first = state.next;
  }
  return first;
}

void QueueService::Impl::reconfigure() {
  Work work;
  const auto topology = ports_.topology.get();
  {
    const std::lock_guard lock(mutex_);
    for (auto at = queues_.begin(); at != queues_.end();) {
      const auto spec = topology->queue(at->first);
      State& state = at->second;
      if (spec) {
        // Those who wait are answered under the settings of then. When something is visible does not depend on them.
        for (auto& [number, poll] : state.parked) poll.queue = spec;
        ++at;
        continue;
      }
      for (auto& [number, poll] : state.parked) {
        if (poll.until) deadlines_.erase({*poll.until, at->first, number});
        work.faults.emplace_back(std::move(poll), queue_does_not_exist());
      }
      at = queues_.erase(at);
    }
  }
  start(std::move(work));
}

void QueueService::Impl::stop() {
  Work work;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    deadlines_.clear();
    for (auto& [id, state] : queues_) {
      for (auto& [number, poll] : state.parked) work.empty.push_back(std::move(poll));
      state.parked.clear();
    }
  }
  start(std::move(work));
}

}  // namespace waybill::queue
