// The storage engine: SQLite behind store/engine.h. See docs/storage.md.
#pragma once

#include <memory>

#include "store/engine.h"
#include "store/sqlite/database.h"

namespace waybill::store::sqlite {

// Takes a connection that was configured and migrated, and is from then on the only one that writes or checkpoints.
// `sweep_window` and `sweep_rows`: see PendingPayloads; 0 for its own.
Result<std::unique_ptr<Engine>> make_engine(Database database);

}  // namespace waybill::store::sqlite
