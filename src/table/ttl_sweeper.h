// What the maintenance lane is asked to do so that expired items go (AWS: DynamoDB TTL). Pure planning: the daemon
// calls it when its timer fires, submits each change as its own unit, and asks what follows from the answer.
//
// AWS does not remove an item whose TTL lies more than five years in the past: encode_item() gives such an item no
// expiry at all.
#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"
#include "store/changes.h"
#include "table/table_catalog.h"

namespace waybill::table {

inline constexpr int kSweepRows = 1000;

// One change for each table that has a TTL attribute.
std::vector<store::SweepExpiredItems> plan_ttl_sweep(const TableCatalog& catalog, WallTime now, int limit = kSweepRows);

// The change to submit next for the same table: there while the answer was full, so more may be left.
std::optional<store::SweepExpiredItems> next_ttl_sweep(const store::SweepExpiredItems& asked,
                                                       const store::Swept& answer);

}  // namespace waybill::table
