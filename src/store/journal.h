// The Journal: the one place where state changes. One thread applies units of changes in groups; a group is one
// transaction and one sync, and callers hear of their unit after it. What clients send may be accepted by way of the
// ingress log instead, and is applied from there.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "store/changes.h"
#include "store/ingress_log.h"

namespace waybill::store {

class Engine;

enum class Lane {
  internal,     // what Waybill does itself, and calls that somebody waits for: never refused
  outcome,      // what became of deliveries: never refused, and nobody waits for it, so that it may wait for company
  logged,       // what is in the ingress log already, and calls that must come behind it: never refused
  ingress,      // what clients send: shed above ingress_limit_bytes
  maintenance,  // sweeps: at most maintenance_per_group units in a group
};

// Declared here, implemented over the metrics room by the daemon. Called on the writer thread, but for logged(), which
// comes from the thread of the ingress log, and refused() and shed(), which may come from any.
class JournalProbe {
 public:
  virtual ~JournalProbe() = default;
  // One transaction: the units it applied (those it refused are not among them) and their changes.
  virtual void committed(std::size_t /*units*/, std::size_t /*changes*/, std::chrono::nanoseconds /*apply*/,
                         std::chrono::nanoseconds /*commit*/) {}
  // One append to the ingress log, with its sync.
  virtual void logged(std::size_t /*units*/, std::chrono::nanoseconds) {}
  virtual void refused(Refusal::Reason) {}  // for every reason but shed
  virtual void shed() {}
  virtual void checkpointed(std::int64_t /*wal_bytes_before*/, std::chrono::nanoseconds) {}
  virtual void wal_size(std::int64_t /*bytes*/) {}
};

struct JournalOptions {
  std::size_t group_limit_bytes = 4 << 20;     // a group closes when it holds this much
  std::size_t ingress_limit_bytes = 64 << 20;  // waiting ingress above this is shed, logged or not
  // Outcomes, and what is in the log already, make larger groups: one of them alone begins no sooner than this after
  // the group before. When other work is committed they go with it.
  std::chrono::microseconds pace{2000};
  std::chrono::milliseconds full_disk_pause{100};  // before what is in the log is tried again
  std::size_t maintenance_per_group = 4;
  std::int64_t checkpoint_wal_bytes = 4 << 20;
  // next_sequence() starts at this or above what is stored, whichever is more: wall microseconds since the epoch. It
  // keeps the numbers of rows that are gone again from being handed out twice.
  std::int64_t first_sequence_floor = 0;
  // The daemon's runs have rising numbers, no lower than this: seconds since the epoch, so that the runs of two copies
  // of a store differ as well. See IngressLog::Mark.
  std::int64_t first_run_floor = 0;
  // No thread: what is submitted waits for commit_waiting(), so that a test decides when. Everything that belongs to
  // the writer thread then belongs to the caller's, and apply() commits by itself.
  bool by_hand = false;
};

// Owner: the App. submit() may be called from any thread. `done` is called exactly once for every unit, also when the
// Journal stops, and must neither block nor throw; it may submit. It runs on the writer thread, after the commit, in
// order of submission within a lane (on the thread of the log when a failed sync there ends everything). Only a unit
// that is not let in at all (shed, poisoned, or unavailable after stop()) hears of it on the thread that submits,
// before submit() returns: hold no lock there that `done` takes.
class Journal {
 public:
  using DoneCallback = UniqueFunction<void(Applied)>;
  using Durable = boost::system::result<void, Refusal>;
  using DurableCallback = UniqueFunction<void(Durable)>;
  using StoredCallback = UniqueFunction<void()>;
  struct Unit {
    Changes changes;
    DoneCallback done;
    // The Journal's own:
    std::int64_t number = 0;    // in the ingress log; 0: it is not there
    bool in_log_order = false;  // it comes behind all that was logged before it
    std::size_t weight = 0;     // bytes it holds while it waits
  };

  // on_poison is called once, on a thread of the Journal's, after a failed sync and after every waiting unit was
  // refused; the daemon then exits. An engine that cannot even tell its generation and sequence counts as poisoned.
  // With a log, what it holds and the database does not is applied before the constructor returns; not for by_hand.
  Journal(std::unique_ptr<Engine> engine, JournalOptions options, JournalProbe& probe,
          std::function<void(const Error&)> on_poison, std::unique_ptr<IngressLog> log = nullptr);
  ~Journal();  // stop()

  void submit(Lane lane, Changes changes, DoneCallback done);
  void submit_many(Lane lane, std::vector<Unit> units);
  // What a client sends and no rule can refuse later (see loggable()). `durable` is called exactly once: the unit will
  // be applied, also after a crash, before any ResetAll or DropArchive that is submitted from then on. It runs on the
  // thread of the log, or like a `done` where there is none, and neither blocks nor throws. `stored`, if any, is called
  // on the writer thread once the unit is in the database. After a crash it is not called again.
  void accept(Changes changes, DurableCallback durable, StoredCallback stored);
  // How many units became durable by way of the log so far, and whether so many are in the database and their `stored`
  // was called. They are stored in the order in which they became durable.
  std::int64_t logged() const;
  bool has_stored(std::int64_t logged) const;
  // Waits until there are none of those that are now, but no longer than that: whoever asks what is stored after an
  // answer finds what was acknowledged.
  void settle(std::chrono::milliseconds at_most) const;
  // Submits and waits. For start-up, the CLI's calls and tests; never from the writer thread.
  Applied apply(Lane lane, Changes changes);

  // Who is told, on the writer thread after the commit and before any `done` of its group, in which queues messages may
  // have arrived: see arrivals(). It must not block. Once, at start.
  void on_arrivals(std::function<void(const std::vector<QueueId>&)> tell);

  // False while accepted events find no room in the database, and further ones are refused.
  bool has_room() const;
  // True while ingress would be shed.
  bool ingress_full() const;
  bool poisoned() const;
  // The generation that fences of new attempts carry; a reset starts a new one.
  std::int64_t generation() const;
  // A number larger than any handed out before, also across restarts: ids of payloads, deliveries, dead letters.
  std::int64_t next_sequence();

  // The next group, by_hand only; false when nothing waited.
  bool commit_waiting();

  // Applies what was submitted, checkpoints, ends the threads. Later units are refused as `unavailable`. Idempotent,
  // from any thread but the Journal's own, where it only asks for the end.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waybill::store
