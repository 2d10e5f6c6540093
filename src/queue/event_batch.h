// What becomes of a batch of messages that a function was given: one unit that deletes the successes and holds their
// effects, and what is left when the store refuses some of it. Pure.
#pragma once

#include <cstddef>
#include <string>
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
};

struct BatchUnit {
  store::Changes changes;
  std::vector<std::size_t> owners;  // of each change: the message it belongs to
  std::vector<NewDelivery> deliveries;
};

// Of the first `count` messages. Without `item_failures` one that failed keeps the others from being deleted, and only
// what failed ones want stored is: the rest comes again with them. REQUIRES: a result for each message.
BatchUnit batch_unit(const std::vector<Received>& messages, const std::vector<RecordResult>& results, std::size_t count,
                     bool item_failures, bool fifo, WallTime now);

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
