// The process's signals as values that one thread waits for.
#pragma once

#include <atomic>
#include <thread>

#include "base/result.h"

namespace waybill {

// Blocks SIGTERM, SIGINT and SIGHUP for this thread and those that it starts later, and ignores SIGPIPE.
// One thread waits; wake() may be called from any.
class SignalQueue {
 public:
  static constexpr int kWoken = 0;

  static Result<SignalQueue> take();
  SignalQueue(SignalQueue&& other) noexcept;
  SignalQueue& operator=(SignalQueue&&) = delete;
  ~SignalQueue();

  // The next signal, or kWoken after wake().
  int wait();
  void wake() const;

 private:
  SignalQueue(int signals, int wake) : signals_(signals), wake_(wake) {}
  int signals_;
  int wake_;
};

// While it lives, a further SIGTERM or SIGINT ends the process at once.
class ImpatientExit {
 public:
  explicit ImpatientExit(SignalQueue& signals);
  ~ImpatientExit();

 private:
  SignalQueue& signals_;
  std::thread thread_;
};

}  // namespace waybill
