// What SNS refuses when a subscription is made or changed; one set of rules for templates and the API. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/subscription_spec.h"

namespace waybill::topic {

// Errors of all: invalid, with the reason alone.

// web addresses with their scheme and a host; ARNs for functions and queues.
Status check_address(std::string_view protocol, std::string_view address);

// Who may be named for dead letters: the API takes queues, as AWS does; templates also tables and topics.
enum class DeadLetterTargetKinds { queues, queues_tables_topics };
Status check_redrive_policy(std::string_view policy, DeadLetterTargetKinds kinds);

Status check_delivery_policy(std::string_view policy);
Result<FilterScope> filter_scope(std::string_view name);  // MessageAttributes, MessageBody

}  // namespace waybill::topic
