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
#include <sys/resource.h>

#include "store/engine.h"
#include "store/group_commit.h"
#include "store/ingress_log.h"
#include "store/intake.h"
#include "store/lanes.h"
#include "store/logged_changes.h"

namespace waybill::store {

namespace {
constexpr std::initializer_list<Lane> kPatient = {Lane::outcome, Lane::logged};
constexpr int kWriterNice = 10;

bool found_no_room(const Journal::Unit& unit, const Applied& applied) {
  return unit.number > 0 && applied.has_error() && applied.error().reason == Refusal::Reason::unavailable;
}

// Where processors are scarce, what acknowledges events goes before what carries them into the database: nobody waits
// for that. On Linux the priority is the thread's own; without it things work all the same.
void step_back() { (void)::setpriority(PRIO_PROCESS, 0, kWriterNice); }
}  // namespace

// One lock guards what submitters and the writer share; it is held for pushes and takes only, never over the engine, a
// `done` or a probe. Everything else belongs to the writer thread.
class Journal::Impl {
 public:
  Impl(std::unique_ptr<Engine> engine, JournalOptions options, JournalProbe& probe,
       std::function<void(const Error&)> on_poison, std::unique_ptr<IngressLog> log);

  void submit(Lane lane, std::vector<Unit> units);
  // False when it must go the way of other units: there is no log, or it is not for this one.
  bool accept(Changes& changes, DurableCallback& durable, StoredCallback& stored);
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
  std::optional<Refusal> refusal_at_door(Lane lane, std::size_t unlogged) const;
  void count(const Refusal& refusal);
  void refuse(Unit& unit, Refusal refusal);

  Status load();
  // Applies what the log holds and the database does not, for good.
  Status recover();
  Status recover_group(std::vector<Unit> group);
  void start_intake();
  // From the thread of the log.
  void push_logged(std::vector<Unit> units);
  std::size_t unlogged_bytes() const { return intake_ ? intake_->waiting_bytes() : 0; }

  void write();
  std::vector<Unit> wait_for_group();
  // REQUIRES: mutex_ held.
  bool group_is_due() const;
  bool writer_must_wake();
  // After a group: what of the log did not fit on the disk waits for another try.
  void settle_logged(std::span<Unit> group, const GroupOutcome& outcome, SteadyTime group_began);
  // False when there is poison.
  bool commit(std::vector<Unit> group);
  void tell_arrivals(const std::vector<Unit>& group, const GroupOutcome& outcome);
  bool checkpoint();
  void poison(const Error& error, std::span<Unit> uncommitted);
  Refusal poisoned_refusal() const;
  void refuse_poisoned(std::span<Unit> units);

  const std::unique_ptr<Engine> engine_;
  const JournalOptions options_;
  JournalProbe& probe_;
  const std::function<void(const Error&)> on_poison_;
  const SystemSteadyClock clock_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Lanes lanes_;                // guarded by mutex_
  bool writer_waits_ = false;  // guarded by mutex_
  bool pacing_ = false;        // guarded by mutex_; it waits for company for what is patient
  bool stopping_ = false;      // guarded by mutex_; nothing is let in
  bool ending_ = false;        // guarded by mutex_; nothing comes from the log either
  bool no_room_ = false;       // guarded by mutex_; what is logged did not fit on the disk
  SteadyTime patient_due_{};    // guarded by mutex_; when a group of patient units alone may begin
  std::string poison_;         // guarded by mutex_; what the engine said
  std::shared_ptr<const std::function<void(const std::vector<QueueId>&)>> on_arrivals_;  // guarded by mutex_

  std::atomic<bool> poisoned_ = false;
  std::atomic<std::int64_t> generation_ = 0;
  std::atomic<std::int64_t> next_sequence_ = 1;

  GroupCommit group_commit_;
  std::int64_t checkpoint_at_;  // bytes of SQLite's log
  const std::unique_ptr<IngressLog> log_;
  std::unique_ptr<Intake> intake_;  // null without a log

  std::atomic<std::thread::id> writer_id_;  // set by the writer, for stop()
  std::once_flag joined_;
  std::thread writer_;  // last: it sees everything above made
};

Journal::Impl::Impl(std::unique_ptr<Engine> engine, JournalOptions options, JournalProbe& probe,
                    std::function<void(const Error&)> on_poison, std::unique_ptr<IngressLog> log)
    : engine_(std::move(engine)),
      options_(options),
      probe_(probe),
      on_poison_(std::move(on_poison)),
      lanes_(options_),
      group_commit_(*engine_, probe_, clock_),
      checkpoint_at_(options_.checkpoint_wal_bytes),
      log_(options_.by_hand ? nullptr : std::move(log)) {
  // The writer does not run yet: generation() and next_sequence() are right from the first call on.
  Status loaded = load();
  if (options_.by_hand) {
    if (!loaded) poison(loaded.error(), {});
    return;
  }
  if (loaded && log_) start_intake();
  writer_ = std::thread([this, loaded = std::move(loaded)] {
    writer_id_ = std::this_thread::get_id();
    if (intake_) step_back();
    if (loaded) {
      write();
    } else {
      poison(loaded.error(), {});
    }
  });
}

Status Journal::Impl::load() {
  WAYBILL_CHECK(group_commit_.load());
  if (log_) WAYBILL_CHECK(recover());
  generation_ = group_commit_.generation();
  WAYBILL_TRY(const std::int64_t highest, engine_->highest_sequence());
  next_sequence_ = std::max(highest + 1, options_.first_sequence_floor);
  return {};
}

Status Journal::Impl::recover() {
  WAYBILL_TRY(const std::int64_t identity, engine_->log_identity());
  std::vector<Unit> group;
  std::size_t bytes = 0;
  std::int64_t units = 0;
  WAYBILL_CHECK(log_->recover(identity, group_commit_.stored_number(), [&](std::int64_t number, Changes changes) {
    bytes += weight(changes);
    ++units;
    group.push_back({std::move(changes), {}, number});
    if (bytes < options_.group_limit_bytes) return Status();
    bytes = 0;
    return recover_group(std::exchange(group, {}));
  }));
  if (!group.empty()) WAYBILL_CHECK(recover_group(std::move(group)));
  if (units > 0) spdlog::info("stored {} accepted events that were in the ingress log only", units);
  return {};
}

Status Journal::Impl::recover_group(std::vector<Unit> group) {
  const GroupOutcome outcome = group_commit_.run(group, Durability::synced);
  if (outcome.poison) return *outcome.poison;
  for (const Applied& applied : outcome.applied) {
    if (!applied) return Error{ErrorCode::unavailable, "cannot store what is in the ingress log: " + applied.error().message};
  }
  return {};
}

void Journal::Impl::start_intake() {
  intake_ = std::make_unique<Intake>(Intake::Ports{*log_, probe_, [this](auto units) { push_logged(std::move(units)); },
                                                   [this](const Error& error) { poison(error, {}); },
                                                   options_.ingress_limit_bytes / 2});
}

bool Journal::Impl::accept(Changes& changes, DurableCallback& durable, StoredCallback& stored) {
  if (!intake_ || !loggable(changes)) return false;
  std::optional<Refusal> refused;
  const std::size_t unlogged = unlogged_bytes();
  {
    const std::lock_guard lock(mutex_);
    refused = refusal_at_door(Lane::ingress, unlogged);
    if (!refused && no_room_) refused = Refusal{Refusal::Reason::unavailable, "the disk is full", 0};
  }
  if (refused) {
    count(*refused);
    durable(std::move(*refused));
    return true;
  }
  intake_->submit({std::move(changes), std::move(durable), std::move(stored)});
  return true;
}

void Journal::Impl::push_logged(std::vector<Unit> units) {
  std::vector<std::size_t> weights;
  weights.reserve(units.size());
  for (const Unit& unit : units) weights.push_back(sizeof(Unit) + weight(unit.changes));
  std::size_t backlog = 0;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < units.size(); ++i) lanes_.push(Lane::logged, std::move(units[i]), weights[i]);
    backlog = lanes_.bytes(Lane::logged);
    wake = writer_must_wake();
  }
  if (wake) wake_.notify_one();
  intake_->backlog(backlog);
}

std::optional<Refusal> Journal::Impl::refusal_at_door(Lane lane, std::size_t unlogged) const {
  if (poisoned_) return Refusal{Refusal::Reason::poisoned, "the store has stopped after an error: " + poison_, 0};
  if (stopping_) return Refusal{Refusal::Reason::unavailable, "the store is stopping", 0};
  if (lane == Lane::ingress && lanes_.ingress_full(unlogged)) {
    const std::size_t waiting = lanes_.bytes(Lane::ingress) + lanes_.bytes(Lane::logged) + unlogged;
    return Refusal{Refusal::Reason::shed,
                   "too much is waiting to be stored: " + std::to_string(waiting) +
                       " bytes, the limit is " + std::to_string(options_.ingress_limit_bytes),
                   0};
  }
  return std::nullopt;
}

void Journal::Impl::count(const Refusal& refusal) {
  if (refusal.reason == Refusal::Reason::shed) {
    probe_.shed();
  } else {
    probe_.refused(refusal.reason);
  }
}

void Journal::Impl::refuse(Unit& unit, Refusal refusal) {
  count(refusal);
  if (unit.done) unit.done(std::move(refusal));
}

void Journal::Impl::submit(Lane lane, std::vector<Unit> units) {
  std::vector<std::size_t> weights;
  weights.reserve(units.size());
  for (const Unit& unit : units) weights.push_back(sizeof(Unit) + weight(unit.changes));
  std::vector<std::pair<std::size_t, Refusal>> refused;
  const std::size_t unlogged = unlogged_bytes();
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < units.size(); ++i) {
      if (auto refusal = refusal_at_door(lane, unlogged)) {
        refused.emplace_back(i, std::move(*refusal));
      } else {
        // Behind all that was accepted before it.
        const bool in_order = intake_ && clears(units[i].changes);
        lanes_.push(in_order ? Lane::logged : lane, std::move(units[i]), weights[i]);
      }
    }
    wake = writer_must_wake();
  }
  if (wake) wake_.notify_one();
  for (auto& [i, refusal] : refused) refuse(units[i], std::move(refusal));
}

bool Journal::Impl::ingress_full() const {
  const std::size_t unlogged = unlogged_bytes();
  const std::lock_guard lock(mutex_);
  return lanes_.ingress_full(unlogged);
}

void Journal::Impl::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (!intake_) ending_ = true;
    writer_waits_ = false;
  }
  if (options_.by_hand) {
    while (commit_waiting()) {
    }
    return;
  }
  wake_.notify_one();
  if (std::this_thread::get_id() == writer_id_.load()) return;
  if (intake_) {
    if (!intake_->stop()) return;
    const std::lock_guard lock(mutex_);
    ending_ = true;
    writer_waits_ = false;
  }
  wake_.notify_one();
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
    if (poisoned_) return refuse_poisoned(group);  // by the log
    if (group.empty()) break;
    if (!commit(std::move(group))) return;
    if (engine_->wal_bytes() >= checkpoint_at_ && !checkpoint()) return;
  }
  if (engine_->wal_bytes() > 0) checkpoint();
}

// One that waits for company sleeps on for what is patient itself.
bool Journal::Impl::writer_must_wake() {
  return writer_waits_ && (!pacing_ || group_is_due()) && std::exchange(writer_waits_, false);
}

std::vector<Journal::Unit> Journal::Impl::wait_for_group() {
  std::unique_lock lock(mutex_);
  while (!group_is_due()) {
    writer_waits_ = true;
    pacing_ = !lanes_.empty();
    if (pacing_) {
      wake_.wait_until(lock, patient_due_);
    } else {
      wake_.wait(lock);
    }
  }
  writer_waits_ = false;
  pacing_ = false;
  // What did not fit when it was tried last stays in the log; the next start takes it from there.
  if (ending_ && no_room_ && lanes_.only({Lane::logged})) return {};
  std::vector<Unit> group = lanes_.take_group();
  const std::size_t backlog = lanes_.bytes(Lane::logged);
  lock.unlock();
  if (intake_) intake_->backlog(backlog);
  return group;
}

bool Journal::Impl::group_is_due() const {
  if (ending_ || poisoned_) return true;
  if (lanes_.empty()) return false;
  if (!lanes_.only(no_room_ ? std::initializer_list{Lane::logged} : kPatient)) return true;
  const std::size_t bytes = lanes_.bytes(Lane::logged) + lanes_.bytes(Lane::outcome);
  if (!no_room_ && (stopping_ || bytes >= options_.group_limit_bytes)) return true;
  return clock_.now() >= patient_due_;
}

bool Journal::Impl::commit(std::vector<Unit> group) {
  const SteadyTime begin = clock_.now();
  const Durability durability = log_ && log_->wants_room() ? Durability::synced : GroupCommit::needed(group);
  GroupOutcome outcome = group_commit_.run(group, durability);
  if (log_) log_->stored_for_good(group_commit_.synced_number());
  // Before the callers hear of it: an attempt that one of them begins now must carry the new generation.
  generation_ = group_commit_.generation();
  tell_arrivals(group, outcome);
  if (log_) settle_logged(group, outcome, begin);
  for (std::size_t i = 0; i < outcome.applied.size(); ++i) {
    Applied& applied = outcome.applied[i];
    if (found_no_room(group[i], applied)) continue;
    if (applied.has_error()) {
      if (group[i].number > 0) spdlog::critical("an accepted event is lost: {}", applied.error().message);
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

void Journal::Impl::settle_logged(std::span<Unit> group, const GroupOutcome& outcome, SteadyTime group_began) {
  std::vector<Unit> without_room;
  for (std::size_t i = 0; i < outcome.applied.size(); ++i) {
    if (found_no_room(group[i], outcome.applied[i])) without_room.push_back(std::move(group[i]));
  }
  const bool no_room = !without_room.empty();
  bool told = false;
  {
    const std::lock_guard lock(mutex_);
    told = std::exchange(no_room_, no_room);
    patient_due_ = no_room ? clock_.now() + options_.full_disk_pause : group_began + options_.pace;
    lanes_.put_back(std::move(without_room));
  }
  if (no_room && !told) {
    spdlog::error("the disk is full: accepted events wait in the ingress log, further ones are refused until there is room");
  }
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
    group_commit_.checkpointed();
    if (log_) log_->stored_for_good(group_commit_.synced_number());
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

Refusal Journal::Impl::poisoned_refusal() const {
  const std::lock_guard lock(mutex_);
  return {Refusal::Reason::poisoned, "the store has stopped after an error: " + poison_, 0};
}

void Journal::Impl::refuse_poisoned(std::span<Unit> units) {
  const Refusal refusal = poisoned_refusal();
  for (Unit& unit : units) refuse(unit, refusal);
}

void Journal::Impl::poison(const Error& error, std::span<Unit> uncommitted) {
  std::vector<Unit> waiting;
  {
    const std::lock_guard lock(mutex_);
    if (poisoned_.exchange(true)) return;  // both threads found out
    poison_ = error.message;
    waiting = lanes_.take_all();
    writer_waits_ = false;
  }
  wake_.notify_one();
  spdlog::critical("the store takes nothing more: {}", error.message);
  refuse_poisoned(uncommitted);
  refuse_poisoned(waiting);
  if (intake_) intake_->refuse_all(poisoned_refusal());
  if (on_poison_) on_poison_(error);
}

Journal::Journal(std::unique_ptr<Engine> engine, JournalOptions options, JournalProbe& probe,
                 std::function<void(const Error&)> on_poison, std::unique_ptr<IngressLog> log)
    : impl_(std::make_unique<Impl>(std::move(engine), options, probe, std::move(on_poison), std::move(log))) {}

Journal::~Journal() { stop(); }

void Journal::submit(Lane lane, Changes changes, DoneCallback done) {
  std::vector<Unit> units;
  units.push_back({std::move(changes), std::move(done)});
  impl_->submit(lane, std::move(units));
}

void Journal::submit_many(Lane lane, std::vector<Unit> units) { impl_->submit(lane, std::move(units)); }

void Journal::accept(Changes changes, DurableCallback durable, StoredCallback stored) {
  if (impl_->accept(changes, durable, stored)) return;
  submit(Lane::ingress, std::move(changes),
         [durable = std::move(durable), stored = std::move(stored)](Applied applied) mutable {
           if (!applied) return durable(std::move(applied).error());
           if (stored) stored();
           durable({});
         });
}

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
