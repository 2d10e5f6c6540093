#include "daemon/wiring.h"

#include <algorithm>

namespace waybill {

void CatalogWiring::load(const std::vector<store::EndpointRow>& endpoints) {
  for (const store::EndpointRow& row : endpoints) {
    numbers_.by_key[row.key] = row.id;
    numbers_.last = std::max(numbers_.last, row.id.value);
  }
}

Result<control::Wiring> CatalogWiring::make(const Catalog& catalog) {
  WAYBILL_TRY(auto topology,
              Topology::build(catalog, home_, numbers_, ports_.needs_confirmation, retries_, queue_message_bytes_));
  const auto before = ports_.rules.get();
  WAYBILL_TRY(auto rules, bus::RuleTable::build(topology, before.get()));
  control::Wiring wiring;
  // Numbers that were given to a catalog which could not be stored are stored with the next one.
  for (const auto& [id, key] : numbers_.fresh) wiring.changes.add(store::PutEndpoint{id, key});
  auto destinations = std::make_shared<const Destinations>(destinations_of(catalog));
  wiring.publish = [this, topology, rules, destinations] {
    numbers_.fresh.clear();
    ports_.destinations.set(destinations);
    ports_.topology.set(topology);  // before the rules, whose deliveries look their endpoints up in it
    ports_.rules.set(rules);
    ports_.changed();
  };
  return wiring;
}

}  // namespace waybill
