// What a function gets that is subscribed to a topic. Pure.
#pragma once

#include <string>

#include "model/delivery.h"
#include "model/subscription_spec.h"

namespace waybill::topic {

// AWS: {"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","EventSubscriptionArn":…,"Sns":{…}}]}. stored: the
// payload's body. Without a signature: nobody between could have changed it.
std::string lambda_event(const std::string& stored, const SubscriptionSpec& subscription);

}  // namespace waybill::topic
