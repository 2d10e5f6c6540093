// The seam under the Journal: what a storage engine must do, by noun. The rules of changes (conditions, fences, lanes)
// are written once above it, in store/apply.h. SQLite is the engine; the tests bring a std::map model of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/changes.h"

namespace waybill::store {

class Payloads {
 public:
  virtual ~Payloads() = default;
  virtual Status insert(const Payload& payload) = 0;
  // A payload that archives will hold, see Archives::insert: not for sweep() until the last of them has let go.
  virtual Status insert_archived(const Payload& payload) = 0;
  // Looks at no more than `limit` payloads with after < id < before, oldest first, and removes those without a
  // delivery. Answers how many went and the last id looked at (`after` when there was none to look at).
  virtual Result<Swept> sweep(PayloadId after, PayloadId before, int limit) = 0;
};

class Deliveries {
 public:
  virtual ~Deliveries() = default;
  virtual Status insert(const Delivery& delivery) = 0;
  // Removes the row if it stands there with that count of attempts; false when it does not.
  virtual Result<bool> remove(const DeliveryKey& key, int attempts) = 0;
  // Moves the row to `due` with attempts + 1; false when it does not stand there with that count of attempts.
  virtual Result<bool> reschedule(const DeliveryKey& key, int attempts, WallTime due, const std::string& error) = 0;
};

class Items {
 public:
  virtual ~Items() = default;
  // `invalid` when the table holds items and its keys or indexes would change.
  virtual Status put_table(const TableSpec& spec) = 0;
  virtual Status drop_table(TableId table) = 0;  // no effect when there is none
  // The calls below answer `not_found` for a table that is not there, and `invalid` for a row whose index_keys are not
  // as many as the table's indexes.
  virtual Status clear_table(TableId table) = 0;
  virtual bool has_table(TableId table) const = 0;
  // Version of the item, 0 when it is not there.
  virtual Result<std::int64_t> version(TableId table, const std::string& pk, const std::string& sk) = 0;
  // Inserts or replaces, and answers the new version: larger than that of every write before that was committed, in any
  // table, also one that is gone by now. Knows no conditions.
  virtual Result<std::int64_t> put(TableId table, const ItemRow& row) = 0;
  // As put, for a row that should not be there: 0, and nothing changed, when it is.
  virtual Result<std::int64_t> insert(TableId table, const ItemRow& row) = 0;
  virtual Result<bool> remove(TableId table, const std::string& pk, const std::string& sk) = 0;
  virtual Result<std::int64_t> sweep_expired(TableId table, std::int64_t now_seconds, int limit) = 0;
};

class Catalog {
 public:
  virtual ~Catalog() = default;
  virtual Status put(const Resource& resource) = 0;
  virtual Status remove(const ResourceKey& key) = 0;
  virtual Status remove_unowned() = 0;
  virtual Status put_endpoint(EndpointId id, const std::string& key) = 0;
  virtual Status put_setting(const std::string& name, const std::string& value) = 0;
};

class DeadLetters {
 public:
  virtual ~DeadLetters() = default;
  virtual Status insert(const DeadLetter& letter) = 0;
  virtual Result<bool> remove(DeadLetterId id) = 0;
  virtual Result<std::int64_t> sweep(WallTime before, int limit) = 0;
};

class Archives {
 public:
  virtual ~Archives() = default;
  // Adds a row to the archive and to its totals. The payload was given to insert_archived(), in the same transaction.
  virtual Status insert(const ArchiveEvent& event) = 0;
  // Each lets go of at most `limit` events and answers how many, with `more` when there may be others.
  virtual Result<Swept> sweep(ArchiveId archive, WallTime before, int limit) = 0;
  virtual Result<Swept> drop(ArchiveId archive, int limit) = 0;
};

// A group of a FIFO queue that holds messages, and when the next of them may be received.
struct MessageGroup {
  WallTime free_at;
  std::string group;
};

class Messages {
 public:
  virtual ~Messages() = default;
  virtual Status insert(const Message& message) = 0;
  virtual Result<MessagePtr> read(MessageId id) = 0;  // null when there is none
  virtual Status remove(MessageId id) = 0;

  // In a standard queue. find: the row at visible_at, or where remembered; none: it is not in that queue.
  virtual Status insert_row(const MessageRow& row) = 0;
  virtual Result<std::optional<MessageRow>> find(QueueId queue, MessageId id, WallTime visible_at) = 0;
  virtual Status remove_row(const MessageRow& row) = 0;
  // Removes row and message when it stands where the fence says, with that count and no changed deadline: the usual
  // case in one step. False: it does not.
  virtual Result<bool> remove_at(const MessageFence& fence) = 0;
  // remove_row and insert_row at once, of one id.
  virtual Status move_row(const MessageRow& from, const MessageRow& to) = 0;
  // Rows with visible_at <= until, in order.
  virtual Result<std::vector<MessageRow>> rows(QueueId queue, WallTime until, int limit) = 0;
  virtual Result<std::optional<WallTime>> next_row(QueueId queue, WallTime after) = 0;  // the first visible_at > after

  // In a FIFO queue.
  virtual Status put_fifo_row(const MessageRow& row) = 0;  // inserts or replaces
  virtual Result<std::optional<MessageRow>> find_fifo(QueueId queue, MessageId id) = 0;
  virtual Status remove_fifo_row(const MessageRow& row) = 0;
  virtual Result<std::vector<MessageRow>> group_rows(QueueId queue, const std::string& group, int limit) = 0;
  // The latest visible_at of those of the group that were received; none: no one was.
  virtual Result<std::optional<WallTime>> group_locked_until(QueueId queue, const std::string& group) = 0;
  // None: the group has no entry, or shall have none.
  virtual Status put_group(QueueId queue, const std::string& group, std::optional<WallTime> before,
                           std::optional<WallTime> after) = 0;
  virtual Result<std::vector<MessageGroup>> groups(QueueId queue, WallTime until, int limit) = 0;
  virtual Result<std::optional<WallTime>> next_group(QueueId queue, WallTime after) = 0;
  // The message that was sent last under that key.
  struct Sending {
    MessageId id;
    WallTime sent_at;
  };
  virtual Result<std::optional<Sending>> sending(QueueId queue, const std::string& key) = 0;
  virtual Status put_sending(QueueId queue, const std::string& key, const Sending& sending) = 0;
  virtual Result<std::int64_t> sweep_sendings(WallTime before, int limit) = 0;

  virtual Result<std::int64_t> count_in_flight(QueueId queue, bool fifo, WallTime now) = 0;
  // Rows with id < before, at most that many, in no particular order.
  virtual Result<std::vector<MessageRow>> any_rows(QueueId queue, bool fifo, MessageId before, int limit) = 0;
  virtual Status forget_queue(QueueId queue) = 0;  // its sendings
};

class History {
 public:
  virtual ~History() = default;
  virtual Status append(const AppendHistory& line) = 0;
  virtual Result<std::int64_t> sweep(WallTime before, std::int64_t keep, int limit) = 0;
};

enum class Durability {
  synced,    // durable when commit() answers success
  unsynced,  // there after a crash, and durable with the next synced commit: what is in the ingress log
};

// Owner/Thread: the Journal's writer thread, alone.
// Errors: `invalid`, `not_found`, `conflict` and `limit` say that the change is wrong and refuse its unit alone; any
// other one undoes the transaction.
class Engine {
 public:
  virtual ~Engine() = default;

  virtual Status begin(Durability durability) = 0;
  // Of a transaction that began as `synced`: it is durable with every commit before it, also when it changed nothing.
  // After an error nothing of the transaction may be taken as stored or as gone:
  // `poisons` says whether the engine may go on at all.
  virtual Status commit() = 0;
  virtual void rollback() = 0;
  // One level, inside a transaction. Rolling back to the savepoint also ends it.
  virtual Status savepoint() = 0;
  virtual Status release_savepoint() = 0;
  virtual Status rollback_to_savepoint() = 0;

  virtual Payloads& payloads() = 0;
  virtual Deliveries& deliveries() = 0;
  virtual Items& items() = 0;
  virtual Catalog& catalog() = 0;
  virtual DeadLetters& dead_letters() = 0;
  virtual Archives& archives() = 0;
  virtual Messages& messages() = 0;
  virtual History& history() = 0;

  // Removes payloads, deliveries, dead letters, history, messages and what archives hold, all at once.
  virtual Status clear_data() = 0;
  virtual std::vector<TableId> tables() const = 0;

  // Stored with the data. generation: see DeliveryFence. sequence: every id up to it may have been handed out.
  virtual Result<std::int64_t> generation() = 0;
  virtual Status set_generation(std::int64_t generation) = 0;
  virtual Result<std::int64_t> highest_sequence() = 0;

  // How far the database holds what the ingress log has: the number of the last unit. A random number, made with the
  // database, that its log carries as well. And the run of the daemon that writes the log: see IngressLog::Mark.
  virtual Result<std::int64_t> log_position() = 0;
  virtual Status set_log_position(std::int64_t number) = 0;
  virtual Result<std::int64_t> log_identity() = 0;
  virtual Result<std::int64_t> log_run() = 0;
  virtual Status set_log_run(std::int64_t run) = 0;

  // Between transactions: bytes of log since the last checkpoint, and the checkpoint itself.
  virtual std::int64_t wal_bytes() const = 0;
  virtual Status checkpoint() = 0;
  // After an error: must the Journal stop for good (a failed sync or write), or did this unit alone fail (disk full)?
  virtual bool poisons(const Error& error) const = 0;
};

}  // namespace waybill::store
