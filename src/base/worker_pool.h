#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "base/clock.h"
#include "base/executor.h"

namespace waybill {

// A small pool of threads that run tasks in order of posting. Owner: the App. Thread-safe.
class WorkerPool final : public Executor {
 public:
  // For tasks that may block: one that runs for `patience` keeps no other waiting, since its thread is made up for by a
  // further one, of at most `spares`. When it ends, a thread goes.
  struct Growth {
    std::size_t spares;
    Millis patience;
    const SteadyClock& clock;
    std::function<void(Millis)> wake_in;  // asks for tick() after that time; called on any thread
  };
  explicit WorkerPool(std::size_t threads, std::optional<Growth> growth = std::nullopt);
  ~WorkerPool() override;  // stop()

  void post(UniqueFunction<void()> task) override;
  // Looks for tasks that run for too long while others wait.
  void tick();

  std::size_t threads() const;  // at present

  // Runs what was posted, then ends the threads. A thread still stuck after `patience` is left behind; answers how
  // many are: the process should then end without running destructors that a stuck task may use.
  std::size_t stop(std::chrono::milliseconds patience = std::chrono::seconds{5});

 private:
  struct State;
  static void run(const std::shared_ptr<State>& state);
  static void look_at(const std::shared_ptr<State>& state, bool awake);
  std::shared_ptr<State> state_;  // outlives stuck threads
};

}  // namespace waybill
