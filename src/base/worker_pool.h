#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/executor.h"

namespace waybill {

// A small pool of threads that run tasks in order of posting. Owner: the App. Thread-safe.
class WorkerPool final : public Executor {
 public:
  // Up to `spares` further threads replace stuck ones.
  WorkerPool(std::size_t threads, std::size_t spares);
  ~WorkerPool() override;  // stop()

  void post(UniqueFunction<void()> task) override;
  bool replace_stuck_thread() override;

  // Runs what was posted, then ends the threads. A thread still stuck after `patience` is left behind; answers how
  // many are: the process should then end without running destructors that a stuck task may use.
  std::size_t stop(std::chrono::milliseconds patience = std::chrono::seconds{5});

 private:
  struct State;
  static void run(const std::shared_ptr<State>& state);
  std::shared_ptr<State> state_;  // outlives stuck threads
};

}  // namespace waybill
