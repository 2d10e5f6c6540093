// Turns the virtual clock: from due time to due time, each one only when all that followed from the one before is done.
// So what would take a day happens in its order within seconds.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "api/admin_clock.h"
#include "base/virtual_clock.h"
#include "store/journal.h"

namespace waybill {

// Owner: the App. Owns one thread, on which the clock is turned, so that a worker is never taken from handlers. Each
// time is stored before the clock shows it: after a crash the clock stands where it stood, at the latest stop.
class TimeMachine final : public api::ClockControl {
 public:
  // Something that waits for a time. Called on the machine's thread, and next() on others too.
  struct Part {
    const char* name;                               // as the answer lists it
    std::function<std::optional<WallTime>()> next;  // when it has something to do; none: it waits for no time
    std::function<void()> fire;                     // does what is due, or begins it
    std::function<bool()> quiet;                    // nothing that it began is in progress
  };
  struct Ports {
    VirtualClock& clock;
    const SteadyClock& steady;
    store::Journal& journal;
    std::vector<Part> parts;
    std::function<api::DeliveryTotals()> totals;
    // The longest that something may rightly take, in real time. What is not quiet by then hangs: the clock goes on.
    std::function<Millis()> patience;
  };
  static constexpr const char* kSetting = "clock.virtual";  // milliseconds since the epoch

  explicit TimeMachine(Ports ports);
  ~TimeMachine() override;  // stop()

  std::optional<WallTime> next_due() override;
  std::optional<WallTime> going_to() const override;
  void advance(Goal goal, Done done) override;
  void halt() override;
  // Ends at the next stop of the clock; what waits is refused. The Journal must still run.
  void stop();

 private:
  struct Request {
    Goal goal;
    Done done;
  };
  void run();
  Result<api::ClockAdvanced> turn(const Goal& goal);
  Status go_to(WallTime time);
  std::vector<std::optional<WallTime>> look_ahead() const;  // of each part
  api::ClockStep fire(const std::vector<std::optional<WallTime>>& due);
  bool settle();
  bool all_quiet() const;
  bool interrupted() const;

  const Ports ports_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Request> requests_;  // guarded by mutex_, as all below
  std::optional<WallTime> going_to_;
  bool halting_ = false;  // until the machine has answered what it was doing
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace waybill
