// How often and how fast a subscription's receiver is tried again: an SNS delivery policy. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace waybill {

// AWS: healthyRetryPolicy. Retries come in up to four phases, one after the other: without delay, with the least
// delay, growing from the least to the greatest, with the greatest. What is not set is three retries, 20 s apart.
struct RetryPhases {
  enum class Growth { linear, arithmetic, geometric, exponential };
  int retries = 3;  // of all phases
  int no_delay = 0;
  int at_least_delay = 0;
  int at_greatest_delay = 0;
  std::chrono::seconds least{20};
  std::chrono::seconds greatest{20};
  Growth growth = Growth::linear;

  // The wait before retry n, from 1. REQUIRES: 1 <= n <= retries.
  Millis delay_before(int n) const;
};

struct DeliveryPolicy {
  std::optional<RetryPhases> retry;
  int most_per_second = 0;   // throttlePolicy; 0 for no limit
  std::string content_type;  // requestPolicy; "" for the protocol's own

  // The forms of a subscription ({"healthyRetryPolicy":{…},"throttlePolicy":{…},"requestPolicy":{…}}) and of a topic
  // ({"http":{"defaultHealthyRetryPolicy":{…},…}}). Error: invalid, naming the member and the rule that it breaks.
  static Result<DeliveryPolicy> parse(std::string_view json);
};

}  // namespace waybill
