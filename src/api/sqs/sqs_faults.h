// Faults of SQS as AWS words them; the code is the shape's name in the JSON protocol. Those of the queue room, and what
// only the protocols say.
#pragma once

#include <string>

#include "queue/faults.h"

namespace waybill::api {

inline control::Fault sqs_invalid_value(const std::string& value, const std::string& parameter,
                                        const std::string& reason) {
  return queue::invalid_value(value, parameter, reason);
}
inline control::Fault sqs_invalid(const std::string& what) { return queue::invalid_parameter(what); }
inline control::Fault sqs_missing(const std::string& parameter) { return queue::missing_parameter(parameter); }
inline control::Fault sqs_no_queue() { return queue::queue_does_not_exist(); }

}  // namespace waybill::api
