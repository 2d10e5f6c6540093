// From the result of an attempt to the changes that record it: one unit, one transaction.
#pragma once

#include "delivery/dispatcher.h"
#include "delivery/invoker.h"

namespace waybill::delivery {

struct Settled {
  store::Changes changes;
  std::vector<NewDelivery> caused;  // to dispatch after the commit
  DeliveryProbe::Outcome outcome = DeliveryProbe::Outcome::delivered;
  std::optional<Delivery> retry;  // the delivery as it stands after a reschedule
};

struct SettleContext {
  const EndpointSpec& endpoint;
  const Delivery& delivery;
  const Payload& payload;
  std::int64_t generation;
  WallTime now;
};

// What the result of a joint attempt means for one of its deliveries.
AttemptResult part_of(const AttemptResult& joint);

// Effects first, then dead letters, in the order in which they happened; the fence before both.
Settled settle(const SettleContext& context, AttemptResult result, const Backoff& backoff, Random& random,
               store::Journal& journal, DeadLetterRouter& router);

}  // namespace waybill::delivery
