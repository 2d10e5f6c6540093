#include "api/sns/sns_rows.h"

#include <algorithm>

#include "base/base64.h"

namespace waybill::api {

namespace {

constexpr std::size_t kSnsPageSize = 100;

}  // namespace

control::Answer<ResourceKey> sns_topic_key(const std::string& topic_arn) {
  const auto arn = Arn::parse(topic_arn);
  if (!arn || arn->service != "sns" || arn->resource.find(':') != std::string::npos) {
    return sns_invalid("TopicArn Reason: \"" + topic_arn + "\" is not the ARN of a topic");
  }
  return ResourceKey{arn->account, arn->region, kTopicKind, arn->resource};
}

control::Answer<CatalogRowPtr> sns_topic(const Catalog& catalog, const std::string& topic_arn) {
  WAYBILL_TRY(const ResourceKey key, sns_topic_key(topic_arn));
  const auto found = catalog.find(key);
  if (found == catalog.end()) return sns_not_found("Topic does not exist");
  return found->second;
}

control::Answer<SubscriptionSpec> sns_subscription(const Topology& topology, const std::string& subscription_arn) {
  const auto arn = Arn::parse(subscription_arn);
  const std::size_t colon = subscription_arn.rfind(':');
  if (!arn || arn->service != "sns" || arn->resource.find(':') == std::string::npos) {
    return sns_invalid("SubscriptionArn Reason: \"" + subscription_arn + "\" is not the ARN of a subscription");
  }
  if (const TopicSpec* topic = topology.topic(subscription_arn.substr(0, colon))) {
    for (const SubscriptionSpec& each : topic->subscriptions) {
      if (each.arn == subscription_arn) return each;
    }
  }
  return sns_not_found("Subscription does not exist");
}

std::string sns_property(const SnsJson& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

Resource sns_changed(const CatalogRow& row, const SnsJson& body) {
  Resource put = row.resource;
  put.body = body.dump();
  put.state.clear();  // what is kept of it stays
  return put;
}

control::Answer<> sns_edit(const SnsCall& call,
                           const std::function<control::Answer<control::Edit>(const Catalog&)>& make_edit) {
  std::optional<control::Fault> fault;
  const Status applied = call.ports.book.edit([&](const Catalog& catalog) -> Result<control::Edit> {
    auto edit = make_edit(catalog);
    if (edit) return std::move(*edit);
    fault = edit.error();
    return control::Edit{};
  });
  if (fault) return *fault;
  if (!applied) return sns_fault(applied.error());
  return {};
}

std::string sns_attributes(const std::vector<std::pair<std::string, std::string>>& attributes) {
  Xml xml;
  xml.open("Attributes");
  for (const auto& [name, value] : attributes) {
    xml.open("entry").text("key", name).text("value", value).close("entry");
  }
  return xml.close("Attributes").str();
}

control::Answer<SnsPage> sns_page(const std::vector<std::string>& names, const std::string& token) {
  SnsPage page;
  if (!token.empty()) {
    const auto after = from_base64(token);
    if (!after) return sns_invalid("NextToken");
    page.begin = static_cast<std::size_t>(std::upper_bound(names.begin(), names.end(), *after) - names.begin());
  }
  page.end = std::min(names.size(), page.begin + kSnsPageSize);
  if (page.end < names.size()) page.next_token = to_base64(names[page.end - 1]);
  return page;
}

}  // namespace waybill::api
