#include "queue/faults.h"

#include <utility>

namespace waybill::queue {

Fault queue_does_not_exist() { return {"QueueDoesNotExist", "The specified queue does not exist."}; }

Fault receipt_handle_is_invalid(std::string_view handle) {
  return {"ReceiptHandleIsInvalid",
          "The input receipt handle \"" + std::string(handle) + "\" is not a valid receipt handle."};
}

Fault message_not_in_flight() { return {"MessageNotInflight", "The message referred to isn't in flight."}; }

Fault over_limit(std::string_view queue_arn, int limit) {
  return {"OverLimit",
          "The number of messages in flight of " + std::string(queue_arn) + " is at its limit of " +
              std::to_string(limit) + ": delete what was received, or wait for visibility timeouts to end",
          403};
}

Fault purge_in_progress(std::string_view queue_name) {
  return {"PurgeQueueInProgress",
          "Only one PurgeQueue operation on " + std::string(queue_name) + " is allowed every 60 seconds.", 403};
}

Fault resource_not_found(std::string message) { return {"ResourceNotFoundException", std::move(message), 404}; }
Fault unsupported_operation(std::string message) { return {"UnsupportedOperation", std::move(message)}; }
Fault invalid_message_contents(std::string message) { return {"InvalidMessageContents", std::move(message)}; }

Fault invalid_value(std::string_view value, std::string_view parameter, std::string_view reason) {
  return invalid_parameter("Value " + std::string(value) + " for parameter " + std::string(parameter) +
                           " is invalid. Reason: " + std::string(reason));
}

Fault invalid_parameter(std::string message) { return {"InvalidParameterValue", std::move(message)}; }

Fault missing_parameter(std::string_view parameter) {
  return {"MissingParameter", "The request must contain the parameter " + std::string(parameter) + "."};
}

Fault unavailable(std::string message) { return {"ServiceUnavailable", std::move(message), 503}; }

Fault throttled() { return {"RequestThrottled", "Too much is waiting to be stored: send again in a moment", 403}; }

}  // namespace waybill::queue
