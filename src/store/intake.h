// Takes accepted events into the ingress log: one thread, one write and one sync for all that wait.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "store/append_pace.h"
#include "store/ingress_log.h"
#include "store/journal.h"

namespace waybill::store {

// Owner: the Journal. submit() and the like from any thread.
class Intake {
 public:
  struct Arrival {
    Changes changes;  // loggable
    Journal::DurableCallback durable;
    Journal::StoredCallback stored;
  };
  // Called on the thread of the log.
  struct Ports {
    IngressLog& log;
    JournalProbe& probe;
    // What is in the log now and must reach the database; called before anyone hears that it is durable.
    std::function<void(std::vector<Journal::Unit>)> logged;
    // Nobody knows what reached the disk: the Journal takes nothing more.
    std::function<void(const Error&)> failed;
    // While more than this waits for the database, nothing is appended: clients wait instead.
    std::size_t backlog_limit_bytes;
  };

  explicit Intake(Ports ports) : ports_(std::move(ports)) {}
  ~Intake();  // stop()

  void start();  // once, before all else

  void submit(Arrival arrival);
  // Bytes that wait to be appended.
  std::size_t waiting_bytes() const;
  // Bytes that wait for the database. May be called under the Journal's lock.
  void backlog(std::size_t bytes);

  // Everything that waits is refused, now and from now on.
  void refuse_all(const Refusal& refusal);
  // Refuses what comes from now on as `unavailable`, appends what waits and ends the thread. False when called on it,
  // where it only asks.
  bool stop();

 private:
  struct Waiting {
    Arrival arrival;
    std::size_t weight = 0;
  };
  void run();
  std::vector<Waiting> wait_for_batch();
  void wait_for_company(std::unique_lock<std::mutex>& lock);
  // False when there is an end to it.
  bool append(std::vector<Waiting> batch);
  void refuse(std::vector<Waiting> batch, const Refusal& refusal);

  const Ports ports_;
  const SystemSteadyClock clock_;
  AppendPace pace_;  // of the thread
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Waiting> waiting_;  // guarded by mutex_, as all below
  std::size_t waiting_bytes_ = 0;
  std::size_t backlog_ = 0;
  std::optional<Refusal> refusal_;
  bool thread_waits_ = false;
  std::size_t wakes_at_ = 1;  // so many that wait
  bool stopping_ = false;
  std::atomic<std::thread::id> thread_id_;  // set by the thread, for stop()
  std::once_flag joined_;
  std::thread thread_;
};

}  // namespace waybill::store
