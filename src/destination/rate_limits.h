// How often each API destination may be called: a token bucket for each, which holds one second's worth.
#pragma once

#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "base/guarded.h"

namespace waybill::destination {

// Thread-safe.
class RateLimits {
 public:
  // Zero: go ahead, this call is counted. Otherwise how long until there will be room, and nothing is counted.
  Millis take(const std::string& arn, int per_second, SteadyTime now);

 private:
  // By ARN: when the bucket would be full again. One that is full is the same as none.
  Guarded<std::unordered_map<std::string, SteadyTime>> full_at_;
};

}  // namespace waybill::destination
