// How a queue refuses: the errors of SQS. `code` is the name of the error's shape in the JSON protocol; what the query
// protocol calls it is the protocol's matter.
#pragma once

#include <string>
#include <string_view>

#include "control/fault.h"

namespace waybill::queue {

using control::Answer;
using control::Fault;

Fault queue_does_not_exist();
Fault receipt_handle_is_invalid(std::string_view handle);  // not one of this queue, or not one at all
Fault message_not_in_flight();                             // ChangeMessageVisibility of a message that is visible
Fault over_limit(std::string_view queue_arn, int limit);   // too many messages in flight
Fault purge_in_progress(std::string_view queue_name);
Fault resource_not_found(std::string message);  // move tasks
Fault unsupported_operation(std::string message);
Fault invalid_message_contents(std::string message);
// `Value 5 for parameter DelaySeconds is invalid. Reason: …`
Fault invalid_value(std::string_view value, std::string_view parameter, std::string_view reason);
Fault invalid_parameter(std::string message);  // InvalidParameterValue
Fault missing_parameter(std::string_view parameter);
Fault unavailable(std::string message);  // the store is full or stopping: ServiceUnavailable, 503
Fault throttled();                       // ingress is shed: RequestThrottled

}  // namespace waybill::queue
