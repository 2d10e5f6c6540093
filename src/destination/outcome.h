// What a call comes to for a delivery: done, to be retried, given up, or not made. Pure. Contract section 9.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "net/outbound.h"

namespace waybill::destination {

struct CallOutcome {
  enum class Kind {
    delivered,
    retriable,
    permanent,
    postponed,  // no attempt was made
  };
  Kind kind = Kind::delivered;
  std::string error_code;     // CONNECTION_FAILURE, ERROR_FROM_TARGET, …; "" unless retriable or permanent
  std::string error_message;  // for people, without secrets
  Millis wait{0};             // retriable: no retry earlier (Retry-After); postponed: when to ask again
  // retriable: what was called is down as a whole, and would not take another call either.
  bool target_down = false;
};

// who: what answered, as the subject of the message. secrets: left out of what the message repeats of the answer.
CallOutcome classify(const net::HttpResponse& response, std::string_view who, const std::vector<std::string>& secrets,
                     WallTime now);
CallOutcome classify(const net::OutboundError& error, std::string_view who);

// The value of a Retry-After field: seconds, or a date as HTTP writes it. At most a day, which is how old an event may
// become. Empty when it is neither.
std::optional<Millis> parse_retry_after(std::string_view value, WallTime now);

}  // namespace waybill::destination
