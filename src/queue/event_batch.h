// What becomes of a batch of messages that a function was given: one unit that deletes the successes and holds their
// effects, and what is left when the store refuses some of it. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/delivery.h"
#include "queue/service.h"
#include "store/changes.h"

namespace waybill::queue {

// What a function made of one message.
struct RecordResult {
  bool ok = true;
  std::string error;                    // why it failed
  store::Changes changes;               // its effects; those of a failed record are stored too
  std::vector<NewDelivery> deliveries;  // that the effects cause
  std::function<void()> on_commit;      // once they are stored; on the writer thread
  bool lost = false;                    // its receive is over: nothing of it is stored, and it counts as failed
  static RecordResult failure(std::string why) {
    RecordResult result;
    result.ok = false;
    result.error = std::move(why);
    return result;
  }
};

// A part of a batch: messages `first` to before `end`.
struct BatchPart {
  std::size_t first = 0;
  std::size_t end = 0;
};

struct BatchUnit {
  BatchPart part;
  store::Changes changes;
  std::vector<std::size_t> owners;  // of each change: the message it belongs to
  std::vector<NewDelivery> deliveries;
  std::vector<std::function<void()>> on_commit;
  std::int64_t deletions = 0;
};

// How a batch is stored.
struct BatchRules {
  bool fifo = false;
  // Nothing is deleted, and only what failed messages want stored is: the rest comes again with them.
  bool keep_all = false;
};

// REQUIRES: a result for each message.
BatchUnit batch_unit(const std::vector<Received>& messages, const std::vector<RecordResult>& results,
                     const BatchPart& part, const BatchRules& rules, WallTime now);

// FIFO queues: behind a message that failed or was lost, those of its group fail too, without effects; else they would
// be done before it. `stopped`: groups of which that is known, before and after.
void hold_back_groups(const std::vector<Received>& messages, std::vector<RecordResult>& results,
                      std::set<std::string>& stopped);

// What to do after a refusal.
struct AfterRefusal {
  enum class Step {
    commit_again,   // with the message left out, or with its effects left out
    commit_before,  // those before it, then ask the function for it and the rest
    ask_again,      // the function, for all: what it had read has changed
    give_up,        // nothing of it was stored; the messages come back
  };
  Step step = Step::give_up;
  std::size_t message = 0;
};
AfterRefusal after_refusal(const store::Refusal& refusal, const BatchUnit& unit);

}  // namespace waybill::queue
