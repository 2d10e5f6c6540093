#include "model/subscription_spec.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "pattern/pattern.h"

using namespace waybill;

namespace {

using Json = nlohmann::json;

Json webhook(Json more = Json::object()) {
  Json body{{"Protocol", "https"}, {"Endpoint", "https://a.example/in"}};
  body.update(more);
  return body;
}

SubscriptionSpec read(const Json& body, const Json& state = Json::object(), const Json& topic = Json::object(),
                      const NeedsConfirmation& needs = nullptr) {
  return read_subscription("arn:s", body, state, topic, needs).value();
}

bool everybody(const std::string&, const std::string&) { return true; }

}  // namespace

TEST_CASE("what a template says and what the API says read alike") {
  const auto of_template = read(webhook({{"RawMessageDelivery", true},
                                         {"FilterPolicy", {{"a", {1}}}},
                                         {"FilterPolicyScope", "MessageBody"},
                                         {"RedrivePolicy", {{"deadLetterTargetArn", "arn:q"}}}}));
  const auto of_api = read(webhook({{"RawMessageDelivery", "true"},
                                    {"FilterPolicy", R"({"a":[1]})"},
                                    {"FilterPolicyScope", "MessageBody"},
                                    {"RedrivePolicy", R"({"deadLetterTargetArn":"arn:q"})"}}));
  for (const auto* spec : {&of_template, &of_api}) {
    CHECK(spec->raw);
    CHECK(spec->filter);
    CHECK(spec->filter_scope == FilterScope::body);
    CHECK(spec->dlq_arn == "arn:q");
    CHECK(spec->confirmed);
  }
}

TEST_CASE("an empty filter policy filters nothing; one that is not valid is refused with its subscription") {
  CHECK_FALSE(read(webhook({{"FilterPolicy", "{}"}})).filter);
  const auto refused =
      read_subscription("arn:s", webhook({{"FilterPolicy", R"({"a":"b"})"}}), Json::object(), Json::object(), nullptr);
  CHECK(refused.error().message.starts_with("subscription arn:s: FilterPolicy: "));
}

TEST_CASE("a subscription is confirmed for the address that agreed, and for no other") {
  const Json agreed{{subscription_state::kConfirmed, "https://a.example/in"}};
  CHECK_FALSE(read(webhook(), Json::object(), Json::object(), everybody).confirmed);
  CHECK(read(webhook(), agreed, Json::object(), everybody).confirmed);
  CHECK_FALSE(read(webhook({{"Endpoint", "https://b.example/in"}}), agreed, Json::object(), everybody).confirmed);
}

TEST_CASE("a subscription's delivery policy wins over its topic's, member by member") {
  const Json topic{{"DeliveryPolicy", R"({"http":{"defaultHealthyRetryPolicy":{"numRetries":9,"minDelayTarget":1},)"
                                      R"("defaultThrottlePolicy":{"maxReceivesPerSecond":4}}})"},
                   {"SignatureVersion", "2"}};
  const auto plain = read(webhook(), Json::object(), topic);
  CHECK(plain.policy.retry->retries == 9);
  CHECK(plain.signature_version == 2);
  const auto own =
      read(webhook({{"DeliveryPolicy", {{"healthyRetryPolicy", {{"numRetries", 1}}}}}}), Json::object(), topic);
  CHECK(own.policy.retry->retries == 1);
  CHECK(own.policy.most_per_second == 4);
}
