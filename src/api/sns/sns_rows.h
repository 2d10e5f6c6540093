// The catalog's rows of topics and subscriptions, as the SNS API reads and changes them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "api/sns/sns_api.h"
#include "model/catalog.h"

namespace waybill::api {

inline constexpr const char* kTopicKind = "AWS::SNS::Topic";
inline constexpr const char* kTopicPolicyKind = "AWS::SNS::TopicPolicy";
inline constexpr const char* kSubscriptionKind = "AWS::SNS::Subscription";

using SnsJson = nlohmann::json;

// Faults: what is said of an ARN that is none, or that names nothing (NotFound).
control::Answer<ResourceKey> sns_topic_key(const std::string& topic_arn);
control::Answer<CatalogRowPtr> sns_topic(const Catalog& catalog, const std::string& topic_arn);
control::Answer<SubscriptionSpec> sns_subscription(const Topology& topology, const std::string& subscription_arn);

// The text of a property: an attribute of the API is a text, a property of a template may be the value itself.
std::string sns_property(const SnsJson& body, const char* name);
// A row as it was with another body.
Resource sns_changed(const CatalogRow& row, const SnsJson& body);

// Edits the book; what make_edit refuses is the fault, and nothing changes.
control::Answer<> sns_edit(const SnsCall& call,
                           const std::function<control::Answer<control::Edit>(const Catalog&)>& make_edit);

// <name><entry><key>…</key><value>…</value></entry>…</name>
std::string sns_attributes(const std::vector<std::pair<std::string, std::string>>& attributes);

// A page of at most 100, in order of their names, from behind the one that the token names.
struct SnsPage {
  std::size_t begin = 0, end = 0;
  std::string next_token;  // "" at the end
};
control::Answer<SnsPage> sns_page(const std::vector<std::string>& names, const std::string& token);

}  // namespace waybill::api
