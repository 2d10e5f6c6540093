#include "store/journal.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <utility>

#include <spdlog/spdlog.h>

#include "store/engine.h"
#include "store/group_commit.h"
#include "store/lanes.h"

namespace waybill::store {

// One lock guards what submitters and the writer share; it is held for pushes and takes only, never over the engine, a
// `done` or a probe. Everything else belongs to the writer thread.
class Journal::Impl {
 public:
  Impl(std::unique_ptr<Engine> engine, JournalOptions options, JournalProbe& probe,
       std::function<void(const Error&)> on_poison);

  void submit(Lane lane, std::vector<Unit> units);
  void on_arrivals(std::function<void(const std::vector<QueueId>&)> tell);
  bool ingress_full() const;
  bool poisoned() const { return poisoned_.load(); }
  std::int64_t generation() const { return generation_.load(); }
  std::int64_t next_sequence() { return next_sequence_.fetch_add(1, std::memory_order_relaxed); }
  void stop();
  bool commit_waiting();
  bool by_hand() const { return options_.by_hand; }

 private:
  // Why a unit may not come in now; nothing when it may. REQUIRES: mutex_ held.
  std::optional<Refusal> refusal_at_door(Lane lane) const;
  void refuse(Unit& unit, Refusal refusal);

  Status load();
  void write();
  std::vector<Unit> wait_for_group();
  // False when there is poison.
  bool commit(std::vector<Unit> group);
  void tell_arrivals(const std::vector<Unit>& group, const GroupOutcome& outcome);
  bool checkpoint();
  void poison(const Error& error, std::span<Unit> uncommitted);

  const std::unique_ptr<Engine> engine_;
  const JournalOptions options_;
  JournalProbe& probe_;
  const std::function<void(const Error&)> on_poison_;
  const SystemSteadyClock clock_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Lanes lanes_;                // guarded by mutex_
  bool writer_waits_ = false;  // guarded by mutex_
  bool stopping_ = false;      // guarded by mutex_
  std::string poison_;         // guarded by mutex_; what the engine said
  std::shared_ptr<const std::function<void(const std::vector<QueueId>&)>> on_arrivals_;  // guarded by mutex_

  std::atomic<bool> poisoned_ = false;
  std::atomic<std::int64_t> generation_ = 0;
  std::atomic<std::int64_t> next_sequence_ = 1;

  GroupCommit group_commit_;
  std::int64_t checkpoint_at_;  // bytes of log

  std::atomic<std::thread::id> writer_id_;  // set by the writer, for stop()
  std::once_flag joined_;
  std::thread writer_;  // last: it sees everything above made
};

Journal::Impl::Impl(std::unique_ptr<Engine> engine, JournalOptions options, JournalProbe& probe,
                    std::function<void(const Error&)> on_poison)
    : engine_(std::move(engine)),
      options_(options),
      probe_(probe),
      on_poison_(std::move(on_poison)),
      lanes_(options_),
      group_commit_(*engine_, probe_, clock_),
      checkpoint_at_(options_.checkpoint_wal_bytes) {
  // The writer does not run yet: generation() and next_sequence() are right from the first call on.
  Status loaded = load();
  if (options_.by_hand) {
    if (!loaded) poison(loaded.error(), {});
    return;
  }
  writer_ = std::thread([this, loaded = std::move(loaded)] {
    writer_id_ = std::this_thread::get_id();
    if (loaded) {
      write();
    } else {
      poison(loaded.error(), {});
    }
  });
}

Status Journal::Impl::load() {
  WAYBILL_CHECK(group_commit_.load());
  generation_ = group_commit_.generation();
  WAYBILL_TRY(const std::int64_t highest, engine_->highest_sequence());
  next_sequence_ = std::max(highest + 1, options_.first_sequence_floor);
  return {};
}

std::optional<Refusal> Journal::Impl::refusal_at_door(Lane lane) const {
  if (poisoned_) return Refusal{Refusal::Reason::poisoned, "the store has stopped after an error: " + poison_, 0};
  if (stopping_) return Refusal{Refusal::Reason::unavailable, "the store is stopping", 0};
  if (lane == Lane::ingress && lanes_.ingress_full()) {
    return Refusal{Refusal::Reason::shed,
                   "too much is waiting to be stored: " + std::to_string(lanes_.bytes(Lane::ingress)) +
                       " bytes, the limit is " + std::to_string(options_.ingress_limit_bytes),
                   0};
  }
  return std::nullopt;
}

void Journal::Impl::refuse(Unit& unit, Refusal refusal) {
  if (refusal.reason == Refusal::Reason::shed) {
    probe_.shed();
  } else {
    probe_.refused(refusal.reason);
  }
  if (unit.done) unit.done(std::move(refusal));
}

void Journal::Impl::submit(Lane lane, std::vector<Unit> units) {
  std::vector<std::size_t> weights;
  weights.reserve(units.size());
  for (const Unit& unit : units) weights.push_back(sizeof(Unit) + weight(unit.changes));
  std::vector<std::pair<std::size_t, Refusal>> refused;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < units.size(); ++i) {
      if (auto refusal = refusal_at_door(lane)) {
        refused.emplace_back(i, std::move(*refusal));
      } else {
        lanes_.push(lane, std::move(units[i]), weights[i]);
        wake = writer_waits_;
      }
    }
    if (wake) writer_waits_ = false;
  }
  if (wake) wake_.notify_one();
  for (auto& [i, refusal] : refused) refuse(units[i], std::move(refusal));
}

bool Journal::Impl::ingress_full() const {
  const std::lock_guard lock(mutex_);
  return lanes_.ingress_full();
}

void Journal::Impl::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    writer_waits_ = false;
  }
  if (options_.by_hand) {
    while (commit_waiting()) {
    }
    return;
  }
  wake_.notify_one();
  if (std::this_thread::get_id() == writer_id_.load()) return;
  std::call_once(joined_, [this] { writer_.join(); });
}

bool Journal::Impl::commit_waiting() {
  std::vector<Unit> group;
  {
    const std::lock_guard lock(mutex_);
    group = lanes_.take_group();
  }
  return !group.empty() && commit(std::move(group));
}

void Journal::Impl::write() {
  while (true) {
    std::vector<Unit> group = wait_for_group();
    if (group.empty()) break;
    if (!commit(std::move(group))) return;
    if (engine_->wal_bytes() >= checkpoint_at_ && !checkpoint()) return;
  }
  if (engine_->wal_bytes() > 0) checkpoint();
}

std::vector<Journal::Unit> Journal::Impl::wait_for_group() {
  std::unique_lock lock(mutex_);
  while (lanes_.empty() && !stopping_) {
    writer_waits_ = true;
    wake_.wait(lock);
  }
  writer_waits_ = false;
  return lanes_.take_group();
}

bool Journal::Impl::commit(std::vector<Unit> group) {
  GroupOutcome outcome = group_commit_.run(group);
  // Before the callers hear of it: an attempt that one of them begins now must carry the new generation.
  generation_ = group_commit_.generation();
  tell_arrivals(group, outcome);
  for (std::size_t i = 0; i < outcome.applied.size(); ++i) {
    Applied& applied = outcome.applied[i];
    if (applied.has_error()) {
      refuse(group[i], std::move(applied).error());
    } else if (group[i].done) {
      group[i].done(std::move(applied));
    }
  }
  if (outcome.poison) {
    poison(*outcome.poison, std::span(group).subspan(outcome.applied.size()));
    return false;
  }
  probe_.wal_size(engine_->wal_bytes());
  return true;
}

void Journal::Impl::on_arrivals(std::function<void(const std::vector<QueueId>&)> tell) {
  const std::lock_guard lock(mutex_);
  on_arrivals_ = std::make_shared<const std::function<void(const std::vector<QueueId>&)>>(std::move(tell));
}

void Journal::Impl::tell_arrivals(const std::vector<Unit>& group, const GroupOutcome& outcome) {
  std::vector<QueueId> queues;
  for (std::size_t i = 0; i < outcome.applied.size(); ++i) {
    if (outcome.applied[i]) arrivals(group[i].changes, *outcome.applied[i], queues);
  }
  if (queues.empty()) return;
  std::shared_ptr<const std::function<void(const std::vector<QueueId>&)>> tell;
  {
    const std::lock_guard lock(mutex_);
    tell = on_arrivals_;
  }
  if (tell && *tell) (*tell)(queues);
}

bool Journal::Impl::checkpoint() {
  const std::int64_t before = engine_->wal_bytes();
  const SteadyTime begin = clock_.now();
  const Status status = engine_->checkpoint();
  if (status) {
    probe_.checkpointed(before, clock_.now() - begin);
  } else if (engine_->poisons(status.error())) {
    poison(status.error(), {});
    return false;
  } else {
    spdlog::error("checkpoint of {} bytes of log failed, will try again later: {}", before, status.error().message);
  }
  // After one that failed or left much behind, not again with every group.
  checkpoint_at_ = engine_->wal_bytes() + options_.checkpoint_wal_bytes;
  probe_.wal_size(engine_->wal_bytes());
  return true;
}

void Journal::Impl::poison(const Error& error, std::span<Unit> uncommitted) {
  std::vector<Unit> waiting;
  {
    const std::lock_guard lock(mutex_);
    poisoned_ = true;
    poison_ = error.message;
    waiting = lanes_.take_all();
  }
  spdlog::critical("the store takes nothing more: {}", error.message);
  const Refusal refusal{Refusal::Reason::poisoned, "the store has stopped after an error: " + error.message, 0};
  for (Unit& unit : uncommitted) refuse(unit, refusal);
  for (Unit& unit : waiting) refuse(unit, refusal);
  if (on_poison_) on_poison_(error);
}

Journal::Journal(std::unique_ptr<Engine> engine, JournalOptions options, JournalProbe& probe,
                 std::function<void(const Error&)> on_poison)
    : impl_(std::make_unique<Impl>(std::move(engine), options, probe, std::move(on_poison))) {}

Journal::~Journal() { stop(); }

void Journal::submit(Lane lane, Changes changes, DoneCallback done) {
  std::vector<Unit> units;
  units.push_back({std::move(changes), std::move(done)});
  impl_->submit(lane, std::move(units));
}

void Journal::submit_many(Lane lane, std::vector<Unit> units) { impl_->submit(lane, std::move(units)); }

Applied Journal::apply(Lane lane, Changes changes) {
  // The callback owns the promise: the waiting thread may be gone before set_value() has returned.
  std::promise<Applied> promise;
  std::future<Applied> applied = promise.get_future();
  submit(lane, std::move(changes),
         [promise = std::move(promise)](Applied result) mutable { promise.set_value(std::move(result)); });
  while (commit_waiting()) {
  }
  return applied.get();
}

void Journal::on_arrivals(std::function<void(const std::vector<QueueId>&)> tell) {
  impl_->on_arrivals(std::move(tell));
}
bool Journal::ingress_full() const { return impl_->ingress_full(); }
bool Journal::poisoned() const { return impl_->poisoned(); }
std::int64_t Journal::generation() const { return impl_->generation(); }
std::int64_t Journal::next_sequence() { return impl_->next_sequence(); }
bool Journal::commit_waiting() { return impl_->by_hand() && impl_->commit_waiting(); }
void Journal::stop() { impl_->stop(); }

}  // namespace waybill::store
