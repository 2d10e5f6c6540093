// From the result of an attempt to the changes that record it: one unit, one transaction.
#pragma once

#include "delivery/dispatcher.h"
#include "delivery/invoker.h"
#include "delivery/state.h"

namespace waybill::delivery {

struct Settled {
  store::Changes changes;
  std::vector<NewDelivery> caused;  // to dispatch after the commit
  std::function<void()> on_commit;  // of the attempt's consequences
  DeliveryProbe::Outcome outcome = DeliveryProbe::Outcome::delivered;
  DeliveryState state = DeliveryState::delivered;  // after the commit
  std::optional<Delivery> retry;                   // the delivery as it stands after a reschedule
};

struct SettleContext {
  const EndpointSpec& endpoint;
  const Delivery& delivery;
  const Payload& payload;
  std::int64_t generation;
  WallTime now;
};

// What a settlement needs of others.
struct SettlePorts {
  const Backoff& backoff;
  Random& random;
  store::Journal& journal;
  DeadLetterRouter& router;
};

// What an attempt past its deadline comes to. `remote`: it waited for others' servers.
AttemptResult timeout_result(bool remote);
// What an attempt comes to that ended with an exception.
AttemptResult exception_result(const char* what);
// What the result of a joint attempt means for one of its deliveries.
AttemptResult part_of(const AttemptResult& joint);

// The error's text is made valid UTF-8: it goes into JSON. Effects first, then dead letters, in the order in which they
// happened; the fence before both. `timed_out`: the result is the dispatcher's own, for an attempt past its deadline.
Settled settle(const SettleContext& context, AttemptResult result, bool timed_out, const SettlePorts& ports);
// A delivery that got older than its policy allows while it waited. `why`: what kept it waiting.
Settled settle_too_old(const SettleContext& context, AttemptResult why, const SettlePorts& ports);

}  // namespace waybill::delivery
