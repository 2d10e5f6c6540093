// Attributes of queues: the texts that the SQS API speaks, and the properties that a queue's row keeps (in the form of
// AWS::SQS::Queue: numbers, booleans, objects).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "control/session.h"

namespace waybill::control {

inline constexpr std::string_view kFifoSuffix = ".fifo";

// A row's properties after the attributes. Faults: InvalidAttributeName, InvalidAttributeValue, InvalidParameterValue.
// What is "" takes a policy, a redrive policy or a key away.
Answer<Json> with_queue_attributes(const Session& session, const std::string& queue, Json body, const Json& attributes);

// The attributes that a row's properties stand for, with the defaults of AWS; without those that are counted or kept
// (ApproximateNumberOf…, CreatedTimestamp, QueueArn, …).
std::map<std::string, std::string> queue_attributes(const Json& body, const Limits& limits);

// Is it an attribute that GetQueueAttributes may be asked for? "All" is one.
bool is_queue_attribute(std::string_view name);

// The property that a queue keeps as an object, or as the text of one; empty where there is none.
Json queue_policy_object(const Json& body, const char* name);

}  // namespace waybill::control
