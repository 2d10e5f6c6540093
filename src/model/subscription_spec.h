// One subscription of a topic: who is told, of what, and in which form.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "model/delivery_policy.h"
#include "model/ids.h"
#include "model/resource.h"

namespace waybill {

namespace pattern {
class Pattern;
}

enum class FilterScope { attributes, body };

struct SubscriptionSpec {
  std::string arn;
  ResourceKey row;       // where the catalog has it
  std::string protocol;  // email, https, …
  std::string address;
  EndpointId endpoint;
  bool confirmed = true;  // false: its receiver was not asked yet, or has not agreed; it gets no notifications
  bool raw = false;       // RawMessageDelivery: the message itself
  FilterScope filter_scope = FilterScope::attributes;
  std::shared_ptr<const pattern::Pattern> filter;  // null: every notification
  DeliveryPolicy policy;                           // its own over the topic's
  std::string dlq_arn;                             // of its RedrivePolicy
  int signature_version = 1;                       // of its topic
};

// Whether a receiver must agree before it is told anything. None: nobody must.
using NeedsConfirmation = std::function<bool(const std::string& protocol, const std::string& address)>;

// Reads what the catalog has of a subscription: its properties, and what is kept of its confirmation. `endpoint` stays
// unset. Errors: invalid, naming the property.
Result<SubscriptionSpec> read_subscription(std::string arn, const nlohmann::json& body, const nlohmann::json& state,
                                           const nlohmann::json& topic, const NeedsConfirmation& needs_confirmation);

// What is kept in the row's state (CatalogRow::state): the address that agreed, the one that was asked, and by which
// token. An address that changes is asked anew.
namespace subscription_state {
inline constexpr const char* kConfirmed = "ConfirmedAddress";
inline constexpr const char* kAsked = "AskedAddress";
inline constexpr const char* kToken = "Token";
}  // namespace subscription_state

}  // namespace waybill
