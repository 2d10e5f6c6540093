// Tames storms of e-mails: so many a minute to one subscription, and what follows waits and goes out together.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"

namespace waybill::topic {

// A minute begins with its first e-mail. Owner: the EmailTransport, under its lock.
class EmailRate {
 public:
  static constexpr Millis kMinute{60'000};
  static constexpr std::size_t kMostTogether = 500;
  static constexpr std::size_t kMostBytes = 5 * 1024 * 1024;  // of notifications in one e-mail

  // above: e-mails a minute before the rest waits; 0: nothing ever waits.
  explicit EmailRate(std::size_t above) : above_(above) {}

  // How many notifications the next e-mail may hold: several after a minute in which some had to wait.
  std::size_t joint_limit(const std::string& subscription, WallTime now) const;
  // Empty: send it now, it is counted. Else: when to ask again. largest: bytes of the largest notification in it.
  std::optional<Millis> admit(const std::string& subscription, WallTime now, std::size_t largest);
  // An e-mail that was admitted did not go out, and does not count.
  void give_back(const std::string& subscription, WallTime now);
  // The server will not have notifications together: for a while each goes alone.
  void send_apart(const std::string& subscription, WallTime now);
  std::size_t remembered() const { return minutes_.size(); }

 private:
  struct Minute {
    WallTime start;
    std::size_t sent = 0;
    std::size_t largest = 1;  // bytes of a notification
    bool some_wait = false;
    bool together = false;  // some had to wait in the minute before
    WallTime apart_until;
  };
  static bool is_over(const Minute& minute, WallTime now);
  void forget_old(WallTime now);

  const std::size_t above_;
  std::map<std::string, Minute> minutes_;  // by ARN of the subscription
};

}  // namespace waybill::topic
