#include "store/sqlite/message_reader.h"

#include <limits>

#include "store/sqlite/messages.h"

namespace waybill::store::sqlite {

namespace {

std::string counts_of(const char* table) {
  return std::string(
             "SELECT count(*), count(*) FILTER (WHERE visible_at > ?2 AND receives > 0),"
             " count(*) FILTER (WHERE visible_at > ?2 AND receives = 0) FROM ") +
         table + " WHERE queue = ?1";
}

}  // namespace

MessageReader::MessageReader(Database& database)
    : counts_(database, counts_of("message_rows")),
      counts_fifo_(database, counts_of("fifo_rows")),
      // In order of visible_at: the oldest is among the first, unless it was received lately.
      oldest_(database,
              "SELECT min(enqueued_at) FROM (SELECT enqueued_at FROM message_rows WHERE queue = ?1"
              " ORDER BY visible_at, id LIMIT 100)"),
      oldest_fifo_(database,
                   "SELECT min(enqueued_at) FROM (SELECT (SELECT enqueued_at FROM fifo_rows AS row"
                   " WHERE row.queue = ?1 AND row.grp = head.grp ORDER BY row.id LIMIT 1) AS enqueued_at"
                   " FROM fifo_groups AS head WHERE head.queue = ?1 ORDER BY head.free_at LIMIT 100)"),
      page_(database, std::string("SELECT ") + kMessageRowColumns +
                          " FROM message_rows WHERE queue = ?1 AND (visible_at, id) > (?2, ?3)"
                          " ORDER BY visible_at, id LIMIT ?4"),
      page_fifo_(database, std::string("SELECT ") + kFifoRowColumns +
                               " FROM fifo_rows WHERE queue = ?1 AND (grp, id) > (?2, ?3) ORDER BY grp, id LIMIT ?4"),
      message_(database, std::string("SELECT ") + kMessageColumns + " FROM messages WHERE id = ?1"),
      // One seek for each queue, not a row for each message.
      queues_(database,
              "WITH RECURSIVE standard (queue) AS (SELECT min(queue) FROM message_rows UNION ALL"
              " SELECT (SELECT min(queue) FROM message_rows WHERE queue > standard.queue) FROM standard"
              " WHERE standard.queue IS NOT NULL),"
              " fifo (queue) AS (SELECT min(queue) FROM fifo_rows UNION ALL"
              " SELECT (SELECT min(queue) FROM fifo_rows WHERE queue > fifo.queue) FROM fifo"
              " WHERE fifo.queue IS NOT NULL),"
              " sent (queue) AS (SELECT min(queue) FROM message_sendings UNION ALL"
              " SELECT (SELECT min(queue) FROM message_sendings WHERE queue > sent.queue) FROM sent"
              " WHERE sent.queue IS NOT NULL)"
              " SELECT queue FROM standard WHERE queue IS NOT NULL UNION SELECT queue FROM fifo WHERE queue IS NOT NULL"
              " UNION SELECT queue FROM sent WHERE queue IS NOT NULL ORDER BY queue") {}

Result<std::vector<MessageCounts>> MessageReader::counts(const std::vector<CountedQueue>& queues, WallTime now) {
  std::vector<MessageCounts> counts;
  counts.reserve(queues.size());
  for (const CountedQueue& each : queues) {
    WAYBILL_TRY(const MessageCounts of_one, count(each.queue, each.fifo, now));
    counts.push_back(of_one);
  }
  return counts;
}

Result<MessageCounts> MessageReader::count(QueueId queue, bool fifo, WallTime now) {
  MessageCounts counts;
  {
    auto rows = (fifo ? counts_fifo_ : counts_).with(queue.value, to_millis(now));
    WAYBILL_CHECK(rows.next());
    counts.in_flight = rows.integer(1);
    counts.delayed = rows.integer(2);
    counts.visible = rows.integer(0) - counts.in_flight - counts.delayed;
  }
  auto oldest = (fifo ? oldest_fifo_ : oldest_).with(queue.value);
  WAYBILL_CHECK(oldest.next());
  if (!oldest.is_null(0)) counts.oldest = from_millis(oldest.integer(0));
  return counts;
}

Result<std::vector<StoredMessage>> MessageReader::page(QueueId queue, bool fifo, const std::optional<MessageRow>& after,
                                                       int limit) {
  constexpr std::int64_t kFirst = std::numeric_limits<std::int64_t>::min();
  std::vector<StoredMessage> page;
  const std::string group = after ? after->group : std::string();
  const std::int64_t visible_at = after ? to_millis(after->visible_at) : kFirst;
  const std::int64_t id = after ? after->id.value : kFirst;
  {
    auto rows = fifo ? page_fifo_.with(queue.value, group, id, limit) : page_.with(queue.value, visible_at, id, limit);
    while (true) {
      WAYBILL_TRY(const bool row, rows.next());
      if (!row) break;
      page.push_back({fifo ? fifo_row_of(rows) : message_row_of(rows), nullptr});
    }
  }
  for (StoredMessage& stored : page) {
    auto rows = message_.with(stored.row.id.value);
    WAYBILL_TRY(const bool row, rows.next());
    if (row) stored.message = message_of(rows);
  }
  return page;
}

Result<std::vector<QueueId>> MessageReader::queues() {
  std::vector<QueueId> queues;
  auto rows = queues_.with();
  while (true) {
    WAYBILL_TRY(const bool row, rows.next());
    if (!row) return queues;
    queues.push_back({rows.integer(0)});
  }
}

}  // namespace waybill::store::sqlite
