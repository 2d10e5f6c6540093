// What a web server gets of a notification: the JSON document that SNS posts, signed. Pure but for the signature.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "model/subscription_spec.h"
#include "topic/signing_key.h"

namespace waybill::topic {

using NotificationJson = nlohmann::ordered_json;

// Types of what is stored for a subscription (PayloadKind::notification).
inline constexpr std::string_view kNotificationType = "Notification";
inline constexpr std::string_view kConfirmationType = "SubscriptionConfirmation";

// The addresses that receivers are given. public_url: how receivers reach the daemon, without a slash at its end.
std::string subscribe_url(std::string_view public_url, std::string_view topic_arn, std::string_view token);
std::string unsubscribe_url(std::string_view public_url, std::string_view subscription_arn);
std::string certificate_path(std::string_view certificate_id);  // "/SimpleNotificationService-<id>.pem"

// AWS: "Verifying the signatures of Amazon SNS messages": names and values of some members, each on a line of its own.
std::string string_to_sign(const NotificationJson& message);

// What is stored with SubscribeURL or UnsubscribeURL, SignatureVersion, Signature and SigningCertURL, as text. Errors:
// of the key.
Result<std::string> signed_envelope(const NotificationJson& stored, const SubscriptionSpec& subscription,
                                    std::string_view public_url, SigningKey& key);

// The same for one notification and subscription for ever: what a receiver may know repetitions by.
std::string idempotency_key(std::string_view message_id, std::string_view subscription_arn);

// What is stored to ask a subscription's receiver whether it agrees.
NotificationJson confirmation_request(std::string_view topic_arn, std::string_view message_id, std::string_view token,
                                      WallTime now);

}  // namespace waybill::topic
