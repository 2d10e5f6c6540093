// One unit of a replay: so many archived events as become deliveries in one commit.
#pragma once

#include <vector>

#include "archive/replay_progress.h"
#include "base/random.h"
#include "bus/rule_table.h"
#include "model/delivery.h"
#include "store/journal.h"

namespace waybill::archive {

struct ReplayUnit {
  store::Changes changes;
  std::vector<NewDelivery> deliveries;
  std::optional<store::ArchiveQuery::Position> last;  // none: there was no event left
  bool is_last = false;                               // no more events follow
};

struct UnitLimits {
  int events = 200;
  std::size_t bytes = 4 << 20;  // of archived events: at most this and 25 events more are held
};

// Reads the next events, and matches them against the rules of the replay's bus as they are now.
Result<ReplayUnit> make_unit(const Replay& replay, store::Reader& reader, const bus::RuleTable::Bus& bus,
                             store::Journal& journal, Random& random, WallTime now, const UnitLimits& limits);

// Does the replay deliver to that rule?
bool is_wanted(const Replay& replay, const RuleSpec& rule);

}  // namespace waybill::archive
