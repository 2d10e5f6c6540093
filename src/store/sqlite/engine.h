// The storage engine: SQLite behind store/engine.h. See docs/storage.md.
#pragma once

#include <memory>

#include "store/engine.h"
#include "store/sqlite/database.h"
#include "store/sqlite/schema.h"

namespace waybill::store::sqlite {

// Takes a connection that was configured and migrated, and is from then on the only one that writes or checkpoints.
// `synchronous`: as configured; commits that need not be synced lower FULL to NORMAL.
// `sweep_window` and `sweep_rows`: see PendingPayloads; 0 for its own.
Result<std::unique_ptr<Engine>> make_engine(Database database, Synchronous synchronous = Synchronous::full);

}  // namespace waybill::store::sqlite
