#include "destination/rate_limits.h"

#include <algorithm>

namespace waybill::destination {

namespace {

constexpr std::size_t kSweepAbove = 1024;

}  // namespace

Millis RateLimits::take(const std::string& arn, int per_second, SteadyTime now) {
  const std::chrono::nanoseconds a_second = std::chrono::seconds{1};
  const auto cost = a_second / per_second;
  return full_at_.with([&](auto& full_at) {
    if (full_at.size() > kSweepAbove) std::erase_if(full_at, [&](const auto& entry) { return entry.second <= now; });
    SteadyTime& full = full_at.try_emplace(arn, now).first->second;
    const SteadyTime after = std::max(full, now) + cost;
    if (after > now + a_second) return std::chrono::ceil<Millis>(after - now - a_second);
    full = after;
    return Millis{0};
  });
}

}  // namespace waybill::destination
