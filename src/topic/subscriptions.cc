#include "topic/subscriptions.h"

#include "base/log.h"
#include "topic/envelope.h"

namespace waybill::topic {

namespace {

Resource with_state(const CatalogRow& row, const nlohmann::json& state) {
  Resource put = row.resource;
  put.state = state.dump();
  return put;
}

// Takes the same time wherever the texts differ.
bool same_token(const std::string& a, const std::string& b) {
  if (a.empty() || a.size() != b.size()) return false;
  unsigned char different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) different |= static_cast<unsigned char>(a[i] ^ b[i]);
  return different == 0;
}

}  // namespace

Status Subscriptions::ask_all(Whom whom) {
  return ports_.book.edit([this, whom](const Catalog& catalog) -> Result<control::Edit> {
    control::Edit edit;
    std::vector<NewDelivery> deliveries;
    const auto topology = ports_.topology.get();
    for (const auto& [arn, topic] : topology->topics()) {
      for (const SubscriptionSpec& each : topic.subscriptions) {
        const auto row = catalog.find(each.row);
        if (each.confirmed || row == catalog.end()) continue;
        const bool was_asked = row->second->state.value(subscription_state::kAsked, "") == each.address;
        if (was_asked && (whom == Whom::new_ones || ports_.is_under_way(each.endpoint))) continue;
        WAYBILL_CHECK(ask(each, arn, *row->second, edit, deliveries));
      }
    }
    edit.committed = [committed = ports_.committed, deliveries = std::move(deliveries)]() mutable {
      if (!deliveries.empty()) committed(std::move(deliveries));
    };
    return edit;
  });
}

Status Subscriptions::ask(const SubscriptionSpec& subscription, const std::string& topic_arn, const CatalogRow& row,
                          control::Edit& edit, std::vector<NewDelivery>& deliveries) const {
  const WallTime now = ports_.clock.now();
  nlohmann::json state = row.state;
  std::string token;
  if (state.value(subscription_state::kAsked, "") == subscription.address) {
    token = state.value(subscription_state::kToken, "");
  }
  if (token.empty()) {
    WAYBILL_TRY(token, ports_.make_token());
  }
  state[subscription_state::kAsked] = subscription.address;
  state[subscription_state::kToken] = token;
  edit.puts.push_back(with_state(row, state));
  const std::string body = confirmation_request(topic_arn, uuid_v7(now, ports_.random), token, now).dump();
  auto payload = std::make_shared<const Payload>(
      Payload{PayloadId{ports_.journal.next_sequence()}, PayloadKind::notification, now, topic_arn, body});
  Delivery delivery{
      {subscription.endpoint, now, DeliveryId{ports_.journal.next_sequence()}}, payload->id, 0, 0, now, ""};
  edit.more.add(store::InsertPayload{payload});
  edit.more.add(store::InsertDelivery{delivery});
  deliveries.push_back({std::move(delivery), std::move(payload)});
  spdlog::info("the receiver of the subscription {} is asked to confirm it", subscription.arn);
  return {};
}

Result<std::string> Subscriptions::confirm(const std::string& topic_arn, const std::string& token) {
  std::string confirmed;
  WAYBILL_CHECK(ports_.book.edit([&](const Catalog& catalog) -> Result<control::Edit> {
    const auto topology = ports_.topology.get();
    const TopicSpec* topic = topology->topic(topic_arn);
    if (!topic) return not_found("Topic does not exist");
    for (const SubscriptionSpec& each : topic->subscriptions) {
      const auto row = catalog.find(each.row);
      if (row == catalog.end()) continue;
      nlohmann::json state = row->second->state;
      if (!same_token(state.value(subscription_state::kToken, ""), token)) continue;
      confirmed = each.arn;
      control::Edit edit;
      // A token is for the address that it was sent to.
      if (state.value(subscription_state::kAsked, "") != each.address) return invalid("Invalid token");
      if (state.value(subscription_state::kConfirmed, "") == each.address) return edit;
      state[subscription_state::kConfirmed] = each.address;
      edit.puts.push_back(with_state(*row->second, state));
      return edit;
    }
    return invalid("Invalid token");
  }));
  return confirmed;
}

Status Subscriptions::unsubscribe(const std::string& subscription_arn) {
  return ports_.book.edit([&](const Catalog&) -> Result<control::Edit> {
    const auto topology = ports_.topology.get();
    for (const auto& [arn, topic] : topology->topics()) {
      if (!subscription_arn.starts_with(arn + ":")) continue;
      for (const SubscriptionSpec& each : topic.subscriptions) {
        if (each.arn != subscription_arn) continue;
        control::Edit edit;
        edit.deletes.push_back(each.row);
        return edit;
      }
    }
    return not_found("Subscription does not exist");
  });
}

}  // namespace waybill::topic
