// Subscribe, ConfirmSubscription, Unsubscribe, the lists of subscriptions and their attributes.
#include <algorithm>
#include <array>

#include "api/sns/sns_rows.h"
#include "net/smtp.h"
#include "topic/filter_policy.h"
#include "topic/subscription_checks.h"

namespace waybill::api {

namespace {

constexpr std::array<const char*, 6> kSubscriptionAttributes{"FilterPolicy",       "FilterPolicyScope",
                                                             "RawMessageDelivery", "RedrivePolicy",
                                                             "DeliveryPolicy",     "SubscriptionRoleArn"};
constexpr const char* kPending = "PendingConfirmation";

control::Answer<> check_receiver(const std::string& protocol, const std::string& endpoint) {
  constexpr std::array kKnown{"http", "https", "email", "email-json", "sqs", "lambda"};
  if (std::find(kKnown.begin(), kKnown.end(), protocol) == kKnown.end()) {
    return sns_invalid("Protocol Reason: Waybill does not support the protocol \"" + protocol +
                       "\"; it has http, https, email, email-json, sqs and lambda");
  }
  const bool is_mail = protocol == "email" || protocol == "email-json";
  const Status fine = is_mail ? net::check_mail_address(endpoint) : topic::check_address(protocol, endpoint);
  if (!fine) return sns_invalid("Endpoint Reason: " + fine.error().message);
  return {};
}

// scope: of the subscription as it will be, for a filter policy.
control::Answer<> check_subscription_attribute(const std::string& name, const std::string& value, FilterScope scope) {
  if (std::find(kSubscriptionAttributes.begin(), kSubscriptionAttributes.end(), name) ==
      kSubscriptionAttributes.end()) {
    return sns_invalid("AttributeName");
  }
  Status fine;
  if (name == "FilterPolicy" && !value.empty()) fine = topic::check_filter_policy(value, scope);
  if (name == "DeliveryPolicy" && !value.empty()) fine = topic::check_delivery_policy(value);
  if (name == "RedrivePolicy" && !value.empty()) {
    fine = topic::check_redrive_policy(value, topic::DeadLetterTargetKinds::queues);
  }
  if (name == "RawMessageDelivery" && value != "true" && value != "false") fine = invalid("it must be true or false");
  if (!fine) return sns_invalid(name + ": " + fine.error().message);
  return {};
}

control::Answer<FilterScope> scope_in(const SnsJson& body) {
  const std::string name = sns_property(body, "FilterPolicyScope");
  if (name.empty()) return FilterScope::attributes;
  const auto scope = topic::filter_scope(name);
  if (!scope) return sns_invalid("FilterPolicyScope: " + scope.error().message);
  return *scope;
}

// The whole body as it will be: a scope that changes must fit the filter policy that stays.
control::Answer<> check_attributes(const SnsJson& body) {
  WAYBILL_TRY(const FilterScope scope, scope_in(body));
  for (const char* name : kSubscriptionAttributes) {
    if (body.contains(name)) {
      WAYBILL_CHECK(check_subscription_attribute(name, sns_property(body, name), scope));
    }
  }
  return {};
}

const SubscriptionSpec* same_receiver(const TopicSpec* topic, const std::string& protocol,
                                      const std::string& endpoint) {
  if (!topic) return nullptr;
  for (const SubscriptionSpec& each : topic->subscriptions) {
    if (each.protocol == protocol && each.address == endpoint) return &each;
  }
  return nullptr;
}

// A receiver that subscribes again before it agreed is asked again.
control::Answer<control::Edit> ask_again(const Catalog& catalog, const SubscriptionSpec& present, const SnsJson& body) {
  const CatalogRow& row = *catalog.at(present.row);
  for (const char* name : kSubscriptionAttributes) {
    if (body.contains(name) && sns_property(body, name) != sns_property(row.body, name)) {
      return sns_invalid("Attributes Reason: Subscription already exists with different attributes");
    }
  }
  control::Edit edit;
  if (present.confirmed) return edit;
  Resource put = row.resource;
  SnsJson state = row.state;
  state.erase(subscription_state::kAsked);
  put.state = state.dump();
  edit.puts.push_back(std::move(put));
  return edit;
}

std::string listed_arn(const SubscriptionSpec& spec) { return spec.confirmed ? spec.arn : kPending; }

SnsAnswer list_of(const std::vector<std::pair<const TopicSpec*, const SubscriptionSpec*>>& subscriptions,
                  const std::string& token) {
  std::vector<std::string> names;
  for (const auto& [topic, spec] : subscriptions) names.push_back(spec->arn);
  WAYBILL_TRY(const SnsPage page, sns_page(names, token));
  Xml xml;
  xml.open("Subscriptions");
  for (std::size_t i = page.begin; i < page.end; ++i) {
    const auto& [topic, spec] = subscriptions[i];
    xml.open("member").text("TopicArn", topic->arn).text("Protocol", spec->protocol);
    xml.text("SubscriptionArn", listed_arn(*spec)).text("Owner", spec->row.account);
    xml.text("Endpoint", spec->address).close("member");
  }
  xml.close("Subscriptions");
  if (!page.next_token.empty()) xml.text("NextToken", page.next_token);
  return xml.str();
}

void sort_by_arn(std::vector<std::pair<const TopicSpec*, const SubscriptionSpec*>>& list) {
  std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.second->arn < b.second->arn; });
}

}  // namespace

SnsAnswer sns_subscribe(const SnsCall& call) {
  const std::string topic_arn = call.query.text("TopicArn");
  const std::string protocol = call.query.text("Protocol"), endpoint = call.query.text("Endpoint");
  WAYBILL_CHECK(check_receiver(protocol, endpoint));
  SnsJson body{{"TopicArn", topic_arn}, {"Protocol", protocol}, {"Endpoint", endpoint}};
  for (const auto& [name, value] : call.query.map("Attributes")) {
    WAYBILL_CHECK(check_subscription_attribute(name, value, FilterScope::body));
    body[name] = value;
  }
  WAYBILL_CHECK(check_attributes(body));
  const std::string id = uuid_v4(call.ports.random);
  std::string arn = topic_arn + ":" + id;
  body["Arn"] = arn;
  WAYBILL_CHECK(sns_edit(call, [&](const Catalog& catalog) -> control::Answer<control::Edit> {
    WAYBILL_TRY(const CatalogRowPtr topic, sns_topic(catalog, topic_arn));
    const auto topology = call.ports.topology.get();
    if (const auto* present = same_receiver(topology->topic(topic_arn), protocol, endpoint)) {
      arn = present->arn;
      return ask_again(catalog, *present, body);
    }
    const ResourceKey& of_topic = topic->resource.key;
    control::Edit edit;
    edit.puts.push_back({{of_topic.account, of_topic.region, kSubscriptionKind, id}, "", body.dump()});
    return edit;
  }));
  const auto topology = call.ports.topology.get();
  WAYBILL_TRY(const SubscriptionSpec spec, sns_subscription(*topology, arn));
  const bool told = spec.confirmed || call.query.text("ReturnSubscriptionArn") == "true";
  return Xml().text("SubscriptionArn", told ? arn : "pending confirmation").str();
}

SnsAnswer sns_confirm_subscription(const SnsCall& call) {
  const std::string topic_arn = call.query.text("TopicArn");
  WAYBILL_CHECK(sns_topic_key(topic_arn));
  const auto arn = call.ports.subscriptions.confirm(topic_arn, call.query.text("Token"));
  if (!arn) return sns_fault(arn.error());
  return Xml().text("SubscriptionArn", *arn).str();
}

SnsAnswer sns_unsubscribe(const SnsCall& call) {
  const std::string arn = call.query.text("SubscriptionArn");
  const auto topology = call.ports.topology.get();
  const auto present = sns_subscription(*topology, arn);
  if (!present && present.error().status == 404) return std::string();  // AWS: gone is gone
  if (!present) return present.error();
  const Status done = call.ports.subscriptions.unsubscribe(arn);
  if (!done && done.error().code != ErrorCode::not_found) return sns_fault(done.error());
  return std::string();
}

SnsAnswer sns_list_subscriptions(const SnsCall& call) {
  const auto topology = call.ports.topology.get();
  std::vector<std::pair<const TopicSpec*, const SubscriptionSpec*>> list;
  for (const auto& [arn, topic] : topology->topics()) {
    if (!arn.starts_with(call.place.topic(""))) continue;
    for (const SubscriptionSpec& each : topic.subscriptions) list.emplace_back(&topic, &each);
  }
  sort_by_arn(list);
  return list_of(list, call.query.text("NextToken"));
}

SnsAnswer sns_list_subscriptions_by_topic(const SnsCall& call) {
  const std::string arn = call.query.text("TopicArn");
  WAYBILL_CHECK(sns_topic_key(arn));
  const auto topology = call.ports.topology.get();
  const TopicSpec* topic = topology->topic(arn);
  if (!topic) return sns_not_found("Topic does not exist");
  std::vector<std::pair<const TopicSpec*, const SubscriptionSpec*>> list;
  for (const SubscriptionSpec& each : topic->subscriptions) list.emplace_back(topic, &each);
  sort_by_arn(list);
  return list_of(list, call.query.text("NextToken"));
}

SnsAnswer sns_get_subscription_attributes(const SnsCall& call) {
  const auto topology = call.ports.topology.get();
  const auto catalog = call.ports.book.get();
  WAYBILL_TRY(const SubscriptionSpec spec, sns_subscription(*topology, call.query.text("SubscriptionArn")));
  const auto row = catalog->find(spec.row);
  if (row == catalog->end()) return sns_not_found("Subscription does not exist");
  std::vector<std::pair<std::string, std::string>> attributes{
      {"SubscriptionArn", spec.arn},
      {"TopicArn", spec.arn.substr(0, spec.arn.rfind(':'))},
      {"Owner", spec.row.account},
      {"Protocol", spec.protocol},
      {"Endpoint", spec.address},
      {"PendingConfirmation", spec.confirmed ? "false" : "true"},
      {"ConfirmationWasAuthenticated", "false"},
      {"RawMessageDelivery", spec.raw ? "true" : "false"}};
  for (const char* name : kSubscriptionAttributes) {
    const std::string value = sns_property(row->second->body, name);
    if (!value.empty() && std::string_view(name) != "RawMessageDelivery") attributes.emplace_back(name, value);
  }
  if (spec.filter && !row->second->body.contains("FilterPolicyScope")) {
    attributes.emplace_back("FilterPolicyScope", "MessageAttributes");
  }
  return sns_attributes(attributes);
}

SnsAnswer sns_set_subscription_attributes(const SnsCall& call) {
  const std::string name = call.query.text("AttributeName"), value = call.query.text("AttributeValue");
  WAYBILL_CHECK(check_subscription_attribute(name, value, FilterScope::body));
  WAYBILL_CHECK(sns_edit(call, [&](const Catalog& catalog) -> control::Answer<control::Edit> {
    const auto topology = call.ports.topology.get();
    WAYBILL_TRY(const SubscriptionSpec spec, sns_subscription(*topology, call.query.text("SubscriptionArn")));
    const auto row = catalog.find(spec.row);
    if (row == catalog.end()) return sns_not_found("Subscription does not exist");
    SnsJson body = row->second->body;
    body.erase(name);
    if (!value.empty()) body[name] = value;
    WAYBILL_CHECK(check_attributes(body));
    control::Edit edit;
    edit.puts.push_back(sns_changed(*row->second, body));
    return edit;
  }));
  return std::string();
}

}  // namespace waybill::api
