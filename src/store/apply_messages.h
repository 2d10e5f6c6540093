// The rules of queues, written once for every engine: what a receive takes, when a message moves to a dead-letter
// queue, which group of a FIFO queue is locked, what counts as a duplicate. AWS: the SQS developer guide.
#pragma once

#include "base/result.h"
#include "store/engine.h"
#include "store/message_changes.h"

namespace waybill::store {

// Thread: the writer, inside the engine's open transaction. Errors are the engine's.
class MessageRules {
 public:
  explicit MessageRules(Messages& messages) : messages_(messages) {}

  Result<MessageSent> send(const SendMessage& change);
  Result<MessagesReceived> receive(const ReceiveMessages& change);
  Result<MessageTouched> remove(const DeleteMessage& change);
  Result<MessageTouched> change_visibility(const ChangeVisibility& change);
  Result<MessagesMoved> move(const MoveMessages& change);
  // Both kinds of queue; sweeps and purges answer how many went.
  Result<Swept> purge(const PurgeQueue& change);
  Result<Swept> drop(const DropQueue& change);
  Result<Swept> sweep(const SweepMessages& change);

 private:
  struct Taking;
  // What becomes of a visible row: received, moved to the dead-letter queue, or gone with its retention.
  Status take(Taking& taking, const MessageRow& row);
  Status receive_standard(Taking& taking);
  Status receive_fifo(Taking& taking);
  Status receive_group(Taking& taking, const MessageGroup& group);
  Status find_next(Taking& taking);

  // Writes to rows of either kind. Those of a FIFO queue keep the entry of the group right.
  Status add(const MessageRow& row, bool fifo);
  Status replace(const MessageRow& from, const MessageRow& to, bool fifo);
  Status erase(const MessageRow& row, bool fifo);
  template <class F>
  Status within_group(const MessageRow& row, F&& write);
  Result<std::optional<WallTime>> free_at(QueueId queue, const std::string& group);
  Result<std::optional<MessageRow>> find(const MessageFence& fence, bool fifo);
  // The row that the fence names, or why there is none.
  struct Found {
    MessageTouched::State state = MessageTouched::State::done;
    MessageRow row;
  };
  Result<Found> find_received(const MessageFence& fence, bool fifo, WallTime now);
  // Where it went; none: no route fits.
  Result<std::optional<QueueId>> move_one(const MoveMessages& change, const MessageRow& row, MessageId to);
  Result<Swept> remove_all(const std::vector<MessageRow>& rows, bool fifo, int limit);

  Messages& messages_;
};

}  // namespace waybill::store
