// Publishing to a topic: one durable notification per subscription.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "model/delivery.h"
#include "model/topology.h"
#include "store/changes.h"
#include "store/journal.h"

namespace waybill::topic {

struct MessageAttribute {
  std::string name;
  std::string value;            // Binary: base64
  std::string type = "String";  // String, Number, Binary or String.Array; what follows a dot is the publisher's own
};

struct Notification {
  std::string topic_arn;
  std::string subject;  // AWS: up to 100 characters, "" for none
  std::string message;
  std::vector<MessageAttribute> attributes;
  std::map<std::string, std::string> by_protocol = {};  // messages for subscriptions of that protocol instead
};

struct Published {
  std::string message_id;  // lower-case UUID, the same for every subscription and every attempt
  store::Changes changes;  // empty when nobody is to be told
  std::vector<NewDelivery> deliveries;
};

// Declared here, implemented over the metrics room by the daemon. Thread-safe.
class TopicProbe {
 public:
  virtual ~TopicProbe() = default;
  // The subscription's filter policy kept a notification from it.
  virtual void filtered(const SubscriptionSpec&) {}
};

// What counts for the limit of a message, and of a batch of them: messages and attributes.
std::size_t notification_bytes(const Notification& notification);
inline constexpr std::size_t kMaxNotificationBytes = 262'144;  // AWS: SNS Publish, PublishBatch

// Subscriptions that are not confirmed, and those whose filter policy does not accept it, get nothing.
// Errors: invalid (message empty or over 256 KiB, subject over 100 characters), not_found (no such topic).
Result<Published> publish(const Topology& topology, const Notification& notification, int depth, WallTime now,
                          Random& random, store::Journal& journal, TopicProbe* probe = nullptr);

}  // namespace waybill::topic
