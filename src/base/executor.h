#pragma once

#include "base/function.h"

namespace waybill {

// Somewhere to run a task. Thread-safe. Rooms are given executors; none creates a thread.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual void post(UniqueFunction<void()> task) = 0;
  // One of the executor's threads is stuck in a task that is past its deadline: make up for it with another thread.
  // False when that would exceed the executor's cap.
  virtual bool replace_stuck_thread() { return false; }
};

}  // namespace waybill
