// Reads of committed state over a read-only connection.
#pragma once

#include <memory>

#include "store/reader.h"
#include "store/sqlite/database.h"

namespace waybill::store::sqlite {

// Takes a configured read-only connection. Every call is one SQLite read transaction, over when the call returns.
std::unique_ptr<Reader> make_reader(Database database);

}  // namespace waybill::store::sqlite
