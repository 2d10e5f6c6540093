#include "topic/publisher.h"

#include <nlohmann/json.hpp>

#include "base/code_points.h"
#include "topic/filter_policy.h"

namespace waybill::topic {

namespace {

constexpr std::int64_t kMaxSubject = 100;

std::string payload_body(const Notification& notification, const std::string& message, const std::string& message_id,
                         WallTime now) {
  nlohmann::ordered_json body;
  body["Type"] = "Notification";
  body["MessageId"] = message_id;
  body["TopicArn"] = notification.topic_arn;
  if (!notification.subject.empty()) body["Subject"] = notification.subject;
  body["Message"] = message;
  body["Timestamp"] = iso8601_millis(now);
  for (const MessageAttribute& attribute : notification.attributes) {
    body["MessageAttributes"][attribute.name] = {{"Type", attribute.type}, {"Value", attribute.value}};
  }
  return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Status check_notification(const Notification& notification) {
  if (notification.message.empty())
    return invalid("Invalid parameter: Message: it is empty; send at least one character");
  const std::size_t size = notification_bytes(notification);
  if (size > kMaxNotificationBytes) {
    return invalid("Invalid parameter: Message too long: " + std::to_string(size) + " bytes; at most " +
                   std::to_string(kMaxNotificationBytes));
  }
  if (const std::int64_t length = code_points(notification.subject); length > kMaxSubject) {
    return invalid("Invalid parameter: Subject: " + std::to_string(length) + " characters; at most " +
                   std::to_string(kMaxSubject));
  }
  return {};
}

// The payloads of one notification: one for each message that differs by protocol, made when first asked for.
class Payloads {
 public:
  Payloads(const Notification& notification, Published& published, WallTime now, store::Journal& journal)
      : notification_(notification), published_(published), now_(now), journal_(journal) {}

  PayloadPtr of(const std::string& protocol) {
    const auto own = notification_.by_protocol.find(protocol);
    const std::string& message = own == notification_.by_protocol.end() ? notification_.message : own->second;
    PayloadPtr& payload = made_[&message];
    if (payload) return payload;
    payload = std::make_shared<const Payload>(
        Payload{PayloadId{journal_.next_sequence()}, PayloadKind::notification, now_, notification_.topic_arn,
                payload_body(notification_, message, published_.message_id, now_)});
    published_.changes.add(store::InsertPayload{payload});
    return payload;
  }

 private:
  const Notification& notification_;
  Published& published_;
  const WallTime now_;
  store::Journal& journal_;
  std::map<const std::string*, PayloadPtr> made_;
};

}  // namespace

std::size_t notification_bytes(const Notification& notification) {
  std::size_t size = notification.message.size();
  for (const auto& [protocol, message] : notification.by_protocol) size += message.size();
  for (const MessageAttribute& each : notification.attributes) {
    size += each.name.size() + each.value.size() + each.type.size();
  }
  return size;
}

Result<Published> publish(const Topology& topology, const Notification& notification, int depth, WallTime now,
                          Random& random, store::Journal& journal, TopicProbe* probe) {
  const TopicSpec* topic = topology.topic(notification.topic_arn);
  if (!topic) return not_found("Topic does not exist: " + notification.topic_arn);
  WAYBILL_CHECK(check_notification(notification));
  Published published;
  published.message_id = uuid_v7(now, random);
  Payloads payloads(notification, published, now, journal);
  FilterInput filter_input(notification);
  for (const SubscriptionSpec& subscription : topic->subscriptions) {
    if (!subscription.confirmed) continue;
    if (!filter_input.passes(subscription)) {
      if (probe) probe->filtered(subscription);
      continue;
    }
    const PayloadPtr payload = payloads.of(subscription.protocol);
    Delivery delivery{
        {subscription.endpoint, now, DeliveryId{journal.next_sequence()}}, payload->id, 0, depth, now, ""};
    published.changes.add(store::InsertDelivery{delivery});
    published.deliveries.push_back({std::move(delivery), payload});
  }
  return published;
}

}  // namespace waybill::topic
