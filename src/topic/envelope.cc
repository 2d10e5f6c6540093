#include "topic/envelope.h"

#include <array>
#include <span>

#include "net/url.h"

namespace waybill::topic {

namespace {

void append_signed_member(const NotificationJson& message, const char* name, std::string& into) {
  const auto found = message.find(name);
  if (found == message.end() || !found->is_string()) return;
  into.append(name).append("\n").append(found->get_ref<const std::string&>()).append("\n");
}

}  // namespace

std::string subscribe_url(std::string_view public_url, std::string_view topic_arn, std::string_view token) {
  return std::string(public_url) + "/?Action=ConfirmSubscription&TopicArn=" + net::percent_encode(topic_arn) +
         "&Token=" + net::percent_encode(token);
}

std::string unsubscribe_url(std::string_view public_url, std::string_view subscription_arn) {
  return std::string(public_url) + "/?Action=Unsubscribe&SubscriptionArn=" + net::percent_encode(subscription_arn);
}

std::string certificate_path(std::string_view certificate_id) {
  return "/SimpleNotificationService-" + std::string(certificate_id) + ".pem";
}

std::string string_to_sign(const NotificationJson& message) {
  std::string text;
  const bool is_notification = message.value("Type", "") == kNotificationType;
  static constexpr std::array kOfNotification = {"Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"};
  static constexpr std::array kOfHandshake = {"Message", "MessageId", "SubscribeURL", "Timestamp",
                                              "Token",   "TopicArn",  "Type"};
  const auto names = is_notification ? std::span<const char* const>(kOfNotification) : kOfHandshake;
  for (const char* name : names) append_signed_member(message, name, text);
  return text;
}

Result<std::string> signed_envelope(const NotificationJson& stored, const SubscriptionSpec& subscription,
                                    std::string_view public_url, SigningKey& key) {
  NotificationJson envelope = stored;
  NotificationJson attributes;
  if (envelope.contains("MessageAttributes")) {  // the last member
    attributes = std::move(envelope["MessageAttributes"]);
    envelope.erase("MessageAttributes");
  }
  const bool is_notification = envelope.value("Type", "") == kNotificationType;
  if (!is_notification) {
    envelope["SubscribeURL"] = subscribe_url(public_url, envelope.value("TopicArn", ""), envelope.value("Token", ""));
  }
  WAYBILL_TRY(const SigningKey::Certificate certificate, key.certificate());
  envelope["SignatureVersion"] = std::to_string(subscription.signature_version);
  WAYBILL_TRY(std::string signature, key.sign(string_to_sign(envelope), subscription.signature_version));
  envelope["Signature"] = std::move(signature);
  envelope["SigningCertURL"] = std::string(public_url) + certificate_path(certificate.id);
  if (is_notification) envelope["UnsubscribeURL"] = unsubscribe_url(public_url, subscription.arn);
  if (!attributes.is_null()) envelope["MessageAttributes"] = std::move(attributes);
  return envelope.dump(2, ' ', false, NotificationJson::error_handler_t::replace);
}

std::string idempotency_key(std::string_view message_id, std::string_view subscription_arn) {
  return sha256_hex(std::string(message_id) + "\n" + std::string(subscription_arn)).substr(0, 32);
}

NotificationJson confirmation_request(std::string_view topic_arn, std::string_view message_id, std::string_view token,
                                      WallTime now) {
  NotificationJson body;
  body["Type"] = kConfirmationType;
  body["MessageId"] = message_id;
  body["Token"] = token;
  body["TopicArn"] = topic_arn;
  body["Message"] = "You have chosen to subscribe to the topic " + std::string(topic_arn) +
                    ".\nTo confirm the subscription, visit the SubscribeURL included in this message.";
  body["Timestamp"] = iso8601_millis(now);
  return body;
}

}  // namespace waybill::topic
