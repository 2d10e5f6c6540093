#include "topic/email_rate.h"

#include <algorithm>

namespace waybill::topic {

namespace {

constexpr std::size_t kRememberedSubscriptions = 4096;
constexpr std::chrono::minutes kApart{10};

}  // namespace

// Also when the clock was set back.
bool EmailRate::is_over(const Minute& minute, WallTime now) {
  return now < minute.start || now >= minute.start + kMinute;
}

std::size_t EmailRate::joint_limit(const std::string& subscription, WallTime now) const {
  const auto found = minutes_.find(subscription);
  if (above_ == 0 || found == minutes_.end() || now < found->second.apart_until) return 1;
  const Minute& minute = found->second;
  if (!(is_over(minute, now) ? minute.some_wait : minute.together)) return 1;
  return std::clamp<std::size_t>(kMostBytes / minute.largest, 1, kMostTogether);
}

std::optional<Millis> EmailRate::admit(const std::string& subscription, WallTime now, std::size_t largest) {
  if (above_ == 0) return std::nullopt;
  if (minutes_.size() > kRememberedSubscriptions) forget_old(now);
  Minute& minute = minutes_[subscription];
  if (is_over(minute, now)) minute = {now, 0, 1, false, minute.some_wait, minute.apart_until};
  minute.largest = std::max(minute.largest, largest);
  if (minute.sent < above_) {
    ++minute.sent;
    return std::nullopt;
  }
  minute.some_wait = true;
  return minute.start + kMinute - now;
}

void EmailRate::give_back(const std::string& subscription, WallTime now) {
  const auto found = minutes_.find(subscription);
  if (found != minutes_.end() && !is_over(found->second, now) && found->second.sent > 0) --found->second.sent;
}

void EmailRate::send_apart(const std::string& subscription, WallTime now) {
  minutes_[subscription].apart_until = now + kApart;
}

void EmailRate::forget_old(WallTime now) {
  std::erase_if(minutes_, [&](const auto& entry) {
    return is_over(entry.second, now) && !entry.second.some_wait && now >= entry.second.apart_until;
  });
}

}  // namespace waybill::topic
