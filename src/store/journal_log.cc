#include <spdlog/spdlog.h>

#include "store/journal_impl.h"
#include "store/logged_changes.h"

namespace waybill::store {

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
  // Also when nothing was missing: what a process that was killed had stored without a sync is in the page cache only,
  // and the log is written anew from here on.
  group.push_back({});
  WAYBILL_CHECK(recover_group(std::move(group)));
  if (units > 0) spdlog::info("stored {} accepted events that were in the ingress log only", units);
  return {};
}

Status Journal::Impl::recover_group(std::vector<Unit> group) {
  const GroupOutcome outcome = group_commit_.run(group, Durability::synced);
  if (outcome.poison) return *outcome.poison;
  for (const Applied& applied : outcome.applied) {
    if (!applied)
      return Error{ErrorCode::unavailable, "cannot store what is in the ingress log: " + applied.error().message};
  }
  return {};
}

void Journal::Impl::start_intake() {
  intake_ = std::make_unique<Intake>(Intake::Ports{*log_, probe_, [this](auto units) { push_logged(std::move(units)); },
                                                   [this](const Error& error) { poison(error, {}); },
                                                   options_.ingress_limit_bytes / 8});
  intake_->start();
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
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < units.size(); ++i) lanes_.push(Lane::logged, std::move(units[i]), weights[i]);
    logged_units_ += static_cast<std::int64_t>(units.size());
    // Under the lock: what is told last is what is.
    intake_->backlog(lanes_.bytes(Lane::logged));
    wake = writer_must_wake();
  }
  if (wake) wake_.notify_one();
}

std::int64_t Journal::Impl::unstored() const {
  const std::lock_guard lock(mutex_);
  return logged_units_ - stored_units_;
}

void Journal::Impl::settle(std::chrono::milliseconds at_most) const {
  std::unique_lock lock(mutex_);
  stored_.wait_for(lock, at_most,
                   [this, wanted = logged_units_] { return stored_units_ >= wanted || poisoned_ || ending_; });
}

void Journal::Impl::count_stored(std::span<const Unit> group, const GroupOutcome& outcome) {
  std::int64_t stored = 0;
  for (std::size_t i = 0; i < outcome.applied.size(); ++i) {
    if (group[i].number > 0 && !is_without_room(group[i], outcome.applied[i])) ++stored;
  }
  if (stored == 0) return;
  {
    const std::lock_guard lock(mutex_);
    stored_units_ += stored;
  }
  stored_.notify_all();
}

void Journal::Impl::settle_logged(std::span<Unit> group, const GroupOutcome& outcome, SteadyTime group_began) {
  std::vector<Unit> without_room;
  for (std::size_t i = 0; i < outcome.applied.size(); ++i) {
    if (is_without_room(group[i], outcome.applied[i])) without_room.push_back(std::move(group[i]));
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
    spdlog::error(
        "the disk is full: accepted events wait in the ingress log, further ones are refused until there is room");
  }
}

}  // namespace waybill::store
