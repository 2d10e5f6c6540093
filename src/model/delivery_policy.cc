#include "model/delivery_policy.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <nlohmann/json.hpp>

#include "base/json_tree.h"

namespace waybill {

namespace {

using PolicyJson = nlohmann::json;

constexpr int kMostRetries = 100;
constexpr int kMostPerSecond = 100'000;
constexpr int kMostSeconds = 3600;  // AWS: of one delay, and of all retries together

Result<int> whole_number(const PolicyJson& holder, const char* name, int fallback, int least, int most) {
  const auto found = holder.find(name);
  if (found == holder.end() || found->is_null()) return fallback;
  if (!found->is_number_integer() || *found < least || *found > most) {
    return invalid(std::string(name) + " must be a whole number from " + std::to_string(least) + " to " +
                   std::to_string(most) + ", not " + found->dump());
  }
  return found->get<int>();
}

Result<RetryPhases::Growth> growth_of(const PolicyJson& holder) {
  using Growth = RetryPhases::Growth;
  const auto found = holder.find("backoffFunction");
  if (found == holder.end() || found->is_null() || *found == "linear") return Growth::linear;
  if (*found == "arithmetic") return Growth::arithmetic;
  if (*found == "geometric") return Growth::geometric;
  if (*found == "exponential") return Growth::exponential;
  return invalid("backoffFunction must be linear, arithmetic, geometric or exponential, not " + found->dump());
}

Result<RetryPhases> phases_of(const PolicyJson& holder) {
  if (!holder.is_object()) return invalid("the retry policy must be a JSON object");
  RetryPhases phases;
  WAYBILL_TRY(phases.retries, whole_number(holder, "numRetries", phases.retries, 0, kMostRetries));
  WAYBILL_TRY(phases.no_delay, whole_number(holder, "numNoDelayRetries", 0, 0, kMostRetries));
  WAYBILL_TRY(phases.at_least_delay, whole_number(holder, "numMinDelayRetries", 0, 0, kMostRetries));
  WAYBILL_TRY(phases.at_greatest_delay, whole_number(holder, "numMaxDelayRetries", 0, 0, kMostRetries));
  WAYBILL_TRY(const int least, whole_number(holder, "minDelayTarget", 20, 1, kMostSeconds));
  WAYBILL_TRY(const int greatest, whole_number(holder, "maxDelayTarget", std::max(least, 20), 1, kMostSeconds));
  WAYBILL_TRY(phases.growth, growth_of(holder));
  phases.least = std::chrono::seconds{least};
  phases.greatest = std::chrono::seconds{greatest};
  if (least > greatest) return invalid("minDelayTarget must not be above maxDelayTarget");
  if (phases.no_delay + phases.at_least_delay + phases.at_greatest_delay > phases.retries) {
    return invalid(
        "numNoDelayRetries, numMinDelayRetries and numMaxDelayRetries together must not be above numRetries");
  }
  Millis total{0};
  for (int n = 1; n <= phases.retries; ++n) total += phases.delay_before(n);
  if (total > std::chrono::seconds{kMostSeconds}) {
    return invalid("the retries take " + std::to_string(total.count() / 1000) + " s together; at most " +
                   std::to_string(kMostSeconds) + " s are allowed");
  }
  return phases;
}

const PolicyJson* member_of(const PolicyJson& holder, const char* name) {
  const auto found = holder.find(name);
  return found == holder.end() || found->is_null() ? nullptr : &*found;
}

Status check_names(const PolicyJson& holder, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : holder.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) return invalid("there is no member " + name);
  }
  return {};
}

Result<int> rate_of(const PolicyJson& throttle) {
  if (!throttle.is_object()) return invalid("the throttle policy must be a JSON object");
  return whole_number(throttle, "maxReceivesPerSecond", 0, 1, kMostPerSecond);
}

Result<std::string> content_type_of(const PolicyJson& request) {
  constexpr std::string_view kWhy = "headerContentType must be one line of text, like application/json";
  if (!request.is_object()) return invalid("the request policy must be a JSON object");
  const PolicyJson* type = member_of(request, "headerContentType");
  if (!type) return std::string();
  if (!type->is_string()) return invalid(std::string(kWhy));
  std::string text = type->get<std::string>();
  const auto is_printable = [](char c) { return c >= 0x20 && c < 0x7f; };
  if (text.empty() || text.find('/') == std::string::npos || !std::all_of(text.begin(), text.end(), is_printable)) {
    return invalid(std::string(kWhy));
  }
  return text;
}

Result<DeliveryPolicy> policy_of(const PolicyJson& holder, const char* retry, const char* throttle,
                                 const char* request) {
  DeliveryPolicy policy;
  if (const PolicyJson* found = member_of(holder, retry)) {
    WAYBILL_CHECK(check_names(*found, {"numRetries", "numNoDelayRetries", "numMinDelayRetries", "numMaxDelayRetries",
                                       "minDelayTarget", "maxDelayTarget", "backoffFunction"}));
    WAYBILL_TRY(policy.retry, phases_of(*found));
  }
  if (const PolicyJson* found = member_of(holder, throttle)) {
    WAYBILL_TRY(policy.most_per_second, rate_of(*found));
  }
  if (const PolicyJson* found = member_of(holder, request)) {
    WAYBILL_TRY(policy.content_type, content_type_of(*found));
  }
  return policy;
}

}  // namespace

Millis RetryPhases::delay_before(int n) const {
  if (n <= no_delay) return Millis{0};
  if (n <= no_delay + at_least_delay) return least;
  if (n > retries - at_greatest_delay) return greatest;
  const int steps = retries - no_delay - at_least_delay - at_greatest_delay - 1;
  const int step = n - no_delay - at_least_delay - 1;
  if (steps <= 0) return least;
  const double low = static_cast<double>(least.count());
  const double high = static_cast<double>(greatest.count());
  const double part = static_cast<double>(step) / steps;
  double grown = low + (high - low) * part;
  switch (growth) {
    case Growth::linear: break;
    case Growth::arithmetic: grown = low + (high - low) * (step * (step + 1.0)) / (steps * (steps + 1.0)); break;
    case Growth::geometric: grown = low * std::pow(high / low, part); break;
    case Growth::exponential: grown = std::min(low * std::exp2(step), high); break;
  }
  return Millis{std::llround(grown * 1000)};
}

Result<DeliveryPolicy> DeliveryPolicy::parse(std::string_view json) {
  const PolicyJson policy = parse_json(json);
  if (!policy.is_object()) return invalid("it must be a JSON object");
  if (const PolicyJson* http = member_of(policy, "http")) {
    if (!http->is_object()) return invalid("http must be a JSON object");
    WAYBILL_CHECK(check_names(*http, {"defaultHealthyRetryPolicy", "defaultThrottlePolicy", "defaultRequestPolicy",
                                      "disableSubscriptionOverrides"}));
    return policy_of(*http, "defaultHealthyRetryPolicy", "defaultThrottlePolicy", "defaultRequestPolicy");
  }
  WAYBILL_CHECK(check_names(
      policy, {"healthyRetryPolicy", "sicklyRetryPolicy", "throttlePolicy", "requestPolicy", "guaranteed"}));
  return policy_of(policy, "healthyRetryPolicy", "throttlePolicy", "requestPolicy");
}

}  // namespace waybill
