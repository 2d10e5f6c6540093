#include "archive/retention.h"

#include <algorithm>
#include <set>

#include "control/archive_rows.h"
#include "control/replay_rows.h"

namespace waybill::archive {

std::vector<store::SweepArchive> plan_archive_sweep(const Catalog& catalog, WallTime now) {
  std::vector<store::SweepArchive> sweeps;
  for (const auto& [key, row] : catalog) {
    if (key.kind != kinds::kArchive) continue;
    const std::chrono::days kept{row->body.value("RetentionDays", 0)};
    if (kept.count() > 0) sweeps.push_back({control::archive_id(*row), now - kept, kSweepRows});
  }
  return sweeps;
}

std::vector<store::DropArchive> plan_archive_drop(const std::vector<store::ArchiveTotals>& stored,
                                                  const Catalog& catalog) {
  std::set<ArchiveId> known;
  for (const auto& [key, row] : catalog) {
    if (key.kind == kinds::kArchive) known.insert(control::archive_id(*row));
  }
  std::vector<store::DropArchive> drops;
  for (const store::ArchiveTotals& each : stored) {
    if (!known.contains(each.archive)) drops.push_back({each.archive, kSweepRows});
  }
  return drops;
}

std::optional<WallTime> next_replay_drop(const Catalog& catalog) {
  std::optional<WallTime> first;
  for (const auto& [key, row] : catalog) {
    if (key.kind != kinds::kReplay || control::is_active_replay(*row) || !row->state.contains("Ended")) continue;
    const WallTime drop = from_millis(row->state.value("Ended", std::int64_t{0})) + kReplayAge;
    first = first ? std::min(*first, drop) : drop;
  }
  return first;
}

Status drop_old_replays(control::Book& book, WallTime now) {
  return book.edit([now](const Catalog& catalog) -> Result<control::Edit> {
    control::Edit edit;
    for (const auto& [key, row] : catalog) {
      if (key.kind != kinds::kReplay || control::is_active_replay(*row)) continue;
      if (from_millis(row->state.value("Ended", to_millis(now))) < now - kReplayAge) edit.deletes.push_back(key);
    }
    return edit;
  });
}

}  // namespace waybill::archive
