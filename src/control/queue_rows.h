// The catalog's rows of queues, as their control operations read them.
#pragma once

#include <string>

#include "control/session.h"

namespace waybill::control {

// The tags of a row, [{Key, Value}]; templates may write them as a map.
Json queue_tags(const Json& body);
Answer<> check_queue_tags(const std::string& queue, const Json& tags, const Limits& limits);

// A queue's policy: its own, else the one of an AWS::SQS::QueuePolicy that lists it; empty for none.
Json policy_of_queue(const Session& session, const CatalogRow& queue);

// The name at the end of a queue URL; a text without a slash is a name itself.
std::string queue_name_of_url(const std::string& url);

}  // namespace waybill::control
