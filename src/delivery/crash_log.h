// Handlers run in the daemon's own process: one that crashes takes the daemon with it, and would do so again at every
// start. This small file remembers, across the crash, which delivery it was.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/ids.h"

namespace waybill::delivery {

// A delivery whose attempt crashed the daemon this often in a row is given up as HANDLER_CRASHED.
inline constexpr int kMostCrashes = 3;

// Thread-safe. The file is mapped: a mark costs no system call and is there after the process has ended, however it
// ended. It says nothing after a power loss, which no handler causes.
class CrashLog {
  struct Entry;

 public:
  // One attempt under way on this thread. What the thread does until this goes is what a crash is put down to; that
  // includes std::exit(), but not SIGKILL, which is no fault of the handler's.
  class Mark {
   public:
    Mark(CrashLog& log, DeliveryId delivery);
    ~Mark();
    Mark(const Mark&) = delete;
    Mark& operator=(const Mark&) = delete;

   private:
    CrashLog& log_;
    Entry* entry_;  // null when too many are under way to note one more
  };

  // Reads what the last run left, and starts anew. "" for a log that nothing outlives. Errors: io, naming the file.
  static Result<std::unique_ptr<CrashLog>> open(const std::string& file);
  ~CrashLog();

  // How often in a row an attempt at the delivery crashed the daemon. A message of a queue counts as a delivery of its
  // number; batch_of() stands for those of one queue that were given to their function together.
  int crashes(DeliveryId delivery) const;
  static DeliveryId batch_of(QueueId queue) { return DeliveryId{-queue.value}; }
  void forget(DeliveryId delivery);

 private:
  CrashLog();
  void read_last_run();
  Entry* begin(DeliveryId delivery);
  void end(Entry* entry);
  void suspect_locked(DeliveryId delivery, int crashes);

  void* mapped_ = nullptr;  // constant after open()
  std::vector<Entry> own_;  // the entries of a log without a file
  Entry* entries_ = nullptr;
  mutable std::mutex mutex_;
  std::vector<Entry*> free_;                // guarded by mutex_
  std::map<DeliveryId, Entry*> suspected_;  // guarded by mutex_
};

// From now on a crash of a thread that holds a Mark is noted before the process ends as it would have: SIGSEGV, SIGBUS,
// SIGFPE, SIGILL, SIGABRT, and std::exit() called by a handler, which ends the process at once and never with 0. Once,
// by the daemon, after logging is set up: what is made before outlives such a call.
void note_crashes();

}  // namespace waybill::delivery
