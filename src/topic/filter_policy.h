// Filter policies of subscriptions: which notifications a subscription wants. AWS: SNS subscription filter policies,
// over the attributes of a message, or over its body.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/subscription_spec.h"
#include "pattern/flat_event.h"

namespace waybill::topic {

struct Notification;

// What SNS refuses when a policy is set. Error: invalid, with the reason alone.
Status check_filter_policy(std::string_view policy, FilterScope scope);

// One notification as filter policies see it; read once, when the first policy asks. Lives as long as what it was made
// of, on one thread.
class FilterInput {
 public:
  explicit FilterInput(const Notification& notification) : notification_(notification) {}

  // Without a policy every notification passes. With one over the body, a message that is no JSON object does not.
  bool passes(const SubscriptionSpec& subscription);

 private:
  // A JSON object, and what the patterns look at; nothing when it is none.
  struct Document {
    std::string text;
    std::optional<pattern::FlatEvent> flat;
  };
  const Document& document(FilterScope scope);

  const Notification& notification_;
  std::optional<Document> attributes_, body_;
};

}  // namespace waybill::topic
