// Publishing to a topic: one durable notification per subscription.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "model/delivery.h"
#include "model/topology.h"
#include "store/changes.h"
#include "store/journal.h"

namespace waybill::topic {

struct Notification {
  std::string topic_arn;
  std::string subject;  // AWS: up to 100 characters, "" for none
  std::string message;
  // String message attributes, name → value.
  std::vector<std::pair<std::string, std::string>> attributes;
};

struct Published {
  std::string message_id;  // lower-case UUID, the same for every subscription and every attempt
  store::Changes changes;  // empty when the topic has no subscription
  std::vector<NewDelivery> deliveries;
};

// Errors: invalid (message empty or over 256 KiB, subject over 100 characters), not_found (no such topic).
Result<Published> publish(const Topology& topology, const Notification& notification, int depth, WallTime now,
                          Random& random, store::Journal& journal);

}  // namespace waybill::topic
