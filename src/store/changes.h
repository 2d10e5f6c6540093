// What the Journal applies: changes as data. A list applies whole or not at all.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "model/delivery.h"
#include "model/resource.h"
#include "model/table_spec.h"
#include "store/message_changes.h"

namespace waybill::store {

struct InsertPayload {
  PayloadPtr payload;  // shared with the dispatcher, which delivers it from memory after the commit
};

struct InsertDelivery {
  Delivery delivery;
};

// The delivery is done: its row goes. Refused as `fenced` when it has moved on.
struct FinishDelivery {
  DeliveryFence fence;
};

// A failed attempt: the row moves to a later due time with attempts + 1. Refused as `fenced` when it has moved on.
struct RescheduleDelivery {
  DeliveryFence fence;
  WallTime due;
  std::string error;
};

struct InsertDeadLetter {
  DeadLetter letter;
};

// Refused as `condition_failed` when there is no such letter (it was redriven or dropped meanwhile).
struct RemoveDeadLetter {
  DeadLetterId id;
};

struct Changes;

// When may an item change be made.
struct ItemCondition {
  enum class Existence { any, absent, present };
  Existence existence = Existence::any;
  // What a handler read before it decided: version of the item, 0 for "was not there". A difference is refused as
  // `version_conflict`, and the handler is asked again.
  std::optional<std::int64_t> version;
};

enum class OnConditionFailed { fail_attempt, skip, alternative };

struct ItemRow {
  std::string pk;    // order-preserving key bytes (table/key_encoding.h)
  std::string sk;    // "" when the table has no sort key
  std::string body;  // typed JSON: {"name":{"S":"…"},…}
  struct IndexKey {
    std::string pk;
    std::string sk;
    bool operator==(const IndexKey&) const = default;
  };
  std::vector<std::optional<IndexKey>> index_keys;  // one per index of the table; empty where the item is not in it
  std::optional<std::int64_t> expires_at;           // epoch seconds, from the TTL attribute
  // Set by the store: above 0, and another one with every write of any item, for as long as the store lives. So an item
  // that was deleted and is back differs from what was read before.
  std::int64_t version = 0;
};

struct PutItem {
  TableId table;
  ItemRow row;
  ItemCondition condition;
  OnConditionFailed on_failed = OnConditionFailed::fail_attempt;
  std::shared_ptr<const Changes> alternative;  // applied instead when on_failed is alternative
};

struct DeleteItem {
  TableId table;
  std::string pk;
  std::string sk;
  ItemCondition condition;
  OnConditionFailed on_failed = OnConditionFailed::fail_attempt;
  std::shared_ptr<const Changes> alternative;
};

// Refuses the unit as `version_conflict` unless the item still has the version (0: is not there) that was read.
struct CheckItem {
  TableId table;
  std::string pk;
  std::string sk;
  std::int64_t version = 0;
};

// Makes the table, or changes the one with that id. Keys and indexes of a table that holds items cannot change: the
// store does not look into bodies, so it could not fill an index. That is refused as `invalid_effect`.
struct PutTable {
  TableSpec spec;
};
struct DropTable {
  TableId table;
};

struct PutResource {
  Resource resource;
};
struct DeleteResource {
  ResourceKey key;
};

// Gives an endpoint key its number, for ever. No effect when it has one.
struct PutEndpoint {
  EndpointId id;
  std::string key;
};

struct PutSetting {  // small named values of the daemon itself: template fingerprints, virtual clock
  std::string name;
  std::string value;
};

// One line of the bounded history.
struct AppendHistory {
  WallTime at;
  std::string event_id;
  EndpointId endpoint;
  std::string outcome;  // delivered | dead_lettered | …
  int attempts = 0;
  std::string detail;
};

// An event that an archive keeps: its payload stays as long as an archive refers to it. The unit that archives a
// payload is the one that inserts it, before; `event_time` is the same for all archives of a payload. `invalid_effect`
// otherwise.
struct ArchiveEvent {
  ArchiveId archive;  // never used again for another archive
  WallTime event_time;
  PayloadId payload;
  std::int64_t bytes = 0;  // of the event: what SizeBytes counts
  WallTime archived_at;    // what retention counts from
};

// Maintenance: each removes at most `limit` rows and answers how many.
struct SweepPayloads {  // that no delivery needs, with id below `before`, oldest first, resuming after `after`
  PayloadId after;
  PayloadId before;
  int limit = 1000;
};
struct SweepExpiredItems {
  TableId table;
  std::int64_t now_seconds = 0;
  int limit = 1000;
};
struct SweepDeadLetters {
  WallTime before;
  int limit = 1000;
};
struct SweepHistory {
  WallTime before;
  std::int64_t keep = 100'000;
  int limit = 1000;
};

struct SweepArchive {  // what was archived before that time, oldest first
  ArchiveId archive;
  WallTime before;
  int limit = 1000;
};
struct DropArchive {  // all that the archive holds, and its totals with the last of it
  ArchiveId archive;
  int limit = 1000;
};

// Drops all data and every resource without an owner, empties all tables, starts a new generation. Tables that no
// template owns are dropped by the caller, who knows them, with a DropTable each in the same unit.
struct ResetAll {};

using Change =
    std::variant<InsertPayload, InsertDelivery, FinishDelivery, RescheduleDelivery, InsertDeadLetter, RemoveDeadLetter,
                 PutItem, DeleteItem, CheckItem, PutTable, DropTable, PutResource, DeleteResource, PutEndpoint,
                 PutSetting, AppendHistory, ArchiveEvent, SweepPayloads, SweepExpiredItems, SweepDeadLetters,
                 SweepHistory, SweepArchive, DropArchive, SendMessage, ReceiveMessages, DeleteMessage, ChangeVisibility,
                 MoveMessages, PurgeQueue, DropQueue, SweepMessages, SweepDeduplication, ResetAll>;

struct Changes {
  std::vector<Change> list;
  template <class C>
  void add(C change) {
    list.emplace_back(std::move(change));
  }
};

// One per change, in order.
struct Done {};
struct ItemWritten {
  std::int64_t version = 0;  // after the change; 0 after a delete
};
struct ConditionSkipped {};  // the condition failed and the change asked for skip
struct AlternativeApplied {};
struct Swept {
  std::int64_t rows = 0;
  PayloadId last;     // SweepPayloads: where the next call resumes
  bool more = false;  // not at the end yet; not told of items, dead letters and history
};
using ChangeResult = std::variant<Done, ItemWritten, ConditionSkipped, AlternativeApplied, Swept, MessageSent,
                                  MessagesReceived, MessageTouched, MessagesMoved>;

// Why a unit was not applied; nothing of it was.
struct Refusal {
  enum class Reason {
    fenced,            // the delivery or message moved on, or the store was reset
    version_conflict,  // an item changed since it was read: ask the handler again
    condition_failed,  // a condition with fail_attempt did not hold
    invalid_effect,    // no such table, item too large, …: a failed attempt
    shed,              // the ingress lane is full: try again later
    unavailable,       // the disk is full or the Journal is stopping; nothing was lost
    poisoned,          // a sync failed: the Journal takes nothing more
  };
  Reason reason = Reason::unavailable;
  std::string message;
  std::size_t change = 0;  // index into Changes::list
};

using Applied = boost::system::result<std::vector<ChangeResult>, Refusal>;

// Result::value() on a refusal: a bug in the caller.
[[noreturn]] inline void throw_exception_from_error(const Refusal& refusal, const boost::source_location&) {
  throw std::runtime_error(refusal.message);
}

// Whether the unit takes away what accepted events bring: it must come after those that were accepted before it.
bool clears(const Changes& changes);

// Adds the queues in which there may be messages to be received that were not before the unit, once for each of them.
void arrivals(const Changes& changes, const std::vector<ChangeResult>& results, std::vector<QueueId>& queues);

// Bytes a unit holds while it waits, for the lanes' limits.
std::size_t weight(const Changes& changes);

}  // namespace waybill::store
