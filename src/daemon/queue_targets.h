// Queues as the end of a delivery: a rule's target, a topic's subscription, a dead-letter queue. The message is a
// change of the unit that settles the delivery, so it is there exactly once.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "delivery/invoker.h"
#include "model/topology.h"
#include "queue/outgoing.h"
#include "store/journal.h"

namespace waybill {

// Constant after construction; thread-safe.
class QueueTargets {
 public:
  // What a subscriber gets of a notification that is not raw: the signed envelope.
  using Envelope = std::function<Result<std::string>(const std::string& stored, const SubscriptionSpec&)>;
  QueueTargets(const Snapshot<Topology>& topology, store::Journal& journal, Envelope envelope)
      : topology_(topology), journal_(journal), envelope_(std::move(envelope)) {}

  // `input` to the rule's target. Contract section 9: NO_RESOURCE, NO_PERMISSIONS; all for ever.
  delivery::AttemptResult deliver(const delivery::Attempt& attempt, std::string input) const;
  delivery::AttemptResult notify(const delivery::Attempt& attempt) const;

  // A notification as subscribers get it that are not told raw. Errors: of the signature's key.
  Result<std::string> envelope(const std::string& stored, const SubscriptionSpec& subscription) const {
    return envelope_(stored, subscription);
  }

  // The entry to the queue of that ARN on behalf of a rule, topic or function ("" where nobody is to be asked).
  // Errors: not_found, denied, invalid; the messages are those of contract section 9.
  Status send(const std::string& queue_arn, queue::SendEntry entry, std::string_view service,
              std::string_view source_arn, WallTime now, store::Changes& into) const;

 private:
  const Snapshot<Topology>& topology_;
  store::Journal& journal_;
  const Envelope envelope_;
};

}  // namespace waybill
