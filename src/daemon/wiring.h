// What follows from the catalog: the topology, the rules with their patterns compiled, and the numbers of endpoints.
#pragma once

#include <functional>

#include "bus/rule_table.h"
#include "control/book.h"
#include "daemon/destinations.h"
#include "model/topology.h"
#include "store/reader.h"

namespace waybill {

// Owner: the App. Thread: whoever edits the Book, one at a time.
class CatalogWiring {
 public:
  struct Ports {
    Snapshot<Topology>& topology;
    Snapshot<bus::RuleTable>& rules;
    Snapshot<Destinations>& destinations;
    std::function<void()> changed;  // called after all were published
    NeedsConfirmation needs_confirmation;
  };
  CatalogWiring(Ports ports, Place home, Retries retries, std::size_t queue_message_bytes)
      : ports_(std::move(ports)),
        home_(std::move(home)),
        retries_(retries),
        queue_message_bytes_(queue_message_bytes) {}

  // The numbers that endpoints have in the store: before the first call of make().
  void load(const std::vector<store::EndpointRow>& endpoints);
  Result<control::Wiring> make(const Catalog& catalog);

 private:
  const Ports ports_;
  const Place home_;
  const Retries retries_;
  const std::size_t queue_message_bytes_;
  Topology::EndpointNumbers numbers_;
};

}  // namespace waybill
