// The insides of the Journal: journal.cc lets units in, journal_log.cc takes them by way of the ingress log,
// journal_writer.cc commits them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "store/engine.h"
#include "store/group_commit.h"
#include "store/ingress_log.h"
#include "store/intake.h"
#include "store/journal.h"
#include "store/lanes.h"

namespace waybill::store {

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
  std::int64_t logged() const;
  bool has_stored(std::int64_t logged) const;
  void settle(std::chrono::milliseconds at_most) const;
  bool has_room() const;
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
  // Applies what the log holds and the database does not, for good, and makes the log ready for this run.
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
  void count_stored(std::span<const Unit> group, const GroupOutcome& outcome);
  // It is in the log, and the database had no room for it.
  static bool is_without_room(const Unit& unit, const Applied& applied);
  // After a group: what of the log did not fit on the disk waits for another try.
  void settle_logged(std::span<Unit> group, const GroupOutcome& outcome, SteadyTime group_began);
  // At the end: what had no room stays in the log.
  void leave_logged();
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
  Lanes lanes_;                         // guarded by mutex_
  bool writer_waits_ = false;           // guarded by mutex_
  bool pacing_ = false;                 // guarded by mutex_; it waits for company for what is patient
  bool stopping_ = false;               // guarded by mutex_; nothing is let in
  bool ending_ = false;                 // guarded by mutex_; nothing comes from the log either
  std::optional<std::string> no_room_;  // guarded by mutex_; why what is logged could not be stored
  SteadyTime patient_due_{};            // guarded by mutex_; when a group of patient units alone may begin
  std::int64_t logged_units_ = 0;       // guarded by mutex_; ever
  std::int64_t stored_units_ = 0;       // guarded by mutex_; of those: in the database, and told
  mutable std::condition_variable stored_;
  std::string poison_;  // guarded by mutex_; what the engine said
  std::shared_ptr<const std::function<void(const std::vector<QueueId>&)>> on_arrivals_;  // guarded by mutex_

  std::atomic<bool> poisoned_ = false;
  std::atomic<std::int64_t> generation_ = 0;
  std::atomic<std::int64_t> next_sequence_ = 1;

  GroupCommit group_commit_;
  std::int64_t checkpoint_at_;       // bytes of SQLite's log
  std::unique_ptr<IngressLog> log_;  // constant once the writer runs
  std::unique_ptr<Intake> intake_;   // null without a log

  std::atomic<std::thread::id> writer_id_;  // set by the writer, for stop()
  std::once_flag joined_;
  std::thread writer_;  // last: it sees everything above made
};

}  // namespace waybill::store
