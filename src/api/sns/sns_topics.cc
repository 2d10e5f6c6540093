// CreateTopic, DeleteTopic, ListTopics, GetTopicAttributes, SetTopicAttributes.
#include <algorithm>
#include <array>

#include "api/sns/sns_rows.h"
#include "base/ascii.h"
#include "base/code_points.h"
#include "base/json_tree.h"
#include "topic/subscription_checks.h"

namespace waybill::api {

namespace {

// Those that can be set; what has no effect here is kept and told again, as of templates.
constexpr std::array<const char*, 6> kTopicAttributes{"DisplayName",      "Policy",         "DeliveryPolicy",
                                                      "SignatureVersion", "KmsMasterKeyId", "TracingConfig"};

constexpr const char* kDefaultEffectivePolicy =
    R"({"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,)"
    R"("numMaxDelayRetries":0,"numNoDelayRetries":0,"numMinDelayRetries":0,"backoffFunction":"linear"},)"
    R"("disableSubscriptionOverrides":false,"defaultRequestPolicy":)"
    R"({"headerContentType":"text/plain; charset=UTF-8"}}})";

bool is_topic_name(const std::string& name) {
  const auto fits = [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 256 && std::all_of(name.begin(), name.end(), fits);
}

control::Answer<> check_topic_attribute(const std::string& name, const std::string& value) {
  if (std::find(kTopicAttributes.begin(), kTopicAttributes.end(), name) == kTopicAttributes.end()) {
    return sns_invalid("AttributeName");
  }
  if (name == "DisplayName" && code_points(value) > 100) {
    return sns_invalid("DisplayName Reason: must have at most 100 characters");
  }
  if (name == "SignatureVersion" && value != "1" && value != "2") {
    return sns_invalid("SignatureVersion Reason: must be 1 or 2");
  }
  if (name == "DeliveryPolicy" && !value.empty()) {
    const Status fine = topic::check_delivery_policy(value);
    if (!fine) return sns_invalid("DeliveryPolicy: " + fine.error().message);
  }
  if (name == "Policy" && !value.empty() && parse_json(value).is_discarded())
    return sns_invalid("Policy failed to parse JSON");
  return {};
}

void set_property(SnsJson& body, const std::string& name, const std::string& value) {
  body.erase(name);
  if (!value.empty()) body[name] = value;
}

control::Answer<SnsJson> new_topic_body(const SnsCall& call, const std::string& name) {
  SnsJson body{{"TopicName", name}, {"Arn", call.place.topic(name)}};
  for (const auto& [attribute, value] : call.query.map("Attributes")) {
    if (attribute == "FifoTopic" && value == "false") continue;
    if (attribute == "FifoTopic") return sns_invalid("Attributes Reason: FIFO topics are not supported by Waybill");
    WAYBILL_CHECK(check_topic_attribute(attribute, value));
    set_property(body, attribute, value);
  }
  for (const std::string& item : call.query.items("Tags")) {
    body["Tags"].push_back({{"Key", call.query.text(item + ".Key")}, {"Value", call.query.text(item + ".Value")}});
  }
  return body;
}

std::string default_policy(const std::string& arn, const std::string& account) {
  return SnsJson{{"Version", "2008-10-17"},
                 {"Id", "__default_policy_ID"},
                 {"Statement",
                  {{{"Sid", "__default_statement_ID"},
                    {"Effect", "Allow"},
                    {"Principal", {{"AWS", "*"}}},
                    {"Action", {"SNS:Publish", "SNS:Subscribe"}},
                    {"Resource", arn},
                    {"Condition", {{"StringEquals", {{"AWS:SourceOwner", account}}}}}}}}}
      .dump();
}

// The topic's own, else that of an AWS::SNS::TopicPolicy which lists it, else AWS's default.
std::string shown_policy(const Catalog& catalog, const CatalogRow& topic, const std::string& arn) {
  if (std::string own = sns_property(topic.body, "Policy"); !own.empty()) return own;
  for (const auto& [key, row] : catalog) {
    if (key.kind != kTopicPolicyKind) continue;
    const SnsJson topics = row->body.value("Topics", SnsJson::array());
    if (std::find(topics.begin(), topics.end(), SnsJson(arn)) != topics.end()) {
      return sns_property(row->body, "PolicyDocument");
    }
  }
  return default_policy(arn, topic.resource.key.account);
}

}  // namespace

SnsAnswer sns_create_topic(const SnsCall& call) {
  const std::string name = call.query.text("Name");
  if (!is_topic_name(name)) {
    return sns_invalid(
        "Topic Name: it must have 1 to 256 letters, digits, _ and -; names that end in .fifo are not supported");
  }
  WAYBILL_TRY(const SnsJson body, new_topic_body(call, name));
  WAYBILL_CHECK(sns_edit(call, [&](const Catalog& catalog) -> control::Answer<control::Edit> {
    const ResourceKey key{call.place.account, call.place.region, kTopicKind, name};
    const auto found = catalog.find(key);
    control::Edit edit;
    if (found == catalog.end()) {
      edit.puts.push_back({key, "", body.dump()});
      return edit;
    }
    for (const char* attribute : kTopicAttributes) {
      if (!body.contains(attribute)) continue;
      if (sns_property(body, attribute) != sns_property(found->second->body, attribute)) {
        return sns_invalid("Attributes Reason: Topic already exists with different attributes");
      }
    }
    return edit;
  }));
  return Xml().text("TopicArn", call.place.topic(name)).str();
}

SnsAnswer sns_delete_topic(const SnsCall& call) {
  const std::string arn = call.query.text("TopicArn");
  WAYBILL_TRY(const ResourceKey key, sns_topic_key(arn));
  WAYBILL_CHECK(sns_edit(call, [&](const Catalog& catalog) -> control::Answer<control::Edit> {
    control::Edit edit;
    if (!catalog.contains(key)) return edit;  // AWS: deleting what is not there succeeds
    for (const auto& [other, row] : catalog) {
      if (other.kind == kSubscriptionKind && sns_property(row->body, "TopicArn") == arn) edit.deletes.push_back(other);
    }
    edit.deletes.push_back(key);
    return edit;
  }));
  return std::string();
}

SnsAnswer sns_list_topics(const SnsCall& call) {
  std::vector<std::string> arns;
  const std::string prefix = call.place.topic("");
  const auto topology = call.ports.topology.get();
  for (const auto& [arn, topic] : topology->topics()) {
    if (arn.starts_with(prefix)) arns.push_back(arn);
  }
  std::sort(arns.begin(), arns.end());
  WAYBILL_TRY(const SnsPage page, sns_page(arns, call.query.text("NextToken")));
  Xml xml;
  xml.open("Topics");
  for (std::size_t i = page.begin; i < page.end; ++i) xml.open("member").text("TopicArn", arns[i]).close("member");
  xml.close("Topics");
  if (!page.next_token.empty()) xml.text("NextToken", page.next_token);
  return xml.str();
}

SnsAnswer sns_get_topic_attributes(const SnsCall& call) {
  const std::string arn = call.query.text("TopicArn");
  const auto catalog = call.ports.book.get();
  WAYBILL_TRY(const CatalogRowPtr row, sns_topic(*catalog, arn));
  const auto topology = call.ports.topology.get();
  std::size_t pending = 0, confirmed = 0;
  if (const TopicSpec* topic = topology->topic(arn)) {
    for (const SubscriptionSpec& each : topic->subscriptions) ++(each.confirmed ? confirmed : pending);
  }
  const std::string& account = row->resource.key.account;
  std::vector<std::pair<std::string, std::string>> attributes{{"TopicArn", arn},
                                                              {"Owner", account},
                                                              {"DisplayName", sns_property(row->body, "DisplayName")},
                                                              {"Policy", shown_policy(*catalog, *row, arn)},
                                                              {"SubscriptionsConfirmed", std::to_string(confirmed)},
                                                              {"SubscriptionsPending", std::to_string(pending)},
                                                              {"SubscriptionsDeleted", "0"},
                                                              {"EffectiveDeliveryPolicy", kDefaultEffectivePolicy}};
  for (const char* name : {"DeliveryPolicy", "SignatureVersion", "KmsMasterKeyId", "TracingConfig"}) {
    const std::string value = sns_property(row->body, name);
    if (value.empty()) continue;
    attributes.emplace_back(name, value);
    if (std::string_view(name) == "DeliveryPolicy") attributes[7].second = value;
  }
  return sns_attributes(attributes);
}

SnsAnswer sns_set_topic_attributes(const SnsCall& call) {
  const std::string name = call.query.text("AttributeName");
  const std::string value = call.query.text("AttributeValue");
  WAYBILL_CHECK(check_topic_attribute(name, value));
  WAYBILL_CHECK(sns_edit(call, [&](const Catalog& catalog) -> control::Answer<control::Edit> {
    WAYBILL_TRY(const CatalogRowPtr row, sns_topic(catalog, call.query.text("TopicArn")));
    SnsJson body = row->body;
    set_property(body, name, value);
    control::Edit edit;
    edit.puts.push_back(sns_changed(*row, body));
    return edit;
  }));
  return std::string();
}

}  // namespace waybill::api
