// What the dispatcher needs from others: somebody to invoke an endpoint, somebody who knows dead-letter targets, and a
// probe. Declared here; the daemon joins them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/function.h"
#include "base/result.h"
#include "delivery/retry.h"
#include "model/delivery.h"
#include "model/topology.h"
#include "store/changes.h"

namespace waybill::delivery {

// What it refers to lives as long as the call it is given to.
struct Attempt {
  const EndpointSpec& endpoint;
  const Delivery& delivery;
  const Payload& payload;
  WallTime now;
  SteadyTime deadline;
  bool may_block = false;  // it is made on a thread for such: see Invoker::blocks()
};

// Effects, and the deliveries that they cause.
struct Consequences {
  store::Changes changes;
  std::vector<NewDelivery> deliveries;
  std::function<void()> on_commit{};  // once they are stored; on the writer thread: must not block, must not throw
};

struct AttemptResult {
  bool ok = true;
  FailureClass failure = FailureClass::retriable;
  std::string error_code;     // contract section 9: ERROR_FROM_TARGET, NO_RESOURCE, TIMEOUT, …
  std::string error_message;  // for people
  Consequences consequences;  // commit with the outcome, also with a failure
  Millis retry_after{0};      // a failure is retried no earlier than this from now, as its target asked
  // A failure says that the target as a whole is down, not that it failed on this delivery: no connection, no answer in
  // time, too many requests, an error of its server. Several in a row open its circuit (circuit.h).
  bool target_down = false;
  // No attempt was made: the endpoint may be asked again after this time. Nothing else here counts then, and no attempt
  // is counted; only a delivery past its policy's maximum age ends as a failure, THROTTLING.
  std::optional<Millis> postponed{};
  std::string response{};  // what a function answered: JSON text, "" for nothing
};

class Invoker {
 public:
  virtual ~Invoker() = default;
  // Called on worker threads, several at once. Blocks only where blocks() says so, and then up to the deadline, in good
  // handlers. What it throws is a failed attempt, INTERNAL_ERROR.
  virtual AttemptResult invoke(const Attempt& attempt) = 0;

  // Whether attempts at this endpoint run code that is not ours and may take its time, or hang. They are made on
  // threads of their own, and one target holds only some of those. Pure, quick: called with the dispatcher's lock held.
  virtual bool blocks(const EndpointSpec& /*endpoint*/) const { return false; }

  // Whether there is a way to this endpoint at present. Deliveries to others wait in the store, without an attempt and
  // without growing too old, until the configuration is another one. Pure: called with the dispatcher's lock held.
  virtual bool delivers(const EndpointSpec& /*endpoint*/) const { return true; }

  // Whether attempts at this endpoint wait for others, and are made by invoke_async() so that they hold no worker
  // meanwhile. Pure: called with the dispatcher's lock held.
  virtual bool asynchronous(const EndpointSpec& /*endpoint*/) const { return false; }
  // Called on worker threads, several at once; must not block. `done` is called exactly once, from any thread, also
  // before this returns. A result after the attempt's deadline is dropped: the attempt was settled as a timeout.
  virtual void invoke_async(const Attempt& attempt, UniqueFunction<void(AttemptResult)> done) { done(invoke(attempt)); }

  // How many deliveries of this endpoint the next asynchronous attempt may carry at once, at least 1. Pure, quick:
  // called with the dispatcher's lock held.
  virtual std::size_t joint_limit(const EndpointSpec& /*endpoint*/) const { return 1; }
  // One attempt for several deliveries of one endpoint, at most joint_limit() of them and at least two; otherwise as
  // invoke_async(). Its result counts for each of them, by its own retry policy. When it is a success with
  // consequences, nobody was called: what they hold takes the place of all these deliveries, in one unit. Whoever
  // answers more than 1 from joint_limit() overrides this. The attempts live as long as the call.
  virtual void invoke_joint(const std::vector<Attempt>& attempts, UniqueFunction<void(AttemptResult)> done) {
    invoke_async(attempts.front(), std::move(done));
  }
};

class DeadLetterRouter {
 public:
  virtual ~DeadLetterRouter() = default;
  // What else a dead letter causes: the target's DLQ and the function's own dead-letter target. Errors (no such queue)
  // are logged by the router; the record in Waybill's own store is kept whatever happens here.
  virtual Consequences route(const EndpointSpec& endpoint, const DeadLetter& letter, int depth) = 0;
};

// Thread-safe.
class DeliveryProbe {
 public:
  virtual ~DeliveryProbe() = default;
  enum class Outcome { delivered, retried, dead_lettered, fenced, conflicted };
  virtual void attempted(const EndpointSpec& /*endpoint*/, std::chrono::nanoseconds /*duration*/, bool /*ok*/) {}
  virtual void ended(const EndpointSpec& /*endpoint*/, Outcome) {}
  // The circuit of its target opened or closed.
  virtual void circuit(const EndpointSpec& /*endpoint*/, bool /*open*/) {}
};

}  // namespace waybill::delivery
