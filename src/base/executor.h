#pragma once

#include "base/function.h"

namespace waybill {

// Somewhere to run a task. Thread-safe. Rooms are given executors; none creates a thread.
class Executor {
 public:
  virtual ~Executor() = default;
  virtual void post(UniqueFunction<void()> task) = 0;
};

}  // namespace waybill
