// Rules with a schedule fire on the wall clock: contract section 6, "Schedule expressions".
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "bus/acceptor.h"
#include "expr/schedule.h"
#include "store/journal.h"

namespace waybill::bus {

// Each time fires once: it is stored in the unit that holds its deliveries. Of several times that passed while the
// daemon did not run, its machine slept or the clock jumped, the latest alone is made up for. On a virtual clock none
// is left out, however far it is turned. Thread-safe.
class Scheduler {
 public:
  struct Ports {
    const Snapshot<Topology>& topology;
    store::Journal& journal;
    DeliverySink& sink;
    const WallClock& clock;
    Random& random;
    bool is_virtual = false;  // the clock
  };
  explicit Scheduler(Ports ports) : ports_(ports) {}

  // Once, at start, before anything else. fired: the settings of kSettingPrefix + rule ARN, by that ARN.
  void start(const std::map<std::string, std::string>& fired);
  // The rules changed: what is new starts, what is gone or disabled stops.
  void reconfigure();
  // Everything was reset: what was due before fires no more.
  void reset();
  // Fires what is due, in order of time. Answers when it wants to be called again; none: nothing is scheduled.
  std::optional<WallTime> tick();
  // When the next rule fires; none: nothing is scheduled.
  std::optional<WallTime> next() const;

  static constexpr std::string_view kSettingPrefix = "schedule.last ";

 private:
  struct Entry {
    std::string bus_arn;
    std::string text;  // of the schedule, as the rule has it
    expr::Schedule schedule;
    WallTime anchor;
    WallTime next;
  };
  struct Firing {
    WallTime at;
    std::string rule_arn;
    std::string bus_arn;
    auto operator<=>(const Firing&) const = default;
  };
  void reconfigure_locked(bool starting);
  std::optional<Entry> entry_locked(const BusSpec& bus, const RuleSpec& rule, bool starting) const;
  std::vector<Firing> take_due_locked(WallTime now);
  void fire(const Topology& topology, const Firing& firing);

  const Ports ports_;
  mutable std::mutex mutex_;
  std::map<std::string, WallTime> fired_;  // by rule ARN; guarded by mutex_
  WallTime reset_at_{};                    // guarded by mutex_; no time up to this fires
  std::map<std::string, Entry> entries_;   // by rule ARN; guarded by mutex_
};

}  // namespace waybill::bus
