// SQLite result codes as errors. Both the primary and the extended code stay readable in the message.
#pragma once

#include <string_view>

#include "base/result.h"

struct sqlite3;

namespace waybill::store::sqlite {

// What `code` (extended or not) means to a caller:
//   unavailable  SQLITE_FULL, NOMEM, BUSY, LOCKED: nothing was stored, trying again later may help
//   io, corrupt  the file cannot be trusted any more: SQLITE_IOERR*, CANTOPEN, READONLY; CORRUPT, NOTADB
//   conflict     a constraint;  limit  SQLITE_TOOBIG;  internal  anything else, a bug of ours
ErrorCode classify(int code);

// `connection` may be null; then the message has only the code's own text.
Error make_error(sqlite3* connection, int code, std::string_view doing);

}  // namespace waybill::store::sqlite
