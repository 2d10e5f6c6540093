#include "model/subscription_spec.h"

#include <nlohmann/json.hpp>

#include "pattern/pattern.h"

namespace waybill {

namespace {

using SubscriptionJson = nlohmann::json;

// An attribute of the API is a text, a property of a template may be the value itself.
std::string text_or_dump(const SubscriptionJson& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

Result<DeliveryPolicy> delivery_policy_of(const SubscriptionJson& holder) {
  const std::string text = text_or_dump(holder, "DeliveryPolicy");
  if (text.empty()) return DeliveryPolicy{};
  auto policy = DeliveryPolicy::parse(text);
  if (!policy) return invalid("DeliveryPolicy: " + policy.error().message);
  return policy;
}

// A subscription's own wins, member by member.
DeliveryPolicy over(DeliveryPolicy own, const DeliveryPolicy& of_topic) {
  if (!own.retry) own.retry = of_topic.retry;
  if (own.most_per_second <= 0) own.most_per_second = of_topic.most_per_second;
  if (own.content_type.empty()) own.content_type = of_topic.content_type;
  return own;
}

std::string dead_letter_target(const SubscriptionJson& body) {
  const auto policy = SubscriptionJson::parse(text_or_dump(body, "RedrivePolicy"), nullptr, false);
  return policy.is_object() ? text_or_dump(policy, "deadLetterTargetArn") : std::string();
}

}  // namespace

Result<SubscriptionSpec> read_subscription(std::string arn, const SubscriptionJson& body, const SubscriptionJson& state,
                                           const SubscriptionJson& topic, const NeedsConfirmation& needs_confirmation) {
  SubscriptionSpec spec;
  spec.arn = std::move(arn);
  spec.protocol = text_or_dump(body, "Protocol");
  spec.address = text_or_dump(body, "Endpoint");
  const bool must_agree = needs_confirmation && needs_confirmation(spec.protocol, spec.address);
  spec.confirmed = !must_agree || text_or_dump(state, subscription_state::kConfirmed) == spec.address;
  spec.raw = text_or_dump(body, "RawMessageDelivery") == "true";
  if (text_or_dump(body, "FilterPolicyScope") == "MessageBody") spec.filter_scope = FilterScope::body;
  const std::string filter = text_or_dump(body, "FilterPolicy");
  const auto conditions = SubscriptionJson::parse(filter, nullptr, false);
  if (!filter.empty() && !(conditions.is_object() && conditions.empty())) {
    auto pattern = pattern::Pattern::parse(filter);
    if (!pattern) return invalid("subscription " + spec.arn + ": FilterPolicy: " + pattern.error().message);
    spec.filter = std::make_shared<const pattern::Pattern>(std::move(*pattern));
  }
  auto own = delivery_policy_of(body);
  auto of_topic = delivery_policy_of(topic);
  if (!own) return invalid("subscription " + spec.arn + ": " + own.error().message);
  if (!of_topic) return invalid("topic of the subscription " + spec.arn + ": " + of_topic.error().message);
  spec.policy = over(std::move(*own), *of_topic);
  spec.dlq_arn = dead_letter_target(body);
  spec.signature_version = text_or_dump(topic, "SignatureVersion") == "2" ? 2 : 1;
  return spec;
}

}  // namespace waybill
