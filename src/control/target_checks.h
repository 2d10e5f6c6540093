// What makes a target unacceptable when it is put: contract section 7, in its order.
#pragma once

#include "control/session.h"

namespace waybill::control {

// FIFO queues need SqsParameters; this is looked at before the rule is.
Answer<> check_queue_targets(const Json& targets);
// Everything else. `bus`: name of the rule's own.
Answer<> check_targets(const Session& session, const std::string& bus, const Json& targets);

}  // namespace waybill::control
