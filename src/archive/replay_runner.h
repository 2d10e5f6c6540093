// Runs replays in the background (contract section 14): pages through the archive, a unit of events at a time, each
// committed together with how far the replay has come. So a crash neither loses an event nor repeats one.
#pragma once

#include <functional>
#include <memory>

#include "archive/replay_unit.h"
#include "base/executor.h"
#include "bus/acceptor.h"

namespace waybill::archive {

struct ReplayOptions {
  UnitLimits unit;
  // A replay waits while one of the targets that it may deliver to has more deliveries pending than this, so that what
  // happens now is not stuck behind what is replayed.
  std::int64_t max_pending = 10'000;
  Millis pause{100};  // before it looks again
};

// Owner: the App. Thread-safe. One task at a time on the executor, one unit a task, and the replays take turns.
class ReplayRunner {
 public:
  struct Ports {
    control::Book& book;
    store::ReaderPool& readers;
    store::Journal& journal;
    const Snapshot<bus::RuleTable>& rules;
    bus::DeliverySink& deliveries;
    Executor& executor;
    const WallClock& wall;
    Random& random;
    std::function<std::int64_t(EndpointId)> pending;  // deliveries of the endpoint that are not done
    // Asks for wake() to be called after the given time, at the latest.
    std::function<void(Millis)> wake_in;
  };

  explicit ReplayRunner(Ports ports, ReplayOptions options = {});
  ~ReplayRunner();  // stop()

  // Looks for replays to run: at start, where it goes on with what a stop or crash interrupted, and whenever a replay's
  // row changed (Book::watch). Does not block.
  void wake();
  // No unit is being made or about to be: no replay is active, or those that are wait for their targets (waiting()).
  bool quiet() const;
  bool waiting() const;
  // Begins no unit more. What is running ends with the executor.
  void stop();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace waybill::archive
