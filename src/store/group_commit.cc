#include "store/group_commit.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/give_way.h"
#include "store/apply.h"

namespace waybill::store {

namespace {

// Less is what comes in between two commits, or during a checkpoint; with more the writer is behind, and clients are
// about to wait for it.
constexpr std::size_t kUnhurriedBytes = 1 << 20;

bool is_behind(std::span<const Journal::Unit> units) {
  std::size_t bytes = 0;
  for (const Journal::Unit& unit : units) bytes += unit.weight;
  return bytes > kUnhurriedBytes;
}

Durability needed(std::span<const Journal::Unit> units, Durability at_least) {
  const auto logged = [](const Journal::Unit& unit) { return unit.number > 0; };
  return std::ranges::all_of(units, logged) ? at_least : Durability::synced;
}

}  // namespace

Status GroupCommit::load() {
  WAYBILL_TRY(generation_, engine_.generation());
  WAYBILL_TRY(stored_number_, engine_.log_position());
  return {};
}

GroupOutcome GroupCommit::run(std::span<const Journal::Unit> group, Durability at_least) {
  auto together = commit_together(group, needed(group, at_least));
  if (together) return {std::move(*together), std::nullopt};
  const Undone& undone = together.error();
  if (undone.engine_error && engine_.poisons(*undone.engine_error)) return {{}, undone.engine_error};

  GroupOutcome outcome;
  std::optional<Refusal> no_room;
  for (const Journal::Unit& unit : group) {
    if (unit.in_log_order && no_room) {
      outcome.applied.emplace_back(*no_room);
      continue;
    }
    Applied applied = commit_alone(unit, at_least, outcome.poison);
    if (outcome.poison) break;
    const bool refused = applied.has_error() && applied.error().reason == Refusal::Reason::unavailable;
    if (unit.in_log_order && refused) no_room = applied.error();
    outcome.applied.push_back(std::move(applied));
  }
  return outcome;
}

Status GroupCommit::begin_run(std::int64_t run) {
  WAYBILL_CHECK(engine_.begin(Durability::synced));
  Status status = engine_.set_log_run(run);
  if (status) status = engine_.commit();
  if (!status) {
    engine_.rollback();
    return status;
  }
  synced_number_ = stored_number_;
  return {};
}

Applied GroupCommit::commit_alone(const Journal::Unit& unit, Durability at_least, std::optional<Error>& poison) {
  auto alone = commit_together({&unit, 1}, needed({&unit, 1}, at_least));
  if (alone) return std::move(alone->front());
  const Undone& undone = alone.error();
  // Alone, a refused unit is rolled back whole, so there is always an engine error here.
  const Error error = undone.engine_error.value_or(internal("the transaction was undone"));
  if (engine_.poisons(error)) poison = error;
  return Refusal{Refusal::Reason::unavailable, "nothing was stored: " + error.message, undone.change};
}

GroupCommit::Together GroupCommit::commit_together(std::span<const Journal::Unit> units, Durability durability) {
  const SteadyTime begin = clock_.now();
  if (auto status = engine_.begin(durability); !status) return Undone{std::move(status).error()};
  const std::int64_t generation_before = generation_;
  const auto roll_back = [&] {
    engine_.rollback();
    generation_ = generation_before;
  };
  auto applied = apply_all(units);
  if (!applied) {
    roll_back();
    return applied;
  }
  if (units.size() == 1 && applied->front().has_error()) {
    roll_back();
    return applied;
  }
  std::int64_t number = stored_number_;
  for (const Journal::Unit& unit : units) number = std::max(number, unit.number);
  if (number > stored_number_) {
    if (auto status = engine_.set_log_position(number); !status) {
      roll_back();
      return Undone{std::move(status).error()};
    }
  }
  const SteadyTime before_commit = clock_.now();
  if (auto status = engine_.commit(); !status) {
    roll_back();
    return Undone{std::move(status).error()};
  }
  stored_number_ = number;
  if (durability == Durability::synced) synced_number_ = stored_number_;
  report(*applied, begin, before_commit);
  return applied;
}

GroupCommit::Together GroupCommit::apply_all(std::span<const Journal::Unit> units) {
  std::vector<Applied> applied;
  applied.reserve(units.size());
  GiveWay give_way(clock_);
  const bool hurries = is_behind(units);
  for (const Journal::Unit& unit : units) {
    if (!hurries) give_way.after_step();  // the unit before
    if (units.size() > 1) {
      auto beside = apply_beside_others(unit.changes);
      if (!beside) return std::move(beside).error();
      applied.push_back(std::move(*beside));
      continue;
    }
    // The transaction is its savepoint.
    auto outcome = apply_unit(engine_, unit.changes, generation_);
    if (outcome) {
      applied.emplace_back(std::move(*outcome));
      continue;
    }
    UnitFailure failure = std::move(outcome).error();
    if (const auto* error = std::get_if<Error>(&failure.why)) return Undone{*error, failure.change};
    applied.emplace_back(std::get<Refusal>(std::move(failure.why)));
  }
  return applied;
}

boost::system::result<Applied, GroupCommit::Undone> GroupCommit::apply_beside_others(const Changes& changes) {
  const bool guarded = needs_savepoint(changes);
  if (guarded) {
    if (auto status = engine_.savepoint(); !status) return Undone{std::move(status).error()};
  }
  const std::int64_t generation_before = generation_;
  auto outcome = apply_unit(engine_, changes, generation_);
  std::optional<Refusal> refusal;
  bool traces = false;
  if (!outcome) {
    generation_ = generation_before;
    UnitFailure failure = std::move(outcome).error();
    if (const auto* error = std::get_if<Error>(&failure.why)) return Undone{*error, failure.change};
    if (failure.traces && !guarded) return Undone{std::nullopt, failure.change};
    traces = failure.traces;
    refusal = std::get<Refusal>(std::move(failure.why));
  }
  if (guarded) {
    auto status = traces ? engine_.rollback_to_savepoint() : engine_.release_savepoint();
    if (!status) return Undone{std::move(status).error()};
  }
  if (refusal) return Applied(std::move(*refusal));
  return Applied(std::move(*outcome));
}

void GroupCommit::report(const std::vector<Applied>& applied, SteadyTime begin, SteadyTime before_commit) {
  std::size_t units = 0;
  std::size_t changes = 0;
  for (const Applied& unit : applied) {
    if (!unit) continue;
    ++units;
    changes += unit->size();
  }
  probe_.committed(units, changes, before_commit - begin, clock_.now() - before_commit);
}

}  // namespace waybill::store
