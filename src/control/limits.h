// Quotas of the control plane (contract section 17); the defaults are AWS's.
#pragma once

#include <cstddef>

namespace waybill::control {

struct Limits {
  std::size_t buses = 100;  // per account and region, the default bus not counted
  std::size_t rules_per_bus = 300;
  std::size_t targets_per_rule = 5;
  std::size_t pattern_characters = 2048;
  std::size_t policy_characters = 10'240;
  std::size_t tags = 50;
  std::size_t queue_message_bytes = 262'144;  // body and attributes; the most that MaximumMessageSize may be
  std::size_t active_replays = 10;
  std::size_t connections = 3000;
  std::size_t api_destinations = 3000;
  // AWS refuses http:// endpoints; receivers on one's own machine seldom have a certificate.
  bool allow_http_endpoints = false;
};

}  // namespace waybill::control
