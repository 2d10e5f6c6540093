// A replay as the runner sees it: read from its row, and written back as the row's state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "control/book.h"
#include "store/reader.h"

namespace waybill::archive {

struct Replay {
  ResourceKey key;
  std::string archive_name;
  ArchiveId archive;  // the one it was started on; another of that name has another number
  std::string bus_arn;
  std::vector<std::string> rule_arns;  // only these rules get events; empty: all
  WallTime from, to;                   // event times in [from, to)
  std::optional<store::ArchiveQuery::Position> after;

  // Error: corrupt, when the row is not as StartReplay writes it.
  static Result<Replay> read(const CatalogRow& row);
  // Events that are still to be replayed.
  store::ArchiveQuery rest(int limit) const;
};

// What one step of a replay came to.
struct Progress {
  std::string state;                                   // as AWS names it
  std::string reason;                                  // of a failure
  std::optional<store::ArchiveQuery::Position> after;  // none: no event was passed
};

// The edit that notes the progress; without any change when the replay is not in the state that `row` shows any more:
// it was cancelled or removed meanwhile. `now` becomes the end of a replay that ends.
control::Edit note_progress(const Catalog& catalog, const CatalogRow& row, const Progress& progress, WallTime now);

}  // namespace waybill::archive
