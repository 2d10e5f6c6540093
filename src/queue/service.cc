#include "queue/service.h"

#include <algorithm>

#include "queue/outgoing.h"
#include "queue/service_impl.h"

namespace waybill::queue {

namespace {

constexpr std::chrono::seconds kPurgeRest{60};
constexpr int kPurgeChunk = 2'000;

using Touched = store::MessageTouched::State;

// Entries of a batch, and which of them are changes of its unit.
template <class T>
struct Batch {
  std::vector<Answer<T>> answers;
  std::vector<std::size_t> entries;  // of each change, in order
  store::Changes changes;
};

std::string shown(std::chrono::seconds seconds) { return std::to_string(seconds.count()); }

// Only handles of this queue count.
Answer<ReceiptHandle> read_handle(const QueueSpec& queue, const std::string& text) {
  if (text.empty()) return missing_parameter("ReceiptHandle");
  const auto handle = read_receipt_handle(text);
  if (!handle || handle->fence.queue != queue.id) return receipt_handle_is_invalid(text);
  return *handle;
}

Answer<MessageFence> fence_of(const QueueSpec& queue, const std::string& text) {
  WAYBILL_TRY(const ReceiptHandle handle, read_handle(queue, text));
  return handle.fence;
}

// What the change does to the message, or why it may not. AWS: at most 12 hours from the receive on, all in all.
Answer<store::ChangeVisibility> change_of(const QueueSpec& queue, const VisibilityChange& change, WallTime now) {
  WAYBILL_TRY(const ReceiptHandle handle, read_handle(queue, change.receipt_handle));
  const auto refused = [&](const char* reason) {
    return invalid_value(shown(change.timeout), "VisibilityTimeout", reason);
  };
  if (change.timeout.count() < 0 || change.timeout > kMaxVisibility) {
    return refused("VisibilityTimeout must be an integer between 0 and 43200.");
  }
  const auto since = std::chrono::floor<std::chrono::seconds>(now - handle.received_at);
  if (since + change.timeout > kMaxVisibility) {
    return refused("Total VisibilityTimeout for the message is beyond the limit [43200 seconds]");
  }
  return store::ChangeVisibility{handle.fence, queue.fifo, now, now + change.timeout};
}

Answer<void> answer_to_deletion(const QueueSpec& queue, Touched state, const std::string& handle) {
  const bool late = state == Touched::visible || state == Touched::received;
  if (!queue.fifo || !late) return {};
  return invalid_value(handle, "ReceiptHandle", "The receipt handle has expired.");
}

Answer<void> changed(Touched state, const std::string& handle) {
  if (state == Touched::done) return {};
  if (state == Touched::visible) return message_not_in_flight();
  return invalid_value(handle, "ReceiptHandle",
                       "Message does not exist or is not available for visibility timeout change.");
}

}  // namespace

Fault fault_of(const store::Refusal& refusal) {
  if (refusal.reason == store::Refusal::Reason::shed) return throttled();
  if (refusal.reason == store::Refusal::Reason::invalid_effect) return control::internal_fault(refusal.message);
  return unavailable(refusal.message);
}

void QueueService::Impl::send(const Spec& queue, std::vector<SendEntry> entries, BatchDone<Sent> done) {
  Batch<Sent> batch;
  const WallTime now = ports_.wall.now();
  for (SendEntry& entry : entries) {
    auto change = outgoing(*queue, std::move(entry), now, ports_.journal);
    if (!change) {
      batch.answers.emplace_back(std::move(change).error());
      continue;
    }
    batch.entries.push_back(batch.answers.size());
    batch.answers.emplace_back(Sent{});
    batch.changes.add(std::move(*change));
  }
  if (batch.changes.list.empty()) return done(std::move(batch.answers));
  auto changes = std::move(batch.changes);
  ports_.journal.submit(store::Lane::ingress, std::move(changes),
                        [queue, batch = std::move(batch), done = std::move(done)](store::Applied applied) mutable {
                          if (!applied) return done(fault_of(applied.error()));
                          for (std::size_t i = 0; i < applied->size(); ++i) {
                            const auto& sent = std::get<store::MessageSent>((*applied)[i]);
                            batch.answers[batch.entries[i]] =
                                Sent{message_id(sent.id), queue->fifo ? sequence_number(sent.id) : std::string()};
                          }
                          done(std::move(batch.answers));
                        });
}

void QueueService::Impl::remove(const Spec& queue, std::vector<std::string> handles, BatchDone<void> done) {
  Batch<void> batch;
  for (const std::string& handle : handles) {
    const auto fence = fence_of(*queue, handle);
    if (!fence) {
      batch.answers.emplace_back(fence.error());
      continue;
    }
    batch.entries.push_back(batch.answers.size());
    batch.answers.emplace_back();
    batch.changes.add(store::DeleteMessage{*fence, queue->fifo, ports_.wall.now(), false});
  }
  if (batch.changes.list.empty()) return done(std::move(batch.answers));
  auto changes = std::move(batch.changes);
  ports_.journal.submit(store::Lane::internal, std::move(changes),
                        [self = shared_from_this(), queue, handles = std::move(handles), batch = std::move(batch),
                         done = std::move(done)](store::Applied applied) mutable {
                          if (!applied) return done(fault_of(applied.error()));
                          std::int64_t gone = 0;
                          for (std::size_t i = 0; i < applied->size(); ++i) {
                            const Touched state = std::get<store::MessageTouched>((*applied)[i]).state;
                            gone += state == Touched::done ? 1 : 0;
                            const std::size_t entry = batch.entries[i];
                            batch.answers[entry] = answer_to_deletion(*queue, state, handles[entry]);
                          }
                          self->removed(queue->id, gone);
                          done(std::move(batch.answers));
                        });
}

void QueueService::Impl::change_visibility(const Spec& queue, std::vector<VisibilityChange> list,
                                           BatchDone<void> done) {
  Batch<void> batch;
  const WallTime now = ports_.wall.now();
  for (const VisibilityChange& change : list) {
    const auto made = change_of(*queue, change, now);
    if (!made) {
      batch.answers.emplace_back(made.error());
      continue;
    }
    batch.entries.push_back(batch.answers.size());
    batch.answers.emplace_back();
    batch.changes.add(*made);
  }
  if (batch.changes.list.empty()) return done(std::move(batch.answers));
  auto changes = std::move(batch.changes);
  ports_.journal.submit(
      store::Lane::internal, std::move(changes),
      [list = std::move(list), batch = std::move(batch), done = std::move(done)](store::Applied applied) mutable {
        if (!applied) return done(fault_of(applied.error()));
        for (std::size_t i = 0; i < applied->size(); ++i) {
          const std::size_t entry = batch.entries[i];
          batch.answers[entry] =
              changed(std::get<store::MessageTouched>((*applied)[i]).state, list[entry].receipt_handle);
        }
        done(std::move(batch.answers));
      });
}

void QueueService::Impl::purge(const Spec& queue, Done<void> done) {
  const WallTime now = ports_.wall.now();
  bool too_soon = false;
  {
    const std::lock_guard lock(mutex_);
    auto& purged_at = queues_[queue->id].purged_at;
    too_soon = purged_at && now < *purged_at + kPurgeRest;
    if (!too_soon) purged_at = now;
  }
  if (too_soon) return done(purge_in_progress(queue->name));
  purge_rest(queue, {ports_.journal.next_sequence()}, std::move(done));
}

// It may be tried again at once.
void QueueService::Impl::purge_failed(QueueId queue) {
  const std::lock_guard lock(mutex_);
  const auto found = queues_.find(queue);
  if (found != queues_.end()) found->second.purged_at.reset();
}

void QueueService::Impl::reset() {
  const std::lock_guard lock(mutex_);
  for (auto& [id, state] : queues_) state.purged_at.reset();
}

// A chunk at a time, so that others have their turn.
void QueueService::Impl::purge_rest(const Spec& queue, MessageId before, Done<void> done) {
  store::Changes changes;
  changes.add(store::PurgeQueue{queue->id, queue->fifo, before, kPurgeChunk});
  ports_.journal.submit(
      store::Lane::internal, std::move(changes),
      [self = shared_from_this(), queue, before, done = std::move(done)](store::Applied applied) mutable {
        if (!applied) {
          self->purge_failed(queue->id);
          return done(fault_of(applied.error()));
        }
        if (!std::get<store::Swept>(applied->front()).more) return done({});
        self->purge_rest(queue, before, std::move(done));
      });
}

// A client that leaves gets an empty answer, so that its connection makes room for another one.
void QueueService::Impl::end_abandoned() {
  struct Waiter {
    QueueId queue;
    PollNumber number;
    std::function<bool()> wanted;
  };
  std::vector<Waiter> waiters;
  {
    const std::lock_guard lock(mutex_);
    const SteadyTime now = ports_.steady.now();
    if (now < look_again_) return;
    look_again_ = now + kLookForLeavers;
    for (const auto& [id, state] : queues_) {
      for (const auto& [number, poll] : state.parked) {
        if (poll.until && poll.wanted) waiters.push_back({id, number, poll.wanted});
      }
    }
  }
  Work work;
  for (const Waiter& waiter : waiters) {
    if (waiter.wanted()) continue;
    const std::lock_guard lock(mutex_);
    const auto found = queues_.find(waiter.queue);
    if (found == queues_.end()) continue;
    auto poll = found->second.parked.extract(waiter.number);
    if (poll.empty()) continue;  // it was answered meanwhile
    deadlines_.erase({*poll.mapped().until, waiter.queue, waiter.number});
    work.empty.push_back(std::move(poll.mapped()));
  }
  start(std::move(work));
}

// --- the public face

QueueService::QueueService(Ports ports, Limits limits) : impl_(std::make_shared<Impl>(std::move(ports), limits)) {}

QueueService::~QueueService() { stop(); }

void QueueService::send(const std::string& queue_arn, std::vector<SendEntry> entries, BatchDone<Sent> done) {
  const auto queue = impl_->find(queue_arn);
  if (!queue) return done(queue_does_not_exist());
  impl_->send(queue, std::move(entries), std::move(done));
}

void QueueService::receive(const std::string& queue_arn, ReceiveRequest request, Done<std::vector<Received>> done) {
  const auto queue = impl_->find(queue_arn);
  if (!queue) return done(queue_does_not_exist());
  const auto wait = request.wait.value_or(queue->receive_wait);
  if (request.max_messages < 1 || request.max_messages > 10) {
    return done(invalid_value(std::to_string(request.max_messages), "MaxNumberOfMessages",
                              "Must be between 1 and 10, if provided."));
  }
  if (wait.count() < 0 || wait > kMaxWait) {
    return done(invalid_value(shown(wait), "WaitTimeSeconds", "Must be >= 0 and <= 20, if provided."));
  }
  const auto visibility = request.visibility;
  if (visibility && (visibility->count() < 0 || *visibility > kMaxVisibility)) {
    return done(invalid_value(shown(*visibility), "VisibilityTimeout", "Must be between 0 and 43200."));
  }
  Impl::Poll poll;
  poll.queue = queue;
  poll.limit = request.max_messages;
  poll.visibility = visibility;
  poll.until = impl_->ports().steady.now() + wait;
  poll.wanted = std::move(request.wanted);
  poll.done = std::move(done);
  impl_->begin(std::move(poll));
}

void QueueService::take(const std::string& queue_arn, TakeRequest request, Done<std::vector<Received>> done) {
  const auto queue = impl_->find(queue_arn);
  if (!queue) return done(queue_does_not_exist());
  Impl::Poll poll;
  poll.queue = queue;
  poll.limit = request.max_messages;
  poll.bytes = request.max_bytes;
  poll.wanted = std::move(request.wanted);
  poll.done = std::move(done);
  impl_->begin(std::move(poll));
}

void QueueService::remove(const std::string& queue_arn, std::vector<std::string> receipt_handles,
                          BatchDone<void> done) {
  const auto queue = impl_->find(queue_arn);
  if (!queue) return done(queue_does_not_exist());
  impl_->remove(queue, std::move(receipt_handles), std::move(done));
}

void QueueService::change_visibility(const std::string& queue_arn, std::vector<VisibilityChange> changes,
                                     BatchDone<void> done) {
  const auto queue = impl_->find(queue_arn);
  if (!queue) return done(queue_does_not_exist());
  impl_->change_visibility(queue, std::move(changes), std::move(done));
}

void QueueService::purge(const std::string& queue_arn, Done<void> done) {
  const auto queue = impl_->find(queue_arn);
  if (!queue) return done(queue_does_not_exist());
  impl_->purge(queue, std::move(done));
}

void QueueService::counts(const std::string& queue_arn, Done<Counts> done) {
  const auto queue = impl_->find(queue_arn);
  if (!queue) return done(queue_does_not_exist());
  counts({queue}, [done = std::move(done)](Answer<std::vector<Counts>> counts) mutable {
    if (!counts) return done(std::move(counts).error());
    done(std::move(counts->front()));
  });
}

void QueueService::counts(QueueSpecs queues, Done<std::vector<Counts>> done) {
  impl_->ports().workers.post([impl = impl_, queues = std::move(queues), done = std::move(done)]() mutable {
    auto reader = impl->ports().readers.lend();
    if (!reader) return done(unavailable(reader.error().message));
    std::vector<store::CountedQueue> counted;
    for (const auto& queue : queues) counted.push_back({queue->id, queue->fifo});
    auto counts = (*reader)->message_counts(counted, impl->ports().wall.now());
    if (!counts) return done(unavailable(counts.error().message));
    done(std::move(*counts));
  });
}

void QueueService::peek(const std::string& queue_arn, int limit, Done<std::vector<Peeked>> done) {
  const auto queue = impl_->find(queue_arn);
  if (!queue) return done(queue_does_not_exist());
  impl_->ports().workers.post([impl = impl_, queue, limit, done = std::move(done)]() mutable {
    auto reader = impl->ports().readers.lend();
    if (!reader) return done(unavailable(reader.error().message));
    const auto page = (*reader)->messages(queue->id, queue->fifo, std::nullopt, std::clamp(limit, 1, 1'000));
    if (!page) return done(unavailable(page.error().message));
    std::vector<Peeked> peeked;
    for (const store::StoredMessage& stored : *page) {
      if (!stored.message) continue;
      peeked.push_back({stored.message, message_id(stored.row.id), stored.row.receives, stored.row.visible_at});
    }
    done(std::move(peeked));
  });
}

std::size_t QueueService::parked() const { return impl_->parked(); }
void QueueService::reconfigure() { impl_->reconfigure(); }
void QueueService::arrived(const std::vector<QueueId>& queues) { impl_->arrived(queues); }
void QueueService::removed(QueueId queue, std::int64_t messages) { impl_->removed(queue, messages); }
void QueueService::reset() { impl_->reset(); }
void QueueService::tick() { impl_->tick(); }
std::optional<WallTime> QueueService::next_due() const { return impl_->next_due(); }
bool QueueService::quiet() const { return impl_->quiet(); }
void QueueService::stop() { impl_->stop(); }

}  // namespace waybill::queue
