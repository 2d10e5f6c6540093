#include "base/worker_pool.h"

#include <exception>

#include "base/log.h"

namespace waybill {

struct WorkerPool::State {
  std::mutex mutex;
  std::condition_variable work;
  std::condition_variable ended;
  std::deque<UniqueFunction<void()>> tasks;  // guarded by mutex
  std::size_t alive = 0;                     // guarded by mutex
  std::size_t spares = 0;                    // guarded by mutex
  bool stopping = false;                     // guarded by mutex
};

WorkerPool::WorkerPool(std::size_t threads, std::size_t spares) : state_(std::make_shared<State>()) {
  state_->spares = spares;
  state_->alive = threads;
  for (std::size_t i = 0; i < threads; ++i) std::thread(run, state_).detach();
}

WorkerPool::~WorkerPool() { stop(); }

void WorkerPool::run(const std::shared_ptr<State>& state) {
  std::unique_lock lock(state->mutex);
  for (;;) {
    state->work.wait(lock, [&] { return state->stopping || !state->tasks.empty(); });
    if (state->tasks.empty()) break;
    UniqueFunction<void()> task = std::move(state->tasks.front());
    state->tasks.pop_front();
    lock.unlock();
    try {
      task();
    } catch (const std::exception& error) {
      spdlog::error("a task ended with an exception: {}", error.what());
    }
    task = nullptr;
    lock.lock();
  }
  --state->alive;
  state->ended.notify_all();
}

void WorkerPool::post(UniqueFunction<void()> task) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->tasks.push_back(std::move(task));
  }
  state_->work.notify_one();
}

bool WorkerPool::replace_stuck_thread() {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->spares == 0 || state_->stopping) return false;
    --state_->spares;
    ++state_->alive;
  }
  std::thread(run, state_).detach();
  return true;
}

std::size_t WorkerPool::stop(std::chrono::milliseconds patience) {
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  state_->work.notify_all();
  state_->ended.wait_for(lock, patience, [this] { return state_->alive == 0; });
  return state_->alive;
}

}  // namespace waybill
