// What a run does with queues: messages are sent, received, taken in batches with their effects, left, moved to a
// dead-letter queue by the receive that would be one too many, and from there back or on to another queue.
#pragma once

#include "crash/ledger.h"
#include "model/message.h"
#include "model/table_spec.h"
#include "store/reader.h"

namespace waybill::testing {

// Of what a batch's successes store, by the number a message was sent under, and its failures, by what was received.
inline constexpr TableId kEffects{1};
inline constexpr TableId kFailures{3};

TableSpec crash_table(TableId id);
store::PutItem crash_item(TableId table, std::string key, std::int64_t number);

// Bodies tell the number a message was sent under: a move keeps them and nothing else.
MessagePtr crash_message(std::int64_t number, std::size_t size, std::string group);
std::int64_t sent_as(const Message& message);

// Of one thread. Its queues are its own, so that nobody's visibility timeouts end by another's time.
class MessageWork {
 public:
  // Uses the numbers `first` to `first` + 2 for queues. REQUIRES: the tables are there.
  MessageWork(Ledger& ledger, store::Reader& reader, std::int64_t first, bool fifo)
      : ledger_(ledger), reader_(reader), source_{first}, dead_letters_{first + 1}, other_{first + 2}, fifo_(fifo) {}

  void send(int i);
  // One receive, one unit.
  void work_on_batch();
  // Several of the dead letters in one unit; of a FIFO queue all.
  void move_dead_letters();

 private:
  std::vector<store::ReceivedMessage> receive();

  Ledger& ledger_;
  store::Reader& reader_;
  const QueueId source_, dead_letters_, other_;
  const bool fifo_;
  WallTime now_{Millis{1'000}};
  int moves_ = 0;
};

}  // namespace waybill::testing
