#include "store/intake.h"

#include <algorithm>
#include <sys/prctl.h>
#include <utility>

namespace waybill::store {

namespace {
// Of one record, at most one more unit: a sync of more would keep those behind it waiting.
constexpr std::size_t kMaxBatchBytes = 4 << 20;
}  // namespace

Intake::~Intake() { stop(); }

void Intake::start() {
  thread_ = std::thread([this] {
    thread_id_ = std::this_thread::get_id();
    // Else a wait for company is 0.05 ms longer than it was to be.
    ::prctl(PR_SET_TIMERSLACK, 1);
    run();
  });
}

void Intake::submit(Arrival arrival) {
  const std::size_t bytes = sizeof(Journal::Unit) + weight(arrival.changes);
  std::optional<Refusal> refused;
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    refused = refusal_;
    if (stopping_ && !refused) refused = Refusal{Refusal::Reason::unavailable, "the store is stopping", 0};
    if (!refused) {
      waiting_.push_back({std::move(arrival), bytes});
      waiting_bytes_ += bytes;
      wake = waiting_.size() >= wakes_at_ && std::exchange(thread_waits_, false);
    }
  }
  if (wake) wake_.notify_one();
  if (!refused) return;
  std::vector<Waiting> alone;
  alone.push_back({std::move(arrival), bytes});
  refuse(std::move(alone), *refused);
}

std::size_t Intake::waiting_bytes() const {
  const std::lock_guard lock(mutex_);
  return waiting_bytes_;
}

void Intake::backlog(std::size_t bytes) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    backlog_ = bytes;
    wake = thread_waits_ && !waiting_.empty() && backlog_ < ports_.backlog_limit_bytes;
    if (wake) thread_waits_ = false;
  }
  if (wake) wake_.notify_one();
}

void Intake::refuse_all(const Refusal& refusal) {
  std::vector<Waiting> waiting;
  {
    const std::lock_guard lock(mutex_);
    refusal_ = refusal;
    waiting = std::exchange(waiting_, {});
    waiting_bytes_ = 0;
  }
  refuse(std::move(waiting), refusal);
}

bool Intake::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    thread_waits_ = false;
  }
  wake_.notify_one();
  if (std::this_thread::get_id() == thread_id_.load()) return false;
  std::call_once(joined_, [this] { thread_.join(); });
  return true;
}

void Intake::run() {
  while (true) {
    std::vector<Waiting> batch = wait_for_batch();
    if (batch.empty() || !append(std::move(batch))) return;
  }
}

std::vector<Intake::Waiting> Intake::wait_for_batch() {
  std::unique_lock lock(mutex_);
  // The last ones are taken whatever the backlog is: they were let in.
  do {
    while (!stopping_ && (waiting_.empty() || backlog_ >= ports_.backlog_limit_bytes)) {
      thread_waits_ = true;
      wake_.wait(lock);
    }
    wait_for_company(lock);
  } while (!stopping_ && waiting_.empty());  // refused meanwhile
  thread_waits_ = false;
  std::size_t bytes = 0;
  std::size_t count = 0;
  while (count < waiting_.size() && bytes < kMaxBatchBytes) bytes += waiting_[count++].weight;
  waiting_bytes_ -= bytes;
  if (count == waiting_.size()) return std::exchange(waiting_, {});
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<Waiting> batch(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  return batch;
}

void Intake::wait_for_company(std::unique_lock<std::mutex>& lock) {
  wakes_at_ = AppendPace::kCompany;
  while (!stopping_ && waiting_.size() < AppendPace::kCompany && clock_.now() < pace_.due()) {
    thread_waits_ = true;
    wake_.wait_until(lock, pace_.due());
  }
  wakes_at_ = 1;
}

bool Intake::append(std::vector<Waiting> batch) {
  std::vector<const Changes*> changes;
  changes.reserve(batch.size());
  for (const Waiting& waiting : batch) changes.push_back(&waiting.arrival.changes);
  const SteadyTime begin = clock_.now();
  if (auto appended = ports_.log.append(changes); !appended) {
    const Error& error = appended.error();
    const bool full = error.code == ErrorCode::unavailable;
    const auto reason = full ? Refusal::Reason::unavailable : Refusal::Reason::poisoned;
    const Refusal refusal{reason, "nothing was stored: " + error.message, 0};
    refuse(std::move(batch), refusal);
    if (!full) ports_.failed(error);
    return full;
  }
  const SteadyTime end = clock_.now();
  pace_.appended(begin, end, batch.size());
  ports_.probe.logged(batch.size(), end - begin);
  std::int64_t number = ports_.log.last() - static_cast<std::int64_t>(batch.size());
  std::vector<Journal::Unit> units;
  units.reserve(batch.size());
  for (Waiting& waiting : batch) {
    Journal::Unit& unit = units.emplace_back(Journal::Unit{std::move(waiting.arrival.changes), {}, ++number});
    unit.weight = waiting.weight;
    if (waiting.arrival.stored) {
      unit.done = [stored = std::move(waiting.arrival.stored)](const Applied& applied) mutable {
        if (applied) stored();
      };
    }
  }
  ports_.logged(std::move(units));
  for (Waiting& waiting : batch) waiting.arrival.durable({});
  return true;
}

void Intake::refuse(std::vector<Waiting> batch, const Refusal& refusal) {
  for (Waiting& waiting : batch) {
    ports_.probe.refused(refusal.reason);
    waiting.arrival.durable(refusal);
  }
}

}  // namespace waybill::store
