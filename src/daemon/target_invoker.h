// Takes a delivery to what its target's ARN names: a function, a queue, a topic, another event bus, an API destination;
// or, for a subscription, out by the transport of its protocol.
#pragma once

#include "bus/acceptor.h"
#include "daemon/destinations.h"
#include "daemon/invocation_destinations.h"
#include "daemon/queue_targets.h"
#include "delivery/crash_log.h"
#include "delivery/invoker.h"
#include "destination/caller.h"
#include "handlers/host/function_invoker.h"
#include "topic/publisher.h"
#include "topic/transport.h"

namespace waybill {

// Constant after construction; called on worker threads, several at once.
class TargetInvoker final : public delivery::Invoker {
 public:
  struct Ports {
    FunctionInvoker& functions;
    const InvocationDestinations& invocations;
    const QueueTargets& queues;
    delivery::CrashLog& crashes;
    const bus::Acceptor& acceptor;
    const Snapshot<Topology>& topology;
    const Snapshot<Destinations>& destinations;
    destination::DestinationCaller& caller;
    topic::Transports transports;
    store::Journal& journal;
    Random& random;
    topic::TopicProbe& probe;
  };
  explicit TargetInvoker(Ports ports) : ports_(ports) {}

  delivery::AttemptResult invoke(const delivery::Attempt& attempt) override;
  bool delivers(const EndpointSpec& endpoint) const override;
  // Functions do; in two stages, the first stage is not one of them.
  bool blocks(const EndpointSpec& endpoint) const override;
  // What waits for others' servers holds no worker meanwhile.
  bool asynchronous(const EndpointSpec& endpoint) const override {
    return leaves_by_transport(endpoint) || endpoint.target == TargetKind::api_destination;
  }
  void invoke_async(const delivery::Attempt& attempt, UniqueFunction<void(delivery::AttemptResult)> done) override;
  std::size_t joint_limit(const EndpointSpec& endpoint) const override;
  void invoke_joint(const std::vector<delivery::Attempt>& attempts,
                    UniqueFunction<void(delivery::AttemptResult)> done) override;

 private:
  // Subscriptions of functions and queues are theirs to take, as a rule's targets.
  static bool leaves_by_transport(const EndpointSpec& endpoint) {
    return endpoint.kind == EndpointKind::subscription && endpoint.target == TargetKind::other;
  }
  static bool is_first_stage(const EndpointSpec& endpoint) {
    return endpoint.kind != EndpointKind::function && endpoint.function && endpoint.function->two_stages;
  }
  void notify(const std::vector<delivery::Attempt>& attempts, UniqueFunction<void(delivery::AttemptResult)> done);
  delivery::AttemptResult invoke_function(const delivery::Attempt& attempt, std::string input) const;
  delivery::AttemptResult call(const delivery::Attempt& attempt, const std::string& input) const;
  delivery::AttemptResult publish(const delivery::Attempt& attempt, std::string message) const;
  delivery::AttemptResult hand_to_subscriber(const delivery::Attempt& attempt) const;
  delivery::AttemptResult hand_over(const delivery::Attempt& attempt) const;

  const Ports ports_;
};

// What is delivered: the event, or what the target's Input, InputPath or InputTransformer makes of it.
expr::Shaped shaped_input(const EndpointSpec& endpoint, PayloadKind kind, const std::string& event,
                          WallTime ingested_at);

}  // namespace waybill
