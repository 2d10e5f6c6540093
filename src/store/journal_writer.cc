#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "store/journal_impl.h"

namespace waybill::store {

namespace {
constexpr std::initializer_list<Lane> kPatient = {Lane::outcome, Lane::logged};
}

bool Journal::Impl::is_without_room(const Unit& unit, const Applied& applied) {
  return unit.number > 0 && applied.has_error() && applied.error().reason == Refusal::Reason::unavailable;
}

void Journal::Impl::write() {
  while (true) {
    std::vector<Unit> group = wait_for_group();
    if (poisoned_) return refuse_poisoned(group);  // by the log
    if (group.empty()) break;
    if (!commit(std::move(group))) return;
    if (engine_->wal_bytes() >= checkpoint_at_ && !checkpoint()) return;
  }
  leave_logged();
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
  if (intake_) intake_->backlog(lanes_.bytes(Lane::logged));
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
  const Durability at_least = log_ && log_->wants_room() ? Durability::synced : Durability::unsynced;
  GroupOutcome outcome = group_commit_.run(group, at_least);
  if (log_) log_->stored_for_good(group_commit_.synced_number());
  // Before the callers hear of it: an attempt that one of them begins now must carry the new generation.
  generation_ = group_commit_.generation();
  tell_arrivals(group, outcome);
  if (log_) settle_logged(group, outcome, begin);
  for (std::size_t i = 0; i < outcome.applied.size(); ++i) {
    Applied& applied = outcome.applied[i];
    if (is_without_room(group[i], applied)) continue;
    if (applied.has_error()) {
      if (group[i].number > 0) spdlog::critical("an accepted event is lost: {}", applied.error().message);
      refuse(group[i], std::move(applied).error());
    } else if (group[i].done) {
      group[i].done(std::move(applied));
    }
  }
  if (log_) count_stored(group, outcome);
  if (outcome.poison) {
    poison(*outcome.poison, std::span(group).subspan(outcome.applied.size()));
    return false;
  }
  probe_.wal_size(engine_->wal_bytes());
  return true;
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
  bool first = false;  // both threads may find out
  {
    const std::lock_guard lock(mutex_);
    first = !poisoned_.exchange(true);
    if (first) poison_ = error.message;
    waiting = lanes_.take_all();
    writer_waits_ = false;
  }
  wake_.notify_one();
  if (first) spdlog::critical("the store takes nothing more: {}", error.message);
  refuse_poisoned(uncommitted);
  refuse_poisoned(waiting);
  if (!first) return;
  if (intake_) intake_->refuse_all(poisoned_refusal());
  if (on_poison_) on_poison_(error);
}

}  // namespace waybill::store
