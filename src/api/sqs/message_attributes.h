// Message attributes as requests carry them: checked, counted, and the MD5s by which clients check what arrived.
#pragma once

#include <string>
#include <string_view>

#include "api/sqs/sqs_protocol.h"
#include "queue/message.h"

namespace waybill::api {

// Lower-case hexadecimal digits.
std::string md5_hex(std::string_view text);
// AWS: "Calculating the MD5 message digest for message attributes". "" for no attributes.
std::string md5_of_attributes(const queue::MessageAttributes& attributes);

// The MessageAttributes of a request. Faults: InvalidParameterValue, naming the attribute.
control::Answer<queue::MessageAttributes> read_message_attributes(const SqsJson& given);
// The MessageSystemAttributes, of which there is one: AWSTraceHeader.
control::Answer<queue::MessageAttributes> read_system_attributes(const SqsJson& given);

// Those that a receive asks for: by name, "All" or ".*", or a prefix as "foo.*".
queue::MessageAttributes asked_message_attributes(const queue::MessageAttributes& all, const SqsJson& names);
SqsJson shown_message_attributes(const queue::MessageAttributes& attributes);

}  // namespace waybill::api
