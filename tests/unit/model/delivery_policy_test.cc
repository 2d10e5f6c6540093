#include "model/delivery_policy.h"

#include <vector>

#include <doctest/doctest.h>

using namespace waybill;

namespace {

std::vector<std::int64_t> delays_ms(const std::string& healthy) {
  const auto policy = DeliveryPolicy::parse(R"({"healthyRetryPolicy":)" + healthy + "}");
  REQUIRE_MESSAGE(policy.has_value(), policy.error().message);
  std::vector<std::int64_t> list;
  for (int n = 1; n <= policy->retry->retries; ++n) list.push_back(policy->retry->delay_before(n).count());
  return list;
}

std::string why_not(const std::string& policy) {
  const auto parsed = DeliveryPolicy::parse(policy);
  return parsed ? "" : parsed.error().message;
}

std::string why_not_retry(const std::string& healthy) { return why_not(R"({"healthyRetryPolicy":)" + healthy + "}"); }

}  // namespace

TEST_CASE("what is not set is three retries, twenty seconds apart") {
  CHECK(delays_ms("{}") == std::vector<std::int64_t>{20'000, 20'000, 20'000});
}

TEST_CASE("four phases follow one another") {
  CHECK(delays_ms(R"({"numRetries":7,"numNoDelayRetries":1,"numMinDelayRetries":2,"numMaxDelayRetries":1,)"
                  R"("minDelayTarget":1,"maxDelayTarget":9})") ==
        std::vector<std::int64_t>{0, 1'000, 1'000, 1'000, 5'000, 9'000, 9'000});
}

TEST_CASE("every function grows from the least to the greatest delay, each more slowly at first than the one before") {
  const auto with = [](const std::string& function) {
    return delays_ms(R"({"numRetries":5,"minDelayTarget":1,"maxDelayTarget":16,"backoffFunction":")" + function +
                     "\"}");
  };
  CHECK(with("linear") == std::vector<std::int64_t>{1'000, 4'750, 8'500, 12'250, 16'000});
  CHECK(with("arithmetic") == std::vector<std::int64_t>{1'000, 2'500, 5'500, 10'000, 16'000});
  CHECK(with("geometric") == std::vector<std::int64_t>{1'000, 2'000, 4'000, 8'000, 16'000});
  CHECK(with("exponential") == std::vector<std::int64_t>{1'000, 2'000, 4'000, 8'000, 16'000});
}

TEST_CASE("an exponential delay doubles until the greatest is reached") {
  CHECK(delays_ms(R"({"numRetries":4,"minDelayTarget":3,"maxDelayTarget":7,"backoffFunction":"exponential"})") ==
        std::vector<std::int64_t>{3'000, 6'000, 7'000, 7'000});
}

TEST_CASE("the form of a topic, a rate and a content type") {
  const auto policy = DeliveryPolicy::parse(
      R"({"http":{"defaultHealthyRetryPolicy":{"numRetries":1},"defaultThrottlePolicy":{"maxReceivesPerSecond":5},)"
      R"("defaultRequestPolicy":{"headerContentType":"application/json"},"disableSubscriptionOverrides":false}})");
  REQUIRE(policy.has_value());
  CHECK(policy->retry->retries == 1);
  CHECK(policy->most_per_second == 5);
  CHECK(policy->content_type == "application/json");
  CHECK_FALSE(DeliveryPolicy::parse("{}")->retry.has_value());
}

TEST_CASE("what is wrong is named with its rule") {
  CHECK(why_not("[]") == "it must be a JSON object");
  CHECK(why_not(R"({"healthyRetry":{}})") == "there is no member healthyRetry");
  CHECK(why_not_retry(R"({"retries":1})") == "there is no member retries");
  CHECK(why_not_retry(R"({"numRetries":101})") == "numRetries must be a whole number from 0 to 100, not 101");
  CHECK(why_not_retry(R"({"numRetries":"3"})") == "numRetries must be a whole number from 0 to 100, not \"3\"");
  CHECK(why_not_retry(R"({"minDelayTarget":30,"maxDelayTarget":20})") ==
        "minDelayTarget must not be above maxDelayTarget");
  CHECK(why_not_retry(R"({"numRetries":1,"numNoDelayRetries":2})").find("must not be above numRetries") !=
        std::string::npos);
  CHECK(why_not_retry(R"({"numRetries":3,"minDelayTarget":3600,"maxDelayTarget":3600})") ==
        "the retries take 10800 s together; at most 3600 s are allowed");
  CHECK(why_not_retry(R"({"backoffFunction":"cubic"})") ==
        "backoffFunction must be linear, arithmetic, geometric or exponential, not \"cubic\"");
  CHECK(why_not(R"({"throttlePolicy":{"maxReceivesPerSecond":0}})") ==
        "maxReceivesPerSecond must be a whole number from 1 to 100000, not 0");
  CHECK(why_not(R"({"requestPolicy":{"headerContentType":"a/b\r\nX: y"}})").find("one line") != std::string::npos);
}

TEST_CASE("a policy that is nested too deep is none") {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "[";
  for (int i = 0; i < 100'000; ++i) deep += "]";
  CHECK(why_not_retry(R"({"numRetries":)" + deep + "}") == "it must be a JSON object");
}
