// The EventBridge API behind its protocol: requests that kept to the request model, answered from and applied to the
// catalog (contract sections 5 to 7 and 11 to 16).
#pragma once

#include <string_view>

#include "control/session.h"

namespace waybill::control {

// A page of a list: what the protocol's Limit and NextToken ask for is cut from the whole answer by whoever speaks it.
using Operation = Answer<Json> (*)(Session&, const Json& request);

// Null for an operation that is not the control plane's.
Operation find_operation(std::string_view name);

// Thread-safe. Calls that change something wait for their commit: not for the io threads.
class ControlPlane {
 public:
  ControlPlane(Book& book, store::ReaderPool& readers, const WallClock& clock, Random& random, Limits limits)
      : book_(book), readers_(readers), clock_(clock), random_(random), limits_(limits) {}

  Answer<Json> call(Operation operation, const Json& request, const Place& place);

 private:
  Book& book_;
  store::ReaderPool& readers_;
  const WallClock& clock_;
  Random& random_;
  const Limits limits_;
};

}  // namespace waybill::control
