// What a function gets that is subscribed to a topic. Pure.
#pragma once

#include <string>

#include "model/delivery.h"
#include "model/subscription_spec.h"

namespace waybill::topic {

// AWS: {"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","EventSubscriptionArn":…,"Sns":{…}}]}. envelope: the
// notification with its signature (envelope.h); Lambda spells the names of its addresses with "Url".
std::string lambda_event(const std::string& envelope, const SubscriptionSpec& subscription);

}  // namespace waybill::topic
