// Asynchronous invocations of functions as deliveries of their own, and the records of their end that go to the
// destinations of an EventInvokeConfig (AWS: Lambda, "Capturing records of asynchronous invocations").
#pragma once

#include <string>

#include "base/random.h"
#include "bus/acceptor.h"
#include "delivery/invoker.h"
#include "store/journal.h"

namespace waybill {

// How an invocation ended. The references live as long as the call they are given to.
struct InvocationEnd {
  const FunctionSpec& function;
  DeliveryId delivery;
  bool ok = true;
  std::string exhausted_condition;  // as in DeadLetter
  int attempts = 1;
  const std::string& request;  // what the function got: JSON text
  std::string response;        // what it answered: JSON text, "" for nothing
  std::string error;           // why it failed
};

// The record as JSON text.
std::string invocation_record(const InvocationEnd& end, WallTime now);

// Constant after construction; thread-safe.
class InvocationDestinations {
 public:
  struct Ports {
    const Snapshot<Topology>& topology;
    const bus::Acceptor& acceptor;
    store::Journal& journal;
    Random& random;
  };
  explicit InvocationDestinations(Ports ports) : ports_(ports) {}

  // One invocation of the function with that input (JSON text). REQUIRES: it has an endpoint for its invocations.
  void invoke(const FunctionSpec& function, const std::string& origin, std::string input, int depth, WallTime now,
              delivery::Consequences& into) const;
  // The record to the function's destination for that end, where it names one: a topic, a bus, a function. One that
  // cannot take it is logged; what a failure leaves is kept in Waybill's own store whatever happens here.
  void send(const InvocationEnd& end, int depth, WallTime now, delivery::Consequences& into) const;

 private:
  Status send_to(const std::string& arn, const InvocationEnd& end, int depth, WallTime now,
                 delivery::Consequences& into) const;
  Status send_to_bus(const std::string& arn, const InvocationEnd& end, int depth, WallTime now,
                     delivery::Consequences& into) const;

  const Ports ports_;
};

}  // namespace waybill
