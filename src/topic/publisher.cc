#include "topic/publisher.h"

#include <nlohmann/json.hpp>

namespace waybill::topic {

namespace {

constexpr std::size_t kMaxMessageBytes = 262'144;  // AWS: SNS Publish
constexpr std::size_t kMaxSubject = 100;

std::string payload_body(const Notification& notification, const std::string& message_id, WallTime now) {
  nlohmann::ordered_json body;
  body["Type"] = "Notification";
  body["MessageId"] = message_id;
  body["TopicArn"] = notification.topic_arn;
  if (!notification.subject.empty()) body["Subject"] = notification.subject;
  body["Message"] = notification.message;
  body["Timestamp"] = iso8601_millis(now);
  for (const auto& [name, value] : notification.attributes) {
    body["MessageAttributes"][name] = {{"Type", "String"}, {"Value", value}};
  }
  return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Status check(const Notification& notification) {
  if (notification.message.empty())
    return invalid("Invalid parameter: Message: it is empty; send at least one character");
  if (notification.message.size() > kMaxMessageBytes) {
    return invalid("Invalid parameter: Message too long: " + std::to_string(notification.message.size()) +
                   " bytes; at most " + std::to_string(kMaxMessageBytes));
  }
  if (notification.subject.size() > kMaxSubject) {
    return invalid("Invalid parameter: Subject: " + std::to_string(notification.subject.size()) +
                   " characters; at most " + std::to_string(kMaxSubject));
  }
  return {};
}

}  // namespace

Result<Published> publish(const Topology& topology, const Notification& notification, int depth, WallTime now,
                          Random& random, store::Journal& journal) {
  const TopicSpec* topic = topology.topic(notification.topic_arn);
  if (!topic) return not_found("Topic does not exist: " + notification.topic_arn);
  WAYBILL_CHECK(check(notification));
  Published published;
  published.message_id = uuid_v7(now, random);
  if (topic->subscriptions.empty()) return published;
  auto payload =
      std::make_shared<const Payload>(Payload{PayloadId{journal.next_sequence()}, PayloadKind::notification, now,
                                              topic->arn, payload_body(notification, published.message_id, now)});
  published.changes.add(store::InsertPayload{payload});
  for (const SubscriptionSpec& subscription : topic->subscriptions) {
    Delivery delivery{
        {subscription.endpoint, now, DeliveryId{journal.next_sequence()}}, payload->id, 0, depth, now, ""};
    published.changes.add(store::InsertDelivery{delivery});
    published.deliveries.push_back({std::move(delivery), payload});
  }
  return published;
}

}  // namespace waybill::topic
