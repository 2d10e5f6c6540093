#include "queue/outgoing.h"

#include "queue/message_checks.h"

namespace waybill::queue {

namespace {

constexpr std::chrono::minutes kDedupWindow{5};  // AWS: exactly-once processing

}  // namespace

Answer<store::SendMessage> outgoing(const QueueSpec& queue, SendEntry entry, WallTime now, store::Journal& journal) {
  if (auto checked = check_message(queue, entry); !checked) return std::move(checked).error();
  auto message = std::make_shared<Message>();
  message->id = {journal.next_sequence()};
  message->attributes = encode(entry.attributes);
  message->dedup = deduplication_id(queue, entry);
  message->body = std::move(entry.body);
  message->group = std::move(entry.group_id);
  message->sender = std::move(entry.sender);
  message->trace_header = std::move(entry.trace_header);
  message->sent_at = now;
  store::SendMessage change;
  change.queue = queue.id;
  change.fifo = queue.fifo;
  change.visible_at = now + (queue.fifo ? queue.delay : entry.delay.value_or(queue.delay));
  change.dedup_key = deduplication_key(queue, *message);
  change.dedup_since = now - kDedupWindow;
  change.message = std::move(message);
  return change;
}

}  // namespace waybill::queue
