// Reads of messages: counts, and pages of a queue.
#pragma once

#include "store/reader.h"
#include "store/sqlite/statement.h"

namespace waybill::store::sqlite {

// Owner: a Reader, which holds one snapshot over each call.
class MessageReader {
 public:
  explicit MessageReader(Database& database);

  Result<std::vector<MessageCounts>> counts(const std::vector<CountedQueue>& queues, WallTime now);
  Result<std::vector<StoredMessage>> page(QueueId queue, bool fifo, const std::optional<MessageRow>& after, int limit);
  Result<std::vector<QueueId>> queues();

 private:
  Result<MessageCounts> count(QueueId queue, bool fifo, WallTime now);

  Statement counts_;
  Statement counts_fifo_;
  Statement oldest_;
  Statement oldest_fifo_;
  Statement page_;
  Statement page_fifo_;
  Statement message_;
  Statement queues_;
};

}  // namespace waybill::store::sqlite
