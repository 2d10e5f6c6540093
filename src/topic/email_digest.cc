#include "topic/email_digest.h"

#include <algorithm>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/json_tree.h"

namespace waybill::topic {

namespace {

using DigestJson = nlohmann::ordered_json;

// Publishers write the Type first, as join() does, and no publisher chooses it.
constexpr std::string_view kDigestHead = R"({"Type":"Digest",)";

std::size_t body_size(const Outgoing& outgoing) { return outgoing.notification.body.size(); }

std::string digest_text(const DigestJson& json) {
  return json.dump(-1, ' ', false, DigestJson::error_handler_t::replace);
}

// A body that is no JSON cannot be; it would still be told, as the text it is.
DigestJson member_of(const Outgoing& outgoing) {
  DigestJson notification = parse_json<DigestJson>(outgoing.notification.body);
  if (notification.is_discarded()) notification = outgoing.notification.body;
  return {{"AcceptedAt", to_millis(outgoing.notification.accepted_at)},
          {"IngestedAt", to_millis(outgoing.delivery.ingested_at)},
          {"Depth", outgoing.delivery.depth},
          {"Notification", std::move(notification)}};
}

// The delivery that takes the place of these.
Delivery joint_delivery(const std::vector<Outgoing>& group, PayloadId payload, const NextId& next_id) {
  Delivery joint = group.front().delivery;
  for (const Outgoing& each : group) {
    joint.key.due = std::min(joint.key.due, each.delivery.key.due);
    joint.ingested_at = std::min(joint.ingested_at, each.delivery.ingested_at);
    joint.attempts = std::max(joint.attempts, each.delivery.attempts);
    joint.depth = std::max(joint.depth, each.delivery.depth);
    if (joint.last_error.empty()) joint.last_error = each.delivery.last_error;
  }
  joint.key.due -= Millis{1};
  joint.key.id = DeliveryId{next_id()};
  joint.payload = payload;
  return joint;
}

void add_digest(const std::vector<Outgoing>& group, const NextId& next_id, Regrouped& regrouped) {
  const Payload& first = group.front().notification;
  if (group.size() == 1) {  // its payload is stored already, and stays
    Delivery delivery = joint_delivery(group, first.id, next_id);
    regrouped.changes.add(store::InsertDelivery{delivery});
    regrouped.deliveries.push_back({std::move(delivery), std::make_shared<const Payload>(first)});
    return;
  }
  DigestJson body{{"Type", "Digest"}, {"TopicArn", first.origin}, {"Notifications", DigestJson::array()}};
  WallTime newest = first.accepted_at;
  for (const Outgoing& each : group) {
    body["Notifications"].push_back(member_of(each));
    newest = std::max(newest, each.notification.accepted_at);
  }
  auto payload = std::make_shared<const Payload>(
      Payload{PayloadId{next_id()}, PayloadKind::notification, newest, first.origin, digest_text(body)});
  Delivery delivery = joint_delivery(group, payload->id, next_id);
  regrouped.changes.add(store::InsertPayload{payload});
  regrouped.changes.add(store::InsertDelivery{delivery});
  regrouped.deliveries.push_back({std::move(delivery), std::move(payload)});
}

DigestJson members_of(const Payload& digest) {
  const DigestJson body = parse_json<DigestJson>(digest.body, kMaxPayloadDepth);
  const auto found = body.is_object() ? body.find("Notifications") : body.end();
  return found == body.end() ? DigestJson::array() : *found;
}

Payload payload_of_member(const DigestJson& member, const Payload& digest) {
  const DigestJson& notification = member.at("Notification");
  return {digest.id, digest.kind, from_millis(member.value("AcceptedAt", std::int64_t{0})), digest.origin,
          notification.is_string() ? notification.get<std::string>() : digest_text(notification)};
}

}  // namespace

bool is_digest(const Payload& payload) { return payload.body.starts_with(kDigestHead); }

std::vector<Payload> notifications_in(const Payload& digest) {
  std::vector<Payload> notifications;
  if (!is_digest(digest)) return notifications;
  for (const DigestJson& member : members_of(digest)) notifications.push_back(payload_of_member(member, digest));
  return notifications;
}

Regrouped join(const std::vector<Outgoing>& outgoing, DigestLimits limits, const NextId& next_id) {
  Regrouped regrouped;
  std::vector<Outgoing> group;
  std::size_t bytes = 0;
  for (const Outgoing& each : outgoing) {
    if (!group.empty() && bytes + body_size(each) > limits.bytes) {
      add_digest(group, next_id, regrouped);
      group.clear();
      bytes = 0;
    }
    group.push_back(each);
    bytes += body_size(each);
  }
  if (!group.empty()) add_digest(group, next_id, regrouped);
  return regrouped;
}

Regrouped split(const Outgoing& digest, const NextId& next_id) {
  Regrouped regrouped;
  for (const DigestJson& member : members_of(digest.notification)) {
    Payload notification = payload_of_member(member, digest.notification);
    notification.id = PayloadId{next_id()};
    auto payload = std::make_shared<const Payload>(std::move(notification));
    Delivery delivery = digest.delivery;
    delivery.key.id = DeliveryId{next_id()};
    delivery.payload = payload->id;
    delivery.attempts = 0;
    delivery.depth = member.value("Depth", digest.delivery.depth);
    delivery.ingested_at = from_millis(member.value("IngestedAt", to_millis(digest.delivery.ingested_at)));
    delivery.last_error.clear();
    regrouped.changes.add(store::InsertPayload{payload});
    regrouped.changes.add(store::InsertDelivery{delivery});
    regrouped.deliveries.push_back({std::move(delivery), std::move(payload)});
  }
  return regrouped;
}

}  // namespace waybill::topic
