#include <algorithm>

#include <spdlog/spdlog.h>

#include "store/journal_impl.h"
#include "store/logged_changes.h"

namespace waybill::store {

Status Journal::Impl::recover() {
  WAYBILL_TRY(const std::int64_t identity, engine_->log_identity());
  WAYBILL_TRY(const std::int64_t run, engine_->log_run());
  std::vector<Unit> group;
  std::size_t bytes = 0;
  std::int64_t units = 0;
  const auto take = [&](std::int64_t number, Changes changes) {
    Unit& unit = group.emplace_back(Unit{std::move(changes), {}, number, true});
    bytes += weight(unit.changes);
    ++units;
    if (bytes < options_.group_limit_bytes) return Status();
    bytes = 0;
    return recover_group(std::exchange(group, {}));
  };
  WAYBILL_CHECK(log_->recover({identity, run, group_commit_.stored_number()}, take));
  if (!group.empty()) WAYBILL_CHECK(recover_group(std::move(group)));
  if (units > 0) spdlog::info("stored {} accepted events that were in the ingress log only", units);
  // The log is written anew from here on. This makes sure of what a process that was killed had stored without a sync.
  const std::int64_t this_run = std::max(run + 1, options_.first_run_floor);
  const Status begun = group_commit_.begin_run(this_run);
  if (!begun && engine_->poisons(begun.error())) return begun.error();
  if (begun) {
    log_->begin_run(this_run);
    return log_->prepare();
  }
  spdlog::error("events are stored without the ingress log, more slowly, until the next start: {}",
                begun.error().message);
  log_.reset();
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
    if (!refused && no_room_) refused = Refusal{Refusal::Reason::unavailable, *no_room_, 0};
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
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    logged_units_ += static_cast<std::int64_t>(units.size());
    for (Unit& unit : units) lanes_.push(Lane::logged, std::move(unit));
    // Under the lock: what is told last is what is.
    intake_->backlog(lanes_.bytes(Lane::logged));
    wake = writer_must_wake();
  }
  if (wake) wake_.notify_one();
}

bool Journal::Impl::has_room() const {
  const std::lock_guard lock(mutex_);
  return !no_room_;
}

std::int64_t Journal::Impl::logged() const {
  const std::lock_guard lock(mutex_);
  return logged_units_;
}

bool Journal::Impl::has_stored(std::int64_t logged) const {
  const std::lock_guard lock(mutex_);
  return stored_units_ >= logged;
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
  std::optional<std::string> why;
  for (std::size_t i = 0; i < outcome.applied.size(); ++i) {
    if (!is_without_room(group[i], outcome.applied[i])) continue;
    if (!why) why = outcome.applied[i].error().message;
    without_room.push_back(std::move(group[i]));
  }
  const bool is_news = [&] {
    const std::lock_guard lock(mutex_);
    const bool told = std::exchange(no_room_, why).has_value();
    patient_due_ = why ? clock_.now() + options_.full_disk_pause : group_began + options_.pace;
    lanes_.put_back(std::move(without_room));
    return why && !told;
  }();
  if (is_news) {
    spdlog::error("accepted events wait in the ingress log, further ones are refused until they can be stored: {}",
                  *why);
  }
}

void Journal::Impl::leave_logged() {
  std::vector<Unit> left;
  {
    const std::lock_guard lock(mutex_);
    left = lanes_.take_all();
  }
  std::size_t events = 0;
  for (Unit& unit : left) {
    if (unit.number > 0) {
      ++events;
    } else {
      refuse(unit, {Refusal::Reason::unavailable, "the store is stopping", 0});
    }
  }
  if (events > 0) {
    spdlog::warn(
        "{} accepted requests are in the ingress log only, because there was no room for them in the database; the "
        "next start stores them, so keep waybill.db-ingress0 and waybill.db-ingress1",
        events);
  }
}

}  // namespace waybill::store
