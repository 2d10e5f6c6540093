#include "store/sqlite/messages.h"

namespace waybill::store::sqlite {

namespace {

std::string select(const char* columns, const char* rest) { return "SELECT " + std::string(columns) + " FROM " + rest; }

// The index holds no others; without its name SQLite may walk over all rows of the queue.
std::string received_of_fifo(const char* which) {
  return std::string(" FROM fifo_rows INDEXED BY fifo_received WHERE queue = ?1 AND receives > 0") + which;
}

template <class T>
Result<std::vector<T>> all_of(Execution& rows, T (*make)(const Execution&)) {
  std::vector<T> values;
  while (true) {
    WAYBILL_TRY(const bool row, rows.next());
    if (!row) return values;
    values.push_back(make(rows));
  }
}

Result<std::optional<MessageRow>> first_row(Execution& rows, MessageRow (*make)(const Execution&)) {
  WAYBILL_TRY(const bool row, rows.next());
  return row ? std::optional<MessageRow>(make(rows)) : std::optional<MessageRow>();
}

Result<std::optional<WallTime>> first_time(Execution& rows) {
  WAYBILL_TRY(const bool row, rows.next());
  return row ? std::optional<WallTime>(from_millis(rows.integer(0))) : std::optional<WallTime>();
}

MessageGroup group_of(const Execution& row) { return {from_millis(row.integer(0)), std::string(row.text(1))}; }

}  // namespace

MessageRow message_row_of(const Execution& row) {
  MessageRow message;
  message.queue = {row.integer(0)};
  message.id = {row.integer(1)};
  message.visible_at = from_millis(row.integer(2));
  message.receives = static_cast<int>(row.integer(3));
  message.enqueued_at = from_millis(row.integer(4));
  message.first_received = from_millis(row.integer(5));
  message.source = {row.integer(6)};
  message.deadline_changed = row.integer(7) != 0;
  return message;
}

MessageRow fifo_row_of(const Execution& row) {
  MessageRow message = message_row_of(row);
  message.group = std::string(row.text(8));
  return message;
}

MessagePtr message_of(const Execution& row, int first_column) {
  auto message = std::make_shared<Message>();
  const auto text = [&](int column) { return std::string(row.text(first_column + column)); };
  message->id = {row.integer(first_column)};
  message->body = text(1);
  message->attributes = text(2);
  message->group = text(3);
  message->dedup = text(4);
  message->sender = text(5);
  message->trace_header = text(6);
  message->sent_at = from_millis(row.integer(first_column + 7));
  return message;
}

SqliteMessages::SqliteMessages(Database& database, Sequence& sequence)
    : database_(database),
      sequence_(sequence),
      insert_(database,
              "INSERT INTO messages (id, body, attributes, grp, dedup, sender, trace_header, sent_at) VALUES (?1, ?2,"
              " ?3, ?4, ?5, ?6, ?7, ?8)"),
      read_(database, select(kMessageColumns, "messages WHERE id = ?1")),
      remove_(database, "DELETE FROM messages WHERE id = ?1"),
      insert_row_(database,
                  "INSERT INTO message_rows (queue, id, visible_at, receives, enqueued_at, first_received, source,"
                  " deadline_changed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
      row_at_(database, select(kMessageRowColumns, "message_rows WHERE queue = ?1 AND visible_at = ?2 AND id = ?3")),
      remove_row_(database, "DELETE FROM message_rows WHERE queue = ?1 AND visible_at = ?2 AND id = ?3"),
      remove_at_(database,
                 "DELETE FROM message_rows WHERE queue = ?1 AND visible_at = ?2 AND id = ?3 AND receives = ?4"
                 " AND deadline_changed = 0"),
      move_row_(database,
                "UPDATE message_rows SET queue = ?4, visible_at = ?5, receives = ?6, enqueued_at = ?7,"
                " first_received = ?8, source = ?9, deadline_changed = ?10"
                " WHERE queue = ?1 AND visible_at = ?2 AND id = ?3"),
      rows_(database, select(kMessageRowColumns,
                             "message_rows WHERE queue = ?1 AND visible_at <= ?2 ORDER BY visible_at, id LIMIT ?3")),
      next_row_(database,
                "SELECT visible_at FROM message_rows WHERE queue = ?1 AND visible_at > ?2 ORDER BY visible_at LIMIT 1"),
      deadline_(database, "SELECT visible_at FROM message_deadlines WHERE id = ?1"),
      put_deadline_(database,
                    "INSERT INTO message_deadlines (id, visible_at) VALUES (?1, ?2)"
                    " ON CONFLICT (id) DO UPDATE SET visible_at = excluded.visible_at"),
      remove_deadline_(database, "DELETE FROM message_deadlines WHERE id = ?1"),
      put_fifo_row_(database,
                    "INSERT INTO fifo_rows (queue, grp, id, visible_at, receives, enqueued_at, first_received, source)"
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (queue, grp, id) DO UPDATE SET"
                    " visible_at = excluded.visible_at, receives = excluded.receives,"
                    " enqueued_at = excluded.enqueued_at, first_received = excluded.first_received,"
                    " source = excluded.source"),
      group_of_(database, "SELECT grp FROM messages WHERE id = ?1"),
      fifo_row_(database, select(kFifoRowColumns, "fifo_rows WHERE queue = ?1 AND grp = ?2 AND id = ?3")),
      remove_fifo_row_(database, "DELETE FROM fifo_rows WHERE queue = ?1 AND grp = ?2 AND id = ?3"),
      group_locked_(database, "SELECT max(visible_at)" + received_of_fifo(" AND grp = ?2")),
      group_rows_(database, select(kFifoRowColumns, "fifo_rows WHERE queue = ?1 AND grp = ?2 ORDER BY id LIMIT ?3")),
      insert_group_(database, "INSERT INTO fifo_groups (queue, free_at, grp) VALUES (?1, ?2, ?3)"),
      remove_group_(database, "DELETE FROM fifo_groups WHERE queue = ?1 AND free_at = ?2 AND grp = ?3"),
      groups_(database,
              "SELECT free_at, grp FROM fifo_groups WHERE queue = ?1 AND free_at <= ?2 ORDER BY free_at, grp LIMIT ?3"),
      next_group_(database,
                  "SELECT free_at FROM fifo_groups WHERE queue = ?1 AND free_at > ?2 ORDER BY free_at LIMIT 1"),
      sending_(database, "SELECT message, sent_at FROM message_sendings WHERE queue = ?1 AND dedup = ?2"),
      put_sending_(database,
                   "INSERT INTO message_sendings (queue, dedup, message, sent_at) VALUES (?1, ?2, ?3, ?4)"
                   " ON CONFLICT (queue, dedup) DO UPDATE SET message = excluded.message, sent_at = excluded.sent_at"),
      sweep_sendings_(database,
                      "DELETE FROM message_sendings WHERE (queue, dedup) IN"
                      " (SELECT queue, dedup FROM message_sendings WHERE sent_at < ?1 ORDER BY sent_at LIMIT ?2)"),
      count_(database, "SELECT count(*) FROM message_rows WHERE queue = ?1 AND visible_at > ?2 AND receives > 0"),
      count_fifo_(database, "SELECT count(*)" + received_of_fifo(" AND visible_at > ?2")),
      any_(database, select(kMessageRowColumns, "message_rows WHERE queue = ?1 AND id < ?2 LIMIT ?3")),
      any_fifo_(database, select(kFifoRowColumns, "fifo_rows WHERE queue = ?1 AND id < ?2 LIMIT ?3")),
      forget_queue_(database, "DELETE FROM message_sendings WHERE queue = ?1") {}

Status SqliteMessages::insert(const Message& message) {
  sequence_.saw(message.id.value);
  return insert_
      .with(message.id.value, message.body, message.attributes, message.group, message.dedup, message.sender,
            message.trace_header, to_millis(message.sent_at))
      .run();
}

Result<MessagePtr> SqliteMessages::read(MessageId id) {
  auto rows = read_.with(id.value);
  WAYBILL_TRY(const bool row, rows.next());
  return row ? message_of(rows) : MessagePtr();
}

// --- standard queues

Status SqliteMessages::insert_row(const MessageRow& row) {
  return insert_row_
      .with(row.queue.value, row.id.value, to_millis(row.visible_at), row.receives, to_millis(row.enqueued_at),
            to_millis(row.first_received), row.source.value, row.deadline_changed ? 1 : 0)
      .run();
}

Result<std::optional<MessageRow>> SqliteMessages::row_at(QueueId queue, MessageId id, std::int64_t visible_at) {
  auto rows = row_at_.with(queue.value, visible_at, id.value);
  return first_row(rows, message_row_of);
}

Result<std::optional<MessageRow>> SqliteMessages::find(QueueId queue, MessageId id, WallTime visible_at) {
  WAYBILL_TRY(auto row, row_at(queue, id, to_millis(visible_at)));
  if (row) return row;
  auto deadlines = deadline_.with(id.value);
  WAYBILL_TRY(const auto deadline, first_time(deadlines));
  if (!deadline) return row;
  return row_at(queue, id, to_millis(*deadline));
}

Status SqliteMessages::remember_deadline(const MessageRow& before, const MessageRow* after) {
  if (after && after->deadline_changed) {
    return put_deadline_.with(after->id.value, to_millis(after->visible_at)).run();
  }
  if (before.deadline_changed) return remove_deadline_.with(before.id.value).run();
  return {};
}

Status SqliteMessages::remove_row(const MessageRow& row) {
  WAYBILL_CHECK(remember_deadline(row, nullptr));
  return remove_row_.with(row.queue.value, to_millis(row.visible_at), row.id.value).run();
}

Result<bool> SqliteMessages::remove_at(const MessageFence& fence) {
  WAYBILL_CHECK(remove_at_.with(fence.queue.value, to_millis(fence.visible_at), fence.id.value, fence.receives).run());
  if (database_.changes() != 1) return false;
  WAYBILL_CHECK(remove(fence.id));
  return true;
}

Status SqliteMessages::move_row(const MessageRow& from, const MessageRow& to) {
  WAYBILL_CHECK(remember_deadline(from, &to));
  return move_row_
      .with(from.queue.value, to_millis(from.visible_at), from.id.value, to.queue.value, to_millis(to.visible_at),
            to.receives, to_millis(to.enqueued_at), to_millis(to.first_received), to.source.value,
            to.deadline_changed ? 1 : 0)
      .run();
}

Result<std::vector<MessageRow>> SqliteMessages::rows(QueueId queue, WallTime until, int limit) {
  auto found = rows_.with(queue.value, to_millis(until), limit);
  return all_of(found, message_row_of);
}

Result<std::optional<WallTime>> SqliteMessages::next_row(QueueId queue, WallTime after) {
  auto found = next_row_.with(queue.value, to_millis(after));
  return first_time(found);
}

// --- FIFO queues

Status SqliteMessages::put_fifo_row(const MessageRow& row) {
  return put_fifo_row_
      .with(row.queue.value, row.group, row.id.value, to_millis(row.visible_at), row.receives,
            to_millis(row.enqueued_at), to_millis(row.first_received), row.source.value)
      .run();
}

Result<std::optional<MessageRow>> SqliteMessages::find_fifo(QueueId queue, MessageId id) {
  auto group = group_of_.with(id.value);
  WAYBILL_TRY(const bool known, group.next());
  if (!known) return std::optional<MessageRow>();
  auto rows = fifo_row_.with(queue.value, group.text(0), id.value);
  return first_row(rows, fifo_row_of);
}

Status SqliteMessages::remove_fifo_row(const MessageRow& row) {
  return remove_fifo_row_.with(row.queue.value, row.group, row.id.value).run();
}

Result<std::vector<MessageRow>> SqliteMessages::group_rows(QueueId queue, const std::string& group, int limit) {
  auto found = group_rows_.with(queue.value, group, limit);
  return all_of(found, fifo_row_of);
}

Result<std::optional<WallTime>> SqliteMessages::group_locked_until(QueueId queue, const std::string& group) {
  auto found = group_locked_.with(queue.value, group);
  WAYBILL_CHECK(found.next());
  return found.is_null(0) ? std::optional<WallTime>() : std::optional<WallTime>(from_millis(found.integer(0)));
}

Status SqliteMessages::put_group(QueueId queue, const std::string& group, std::optional<WallTime> before,
                                 std::optional<WallTime> after) {
  if (before) WAYBILL_CHECK(remove_group_.with(queue.value, to_millis(*before), group).run());
  if (after) WAYBILL_CHECK(insert_group_.with(queue.value, to_millis(*after), group).run());
  return {};
}

Result<std::vector<MessageGroup>> SqliteMessages::groups(QueueId queue, WallTime until, int limit) {
  auto found = groups_.with(queue.value, to_millis(until), limit);
  return all_of(found, group_of);
}

Result<std::optional<WallTime>> SqliteMessages::next_group(QueueId queue, WallTime after) {
  auto found = next_group_.with(queue.value, to_millis(after));
  return first_time(found);
}

Result<std::optional<Messages::Sending>> SqliteMessages::sending(QueueId queue, const std::string& key) {
  auto found = sending_.with(queue.value, key);
  WAYBILL_TRY(const bool row, found.next());
  if (!row) return std::optional<Sending>();
  return std::optional<Sending>({{found.integer(0)}, from_millis(found.integer(1))});
}

Status SqliteMessages::put_sending(QueueId queue, const std::string& key, const Sending& sending) {
  return put_sending_.with(queue.value, key, sending.id.value, to_millis(sending.sent_at)).run();
}

Result<std::int64_t> SqliteMessages::sweep_sendings(WallTime before, int limit) {
  WAYBILL_CHECK(sweep_sendings_.with(to_millis(before), limit).run());
  return database_.changes();
}

// --- both

Result<std::int64_t> SqliteMessages::count_in_flight(QueueId queue, bool fifo, WallTime now) {
  auto count = (fifo ? count_fifo_ : count_).with(queue.value, to_millis(now));
  WAYBILL_CHECK(count.next());
  return count.integer(0);
}

Result<std::vector<MessageRow>> SqliteMessages::any_rows(QueueId queue, bool fifo, MessageId before, int limit) {
  auto found = (fifo ? any_fifo_ : any_).with(queue.value, before.value, limit);
  return all_of(found, fifo ? fifo_row_of : message_row_of);
}

}  // namespace waybill::store::sqlite
