// What SQS demands of one message that is sent. AWS: SendMessage.
#pragma once

#include <string>
#include <string_view>

#include "model/queue_spec.h"
#include "queue/service.h"

namespace waybill::queue {

// Size, characters, delay, group and deduplication id.
Answer<void> check_message(const QueueSpec& queue, const SendEntry& entry);

// MessageDeduplicationId, or lower-case SHA-256 of the body where the queue deduplicates by content; "" on others.
std::string deduplication_id(const QueueSpec& queue, const SendEntry& entry);
// What two messages have in common of which the second one is a duplicate: by queue, or by group.
std::string deduplication_key(const QueueSpec& queue, const Message& message);

// UTF-8, of the characters that XML 1.0 allows: tab, line feed, carriage return, and all from U+0020 but surrogates,
// U+FFFE and U+FFFF.
bool is_message_text(std::string_view text);

}  // namespace waybill::queue
