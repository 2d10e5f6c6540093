// Calls API destinations: rate limit, authorization, the request itself, and what its answer means for the delivery.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/function.h"
#include "destination/outcome.h"
#include "destination/rate_limits.h"
#include "destination/specs.h"
#include "destination/tokens.h"
#include "net/outbound.h"

namespace waybill::destination {

// Thread-safe. Must outlive the calls that it submits: the Outbound stops before this goes.
class DestinationCaller {
 public:
  using Callback = UniqueFunction<void(CallOutcome)>;

  // rates: what the rate limits count in; null for `steady`.
  DestinationCaller(net::Outbound& http, const WallClock& wall, const SteadyClock& steady,
                    const SteadyClock* rates = nullptr)
      : http_(http), wall_(wall), rates_(rates ? *rates : steady), tokens_(http, wall, steady) {}

  // Does not block. `done` is called once, also before this returns; it must not block either. A call beyond the
  // destination's rate limit, or one that the end of the Outbound cut off, is postponed: it counts as no attempt.
  void call(std::shared_ptr<const DestinationSpec> destination, HttpParameters parameters, std::string body,
            Callback done);

 private:
  struct Call;
  using CallPtr = std::shared_ptr<Call>;
  void authorize(const CallPtr& call);
  void send(const CallPtr& call, const std::string& token);
  void answered(const CallPtr& call, const std::string& token, const net::OutboundResult& result);

  net::Outbound& http_;
  const WallClock& wall_;
  const SteadyClock& rates_;
  RateLimits limits_;
  TokenSource tokens_;
};

}  // namespace waybill::destination
