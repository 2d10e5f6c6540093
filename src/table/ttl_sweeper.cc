#include "table/ttl_sweeper.h"

namespace waybill::table {

std::vector<store::SweepExpiredItems> plan_ttl_sweep(const TableCatalog& catalog, WallTime now, int limit) {
  std::vector<store::SweepExpiredItems> sweeps;
  for (const TablePtr& table : catalog.tables()) {
    if (!table->ttl_attribute.empty()) sweeps.push_back({table->id, to_seconds(now), limit});
  }
  return sweeps;
}

std::optional<store::SweepExpiredItems> next_ttl_sweep(const store::SweepExpiredItems& asked,
                                                       const store::Swept& answer) {
  if (answer.rows < asked.limit) return std::nullopt;
  return asked;
}

}  // namespace waybill::table
