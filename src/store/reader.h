// Reads of committed state. Every call is its own short snapshot; nothing is held between calls.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/delivery.h"
#include "model/resource.h"
#include "model/table_spec.h"
#include "store/changes.h"

namespace waybill::store {

// A page of items of one table or index in key order.
struct ItemQuery {
  TableId table;
  std::optional<std::size_t> index;    // position in TableSpec::indexes; none: the table itself
  std::string pk;                      // key bytes
  std::optional<std::string> sk_from;  // inclusive
  std::optional<std::string> sk_to;    // inclusive
  std::optional<std::string> sk_prefix;
  bool reverse = false;  // newest first
  int limit = 100;
  // Resume after this row (the last of the page before). For an index all four parts count.
  struct Start {
    std::string index_pk, index_sk;  // "" when querying the table itself
    std::string pk, sk;
  };
  std::optional<Start> start;
};

struct ItemPage {
  std::vector<ItemRow> rows;
  std::optional<ItemQuery::Start> next;  // there where more follows
};

struct DeadLetterFilter {
  std::string target_arn;  // "" for any; exact
  std::string rule_arn;
  std::string error_code;
  std::string event_id;
  DeadLetterId after;  // page: ids above this
  int limit = 100;
};

struct EndpointRow {
  EndpointId id;
  std::string key;
  std::int64_t pending = 0;
  std::optional<WallTime> oldest;  // ingested_at of its oldest pending delivery
};

// Events of an archive with from <= event time < to, in order of (event time, payload id).
struct ArchiveQuery {
  ArchiveId archive;
  WallTime from;
  WallTime to;
  struct Position {
    WallTime event_time;
    PayloadId payload;
    auto operator<=>(const Position&) const = default;
  };
  std::optional<Position> after;  // resume after this event (the last of the page before)
  int limit = 1000;
};

struct ArchivedEvent {
  ArchiveQuery::Position at;
  std::string body;  // of the payload
};

struct ArchiveTotals {
  ArchiveId archive;
  std::int64_t events = 0;
  std::int64_t bytes = 0;
};

struct MessageCounts {
  std::int64_t visible = 0;
  std::int64_t in_flight = 0;      // received, and not visible again yet
  std::int64_t delayed = 0;        // never received, and not visible yet
  std::optional<WallTime> oldest;  // enqueued_at of the oldest among those that become visible first
};

struct CountedQueue {
  QueueId queue;
  bool fifo = false;
};

struct StoredMessage {
  MessageRow row;
  MessagePtr message;
};

// Owner/Thread: one thread at a time; make one per thread.
class Reader {
 public:
  virtual ~Reader() = default;

  virtual Result<std::optional<ItemRow>> get_item(TableId table, const std::string& pk, const std::string& sk) = 0;
  virtual Result<ItemPage> query(const ItemQuery& query) = 0;
  // In key order of the table; start as in ItemQuery (pk, sk).
  virtual Result<ItemPage> scan(TableId table, int limit, const std::optional<ItemQuery::Start>& start) = 0;
  virtual Result<std::int64_t> count_items(TableId table) = 0;
  // The earliest time, in epoch seconds, at which an item of the table expires; none: no item does.
  virtual Result<std::optional<std::int64_t>> first_expiry(TableId table) = 0;

  // Deliveries of an endpoint with key above `after` and due at or before `until`, in key order.
  virtual Result<std::vector<Delivery>> deliveries(const DeliveryKey& after, WallTime until, int limit) = 0;
  // The first delivery of the endpoint with key above `after`, whenever it is due.
  virtual Result<std::optional<Delivery>> next_delivery(const DeliveryKey& after) = 0;
  virtual Result<std::vector<PayloadPtr>> payloads(const std::vector<PayloadId>& ids) = 0;  // missing ones are null
  virtual Result<std::vector<EndpointRow>> endpoints() = 0;

  virtual Result<std::vector<DeadLetter>> dead_letters(const DeadLetterFilter& filter) = 0;
  virtual Result<std::optional<DeadLetter>> dead_letter(DeadLetterId id) = 0;
  virtual Result<std::int64_t> count_dead_letters() = 0;

  virtual Result<std::vector<ArchivedEvent>> archive_events(const ArchiveQuery& query) = 0;
  virtual Result<ArchiveTotals> archive_totals(ArchiveId archive) = 0;  // zeros for one that never held anything
  // When the oldest of the archive's events was archived; none: it holds nothing.
  virtual Result<std::optional<WallTime>> oldest_archived(ArchiveId archive) = 0;
  virtual Result<std::vector<ArchiveTotals>> archives() = 0;  // all that held something and were not dropped

  // Of all of them at one moment, in their order.
  virtual Result<std::vector<MessageCounts>> message_counts(const std::vector<CountedQueue>& queues, WallTime now) = 0;
  // In order of (visible_at, id); of a FIFO queue, in order of (group, id). after: the last of the page before.
  virtual Result<std::vector<StoredMessage>> messages(QueueId queue, bool fifo, const std::optional<MessageRow>& after,
                                                      int limit) = 0;
  virtual Result<std::vector<QueueId>> queues() = 0;  // that hold a message, or something for deduplication

  virtual Result<std::vector<Resource>> resources() = 0;
  virtual Result<std::vector<TableSpec>> tables() = 0;
  virtual Result<std::optional<std::string>> setting(const std::string& name) = 0;
  virtual Result<std::vector<AppendHistory>> history(int limit) = 0;  // newest first
};

}  // namespace waybill::store
