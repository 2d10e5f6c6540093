#include "base/worker_pool.h"

#include <algorithm>
#include <deque>
#include <exception>
#include <list>
#include <system_error>
#include <thread>

#include "base/log.h"

namespace waybill {

struct WorkerPool::State {
  State(std::size_t threads, std::optional<Growth> grows) : base(threads), growth(std::move(grows)) {}

  struct Running {
    SteadyTime since;
    bool is_long = false;  // another thread may make up for this one
  };

  // How many threads there are to be now.
  std::size_t wanted() const { return base + std::min(long_tasks, growth ? growth->spares : 0); }
  std::list<Running>::iterator begin_task();
  void end_task(std::list<Running>::iterator task);
  std::size_t look(std::optional<Millis>& wake);

  const std::size_t base;
  const std::optional<Growth> growth;
  std::mutex mutex;
  std::condition_variable work;
  std::condition_variable ended;
  std::deque<UniqueFunction<void()>> tasks;  // guarded by mutex, as all below
  std::list<Running> running;                // oldest first; where the pool grows
  std::size_t alive = 0;
  std::size_t idle = 0;
  std::size_t long_tasks = 0;
  bool wake_asked = false;
  bool stopping = false;
};

WorkerPool::WorkerPool(std::size_t threads, std::optional<Growth> growth)
    : state_(std::make_shared<State>(threads, std::move(growth))) {
  state_->alive = threads;
  for (std::size_t i = 0; i < threads; ++i) std::thread(run, state_).detach();
}

WorkerPool::~WorkerPool() { stop(); }

// REQUIRES: the lock, as all functions of State.
std::list<WorkerPool::State::Running>::iterator WorkerPool::State::begin_task() {
  if (!growth) return running.end();
  return running.insert(running.end(), {growth->clock.now()});
}

void WorkerPool::State::end_task(std::list<Running>::iterator task) {
  if (task == running.end()) return;
  if (task->is_long) --long_tasks;
  running.erase(task);
}

// How many threads to begin, and when to look again.
std::size_t WorkerPool::State::look(std::optional<Millis>& wake) {
  if (!growth || stopping || tasks.size() <= idle) return 0;
  const SteadyTime now = growth->clock.now();
  std::optional<SteadyTime> next;
  for (Running& each : running) {
    if (each.is_long) continue;
    if (each.since + growth->patience > now) {
      next = each.since + growth->patience;
      break;
    }
    each.is_long = true;
    ++long_tasks;
  }
  const std::size_t more = std::min(wanted() - std::min(wanted(), alive), tasks.size() - idle);
  alive += more;
  // What still waits then waits for tasks that the new threads are about to begin, and those may last as well.
  if (!next && tasks.size() - idle > more) next = now + growth->patience;
  if (next && !wake_asked) {
    wake_asked = true;
    wake = std::max(Millis{1}, std::chrono::ceil<Millis>(*next - now));
  }
  return more;
}

void WorkerPool::run(const std::shared_ptr<State>& state) {
  std::unique_lock lock(state->mutex);
  while (state->alive <= state->wanted() || state->stopping) {
    ++state->idle;
    state->work.wait(lock, [&] { return state->stopping || !state->tasks.empty(); });
    --state->idle;
    if (state->tasks.empty()) break;
    UniqueFunction<void()> task = std::move(state->tasks.front());
    state->tasks.pop_front();
    const auto running = state->begin_task();
    lock.unlock();
    try {
      task();
    } catch (const std::exception& error) {
      spdlog::error("a task ended with an exception: {}", error.what());
    }
    task = nullptr;
    lock.lock();
    state->end_task(running);
  }
  --state->alive;
  state->ended.notify_all();
}

void WorkerPool::post(UniqueFunction<void()> task) {
  bool crowded = false;
  {
    const std::lock_guard lock(state_->mutex);
    state_->tasks.push_back(std::move(task));
    crowded = state_->growth && state_->tasks.size() > state_->idle;
  }
  state_->work.notify_one();
  if (crowded) look_at(state_, false);
}

void WorkerPool::tick() { look_at(state_, true); }

void WorkerPool::look_at(const std::shared_ptr<State>& state, bool awake) {
  std::optional<Millis> wake;
  std::size_t more = 0;
  {
    const std::lock_guard lock(state->mutex);
    if (awake) state->wake_asked = false;
    more = state->look(wake);
  }
  for (std::size_t i = 0; i < more; ++i) {
    try {
      std::thread(run, state).detach();
    } catch (const std::system_error& error) {
      spdlog::error("a thread for a task that waits could not be made: {}", error.what());
      const std::lock_guard lock(state->mutex);
      --state->alive;
    }
  }
  if (wake) state->growth->wake_in(*wake);
}

std::size_t WorkerPool::threads() const {
  const std::lock_guard lock(state_->mutex);
  return state_->alive;
}

std::size_t WorkerPool::stop(std::chrono::milliseconds patience) {
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  state_->work.notify_all();
  state_->ended.wait_for(lock, patience, [this] { return state_->alive == 0; });
  return state_->alive;
}

}  // namespace waybill
