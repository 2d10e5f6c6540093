// A small run of everything that matters through the Journal onto SQLite, and the promises it leaves: what was
// acknowledged must be found again, whatever happened to the disk.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "crash/promise.h"
#include "store/journal.h"
#include "store/sqlite/store.h"

namespace waybill::testing {

// Each shipment is accepted (payload + delivery) and perhaps archived with it, perhaps retried, and ends delivered (an
// item with an index entry) or buried (a dead letter). Beside them messages go through queues of both kinds: see
// message_work.h.
struct RunPlan {
  int submitters = 1;  // concurrent threads
  int shipments = 20;  // of each
  std::int64_t checkpoint_wal_bytes = 96 << 10;
  int first_queue = 1;  // a second run over a store has queues of its own
};

struct RunOutcome {
  std::vector<Promise> promises;
  std::vector<store::Refusal::Reason> refusals;
  bool poisoned = false;
};

// Drives a Journal over the store until the plan is done or the Journal is poisoned, and stops it. `told` hears of
// every promise at the moment it is made, one after the other: on the writer thread, and of those that are made before
// an answer on the thread that submits.
RunOutcome run_shipments(store::sqlite::Store& store, const RunPlan& plan,
                         const std::function<void(const Promise&)>& told = {});

}  // namespace waybill::testing
