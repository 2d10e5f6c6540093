// A message of a queue, and what is kept of it while it waits there.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "model/ids.h"

namespace waybill {

// Immutable once sent. Its text ids follow from the number: see queue/message.h.
struct Message {
  MessageId id;              // Journal::next_sequence: in order of sending
  std::string body;          // as sent
  std::string attributes;    // message attributes as JSON text (queue/message.h), "" for none
  std::string group;         // MessageGroupId, "" for none
  std::string dedup;         // MessageDeduplicationId, or the SHA-256 of the body that stands for it; FIFO queues only
  std::string sender;        // SenderId
  std::string trace_header;  // AWSTraceHeader, "" for none
  WallTime sent_at;          // SentTimestamp: kept when a message of a standard queue moves to its dead-letter queue
};
using MessagePtr = std::shared_ptr<const Message>;

// Names one receive of one message. What is done under it is refused when the message was received again since.
struct MessageFence {
  QueueId queue;
  MessageId id;
  int receives = 0;     // the count that this receive made
  WallTime visible_at;  // the deadline that this receive set: where the message stands unless it was changed since
};

}  // namespace waybill
