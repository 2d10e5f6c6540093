#include "store/journal.h"

#include <algorithm>
#include <future>
#include <sys/resource.h>
#include <utility>

#include "store/journal_impl.h"

namespace waybill::store {

namespace {
constexpr int kWriterNice = 10;

// Where processors are scarce, what acknowledges events goes before what carries them into the database: nobody waits
// for that. On Linux the priority is the thread's own; without it things work all the same.
void step_back() { (void)::setpriority(PRIO_PROCESS, 0, kWriterNice); }
}  // namespace

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

std::optional<Refusal> Journal::Impl::refusal_at_door(Lane lane, std::size_t unlogged) const {
  if (poisoned_) return Refusal{Refusal::Reason::poisoned, "the store has stopped after an error: " + poison_, 0};
  if (stopping_) return Refusal{Refusal::Reason::unavailable, "the store is stopping", 0};
  if (lane == Lane::ingress && lanes_.ingress_full(unlogged)) {
    const std::size_t waiting = lanes_.bytes(Lane::ingress) + lanes_.bytes(Lane::logged) + unlogged;
    return Refusal{Refusal::Reason::shed,
                   "too much is waiting to be stored: " + std::to_string(waiting) + " bytes, the limit is " +
                       std::to_string(options_.ingress_limit_bytes),
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
  for (Unit& unit : units) unit.weight = sizeof(Unit) + weight(unit.changes);
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
        lanes_.push(in_order ? Lane::logged : lane, std::move(units[i]));
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

void Journal::Impl::on_arrivals(std::function<void(const std::vector<QueueId>&)> tell) {
  const std::lock_guard lock(mutex_);
  on_arrivals_ = std::make_shared<const std::function<void(const std::vector<QueueId>&)>>(std::move(tell));
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
std::int64_t Journal::logged() const { return impl_->logged(); }
bool Journal::has_stored(std::int64_t logged) const { return impl_->has_stored(logged); }
void Journal::settle(std::chrono::milliseconds at_most) const { impl_->settle(at_most); }
bool Journal::has_room() const { return impl_->has_room(); }
bool Journal::ingress_full() const { return impl_->ingress_full(); }
bool Journal::poisoned() const { return impl_->poisoned(); }
std::int64_t Journal::generation() const { return impl_->generation(); }
std::int64_t Journal::next_sequence() { return impl_->next_sequence(); }
bool Journal::commit_waiting() { return impl_->by_hand() && impl_->commit_waiting(); }
void Journal::stop() { impl_->stop(); }

}  // namespace waybill::store
