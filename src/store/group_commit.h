// Applies a group of units in one transaction, and finds the guilty ones when that fails.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/engine.h"
#include "store/journal.h"

namespace waybill::store {

struct GroupOutcome {
  // One per unit, in order; durable when here. Shorter than the group only when there is poison: of the rest nothing
  // may be taken as stored.
  std::vector<Applied> applied;
  std::optional<Error> poison;
};

// Owner/Thread: the Journal's writer; blocks on the disk.
class GroupCommit {
 public:
  GroupCommit(Engine& engine, JournalProbe& probe, const SteadyClock& clock)
      : engine_(engine), probe_(probe), clock_(clock) {}

  // Before the first group: takes the generation and the position in the ingress log from the engine.
  Status load();
  // Of the state as committed.
  std::int64_t generation() const { return generation_; }
  // The last logged unit that is in the database, and the last one that a synced commit has made sure of
  // (a checkpoint need not: held up by a reader, it syncs nothing).
  std::int64_t stored_number() const { return stored_number_; }
  std::int64_t synced_number() const { return synced_number_; }

  // REQUIRES: the group is not empty. First all in one transaction. When the engine fails without being poisoned (the
  // disk is full), or a refused unit left traces that no savepoint can undo, all is rolled back and each unit gets its
  // own transaction, so that one unit does not take the others with it. Logged units stay in order all the same: when
  // one finds no room, those behind it are refused as well. What is logged alone need not be synced, unless at_least
  // says so.
  GroupOutcome run(std::span<const Journal::Unit> group, Durability at_least);
  // Commits that this run of the daemon writes the log from now on; it makes sure of all that was committed before.
  Status begin_run(std::int64_t run);

 private:
  // The transaction came to nothing; `change` of the unit it was applying then.
  struct Undone {
    std::optional<Error> engine_error;  // none: a refused unit left traces
    std::size_t change = 0;
  };
  using Together = boost::system::result<std::vector<Applied>, Undone>;

  Together commit_together(std::span<const Journal::Unit> units, Durability durability);
  // With the transaction open. An error asks for it to be rolled back.
  Together apply_all(std::span<const Journal::Unit> units);
  boost::system::result<Applied, Undone> apply_beside_others(const Changes& changes);
  Applied commit_alone(const Journal::Unit& unit, Durability at_least, std::optional<Error>& poison);
  void report(const std::vector<Applied>& applied, SteadyTime begin, SteadyTime before_commit);

  Engine& engine_;
  JournalProbe& probe_;
  const SteadyClock& clock_;
  std::int64_t generation_ = 0;
  std::int64_t stored_number_ = 0;
  std::int64_t synced_number_ = 0;
};

}  // namespace waybill::store
