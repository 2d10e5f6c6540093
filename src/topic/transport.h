// The ways out of a topic: one transport for each protocol of a subscription. They are given what was committed, and
// say what came of it; the dispatcher retries, gives up and records.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/function.h"
#include "destination/outcome.h"
#include "model/delivery.h"
#include "model/topology.h"
#include "store/changes.h"

namespace waybill::topic {

using destination::CallOutcome;

// One notification on its way to one subscription. The references live as long as the call they are given to.
struct Outgoing {
  const Delivery& delivery;
  const Payload& notification;  // body: see publisher.h
};

// Deliveries that take the place of those that were being sent, in the transaction that ends them.
struct Regrouped {
  store::Changes changes;
  std::vector<NewDelivery> deliveries;
};

// What came of a call of send().
struct Sent : CallOutcome {
  Sent() = default;
  Sent(CallOutcome outcome, Regrouped instead_of = {})  // NOLINT(google-explicit-constructor): most are only that
      : CallOutcome(std::move(outcome)), instead(std::move(instead_of)) {}
  Regrouped instead;  // of a delivered one: those go on in its place
};

// Constant after construction, or thread-safe: called on worker threads, several at once.
class Transport {
 public:
  using Callback = UniqueFunction<void(Sent)>;
  virtual ~Transport() = default;

  // How many notifications the next call of send() may carry for this subscription, at least 1. Pure, quick.
  virtual std::size_t joint_limit(const EndpointSpec& /*subscription*/) const { return 1; }
  // Does not block. `done` is called once, from any thread, also before this returns: it says of all of `outgoing` what
  // came of them. `subscription` lives as long as the call.
  virtual void send(const EndpointSpec& subscription, const std::vector<Outgoing>& outgoing, Callback done) = 0;
};

// By protocol of the subscription. A protocol without a transport: its notifications wait in the store.
using Transports = std::map<std::string, Transport*, std::less<>>;

}  // namespace waybill::topic
