// What goes in the background: events past their archive's retention, events of archives that were deleted, replays
// that ended long ago. Planning only: the daemon calls it when its timer fires, submits each change to the Journal's
// maintenance lane, and the same change again as long as the answer says that there is more.
#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"
#include "control/book.h"
#include "store/reader.h"

namespace waybill::archive {

inline constexpr int kSweepRows = 1000;
// AWS keeps replays so long (contract section 14); counted from their end.
inline constexpr std::chrono::days kReplayAge{90};

// One change for each archive with a retention.
std::vector<store::SweepArchive> plan_archive_sweep(const Catalog& catalog, WallTime now);
// One change for each stored archive that the catalog does not have any more. `stored` was read before `catalog` was
// taken: what is archived meanwhile may be of an archive that is newer than the catalog.
std::vector<store::DropArchive> plan_archive_drop(const std::vector<store::ArchiveTotals>& stored,
                                                  const Catalog& catalog);
// When the first of the replays that ended is as old as that; none: none ended.
std::optional<WallTime> next_replay_drop(const Catalog& catalog);
// Removes the rows of replays that ended longer than kReplayAge ago. Waits for the commit.
Status drop_old_replays(control::Book& book, WallTime now);

}  // namespace waybill::archive
