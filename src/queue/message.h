// Messages as clients of a queue see them: ids, attributes, receipt handles.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/message.h"

namespace waybill::queue {

// AWS: MessageAttributeValue. Names and types were checked by whoever read the request.
struct MessageAttribute {
  std::string type;   // "String", "Number", "Binary", each with an optional ".label"
  std::string value;  // the text, or the bytes of a Binary
  bool operator==(const MessageAttribute&) const = default;
};
using MessageAttributes = std::map<std::string, MessageAttribute>;

// The form in which Message::attributes keeps them; "" for none.
std::string encode(const MessageAttributes& attributes);
MessageAttributes decode_attributes(std::string_view text);
// What counts for MaximumMessageSize: names, types and values.
std::size_t size_of(const MessageAttributes& attributes);

// MessageId: a UUID that follows from the number, so that it needs no place in the store.
std::string message_id(MessageId id);
// SequenceNumber of a FIFO queue: 20 digits, growing.
std::string sequence_number(MessageId id);

// Receipt handles are opaque to clients: base64 of queue, message, receive, deadline, time of the receive, and a check
// value.
struct ReceiptHandle {
  MessageFence fence;
  WallTime received_at;
};
std::string receipt_handle(const ReceiptHandle& handle);
// None: it is no handle that this Waybill made.
std::optional<ReceiptHandle> read_receipt_handle(std::string_view text);

}  // namespace waybill::queue
