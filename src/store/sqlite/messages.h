// Messages of queues on the writing connection.
#pragma once

#include "store/engine.h"
#include "store/sqlite/sequence.h"
#include "store/sqlite/statement.h"

namespace waybill::store::sqlite {

class SqliteMessages final : public Messages {
 public:
  SqliteMessages(Database& database, Sequence& sequence);

  Status insert(const Message& message) override;
  Result<MessagePtr> read(MessageId id) override;
  Status remove(MessageId id) override { return remove_.with(id.value).run(); }

  Status insert_row(const MessageRow& row) override;
  Result<std::optional<MessageRow>> find(QueueId queue, MessageId id, WallTime visible_at) override;
  Status remove_row(const MessageRow& row) override;
  Result<bool> remove_at(const MessageFence& fence) override;
  Status move_row(const MessageRow& from, const MessageRow& to) override;
  Result<std::vector<MessageRow>> rows(QueueId queue, WallTime until, int limit) override;
  Result<std::optional<WallTime>> next_row(QueueId queue, WallTime after) override;

  Status put_fifo_row(const MessageRow& row) override;
  Result<std::optional<MessageRow>> find_fifo(QueueId queue, MessageId id) override;
  Status remove_fifo_row(const MessageRow& row) override;
  Result<std::optional<WallTime>> group_locked_until(QueueId queue, const std::string& group) override;
  Result<std::vector<MessageRow>> group_rows(QueueId queue, const std::string& group, int limit) override;
  Status put_group(QueueId queue, const std::string& group, std::optional<WallTime> before,
                   std::optional<WallTime> after) override;
  Result<std::vector<MessageGroup>> groups(QueueId queue, WallTime until, int limit) override;
  Result<std::optional<WallTime>> next_group(QueueId queue, WallTime after) override;
  Result<std::optional<Sending>> sending(QueueId queue, const std::string& key) override;
  Status put_sending(QueueId queue, const std::string& key, const Sending& sending) override;
  Result<std::int64_t> sweep_sendings(WallTime before, int limit) override;

  Result<std::int64_t> count_in_flight(QueueId queue, bool fifo, WallTime now) override;
  Result<std::vector<MessageRow>> any_rows(QueueId queue, bool fifo, MessageId before, int limit) override;
  Status forget_queue(QueueId queue) override { return forget_queue_.with(queue.value).run(); }

 private:
  Result<std::optional<MessageRow>> row_at(QueueId queue, MessageId id, std::int64_t visible_at);
  Status remember_deadline(const MessageRow& before, const MessageRow* after);

  Database& database_;
  Sequence& sequence_;
  Statement insert_;
  Statement read_;
  Statement remove_;
  Statement insert_row_;
  Statement row_at_;
  Statement remove_row_;
  Statement remove_at_;
  Statement move_row_;
  Statement rows_;
  Statement next_row_;
  Statement deadline_;
  Statement put_deadline_;
  Statement remove_deadline_;
  Statement put_fifo_row_;
  Statement group_of_;
  Statement fifo_row_;
  Statement remove_fifo_row_;
  Statement group_locked_;
  Statement group_rows_;
  Statement insert_group_;
  Statement remove_group_;
  Statement groups_;
  Statement next_group_;
  Statement sending_;
  Statement put_sending_;
  Statement sweep_sendings_;
  Statement count_;
  Statement count_fifo_;
  Statement any_;
  Statement any_fifo_;
  Statement forget_queue_;
};

// How rows are read, here and by readers: columns in order.
inline constexpr const char* kMessageRowColumns =
    "queue, id, visible_at, receives, enqueued_at, first_received, source, deadline_changed";
inline constexpr const char* kFifoRowColumns =
    "queue, id, visible_at, receives, enqueued_at, first_received, source, 0, grp";
inline constexpr const char* kMessageColumns = "id, body, attributes, grp, dedup, sender, trace_header, sent_at";
MessageRow message_row_of(const Execution& row);
MessageRow fifo_row_of(const Execution& row);
MessagePtr message_of(const Execution& row, int first_column = 0);

}  // namespace waybill::store::sqlite
