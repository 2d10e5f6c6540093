// A small run of everything that matters through the Journal onto SQLite, and the promises it leaves: what was
// acknowledged must be found again, whatever happened to the disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "store/journal.h"
#include "store/sqlite/store.h"

namespace waybill::testing {

// Each shipment is accepted (payload + delivery) and perhaps archived with it, perhaps retried, and ends delivered (an
// item with an index entry) or buried (a dead letter). Promises: "accepted" or "archived", "retried", "delivered",
// "buried", each with the shipment's number, and "table" with a table's. Beside them a message is "sent" to a queue
// with every shipment, received in batches, and "taken" (deleted, with an item in the same unit), moved to a
// dead-letter queue, or left.
struct Promise {
  std::string what;
  std::int64_t number = 0;
};

struct RunPlan {
  int submitters = 1;  // concurrent threads
  int shipments = 20;  // of each
  std::int64_t checkpoint_wal_bytes = 96 << 10;
};

struct RunOutcome {
  std::vector<Promise> promises;
  std::vector<store::Refusal::Reason> refusals;
  bool poisoned = false;
};

// Drives a Journal over the store until the plan is done or the Journal is poisoned, and stops it. `told` hears of
// every promise on the writer thread, at the moment it is made.
RunOutcome run_shipments(store::sqlite::Store& store, const RunPlan& plan,
                         const std::function<void(const Promise&)>& told = {});

// Opens what is left in the directory as a daemon would and says what is wrong with it: the file itself, a promise that
// was not kept, a shipment that is in two places or, having been accepted, in none.
std::vector<std::string> broken_promises(const std::filesystem::path& directory, const std::vector<Promise>& promises);

}  // namespace waybill::testing
