#include "store/sqlite/error.h"

#include <spdlog/fmt/fmt.h>
#include <sqlite3.h>

namespace waybill::store::sqlite {

ErrorCode classify(int code) {
  // Memory that ran out inside the file layer says nothing about the disk.
  if (code == SQLITE_IOERR_NOMEM) return ErrorCode::unavailable;
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_NOMEM:
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ErrorCode::unavailable;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM: return ErrorCode::io;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorCode::corrupt;
    case SQLITE_CONSTRAINT: return ErrorCode::conflict;
    case SQLITE_TOOBIG: return ErrorCode::limit;
    default: return ErrorCode::internal;
  }
}

Error make_error(sqlite3* connection, int code, std::string_view doing) {
  // The connection's message belongs to its latest call, which is the failed one only if the codes agree.
  const bool same = connection && (sqlite3_errcode(connection) & 0xff) == (code & 0xff);
  const int extended = same ? sqlite3_extended_errcode(connection) : code;
  const char* text = same ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
  return {classify(extended), fmt::format("{}: {} (SQLite code {}, extended {})", doing, text, code & 0xff, extended)};
}

}  // namespace waybill::store::sqlite
