#include "store/sqlite/database.h"

#include <sqlite3.h>

#include "store/sqlite/error.h"
#include "store/sqlite/statement.h"

namespace waybill::store::sqlite {

namespace {
constexpr int kBusyTimeoutMillis = 10'000;
}  // namespace

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Result<Database> Database::open(const std::string& file, Access access, const std::string& vfs) {
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | SQLITE_OPEN_EXRESCODE;
  flags |= access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
  Database database(handle);
  if (code != SQLITE_OK) return make_error(handle, code, "open " + file);
  sqlite3_busy_timeout(handle, kBusyTimeoutMillis);
  return database;
}

Status Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error(code, sql.substr(0, 80));
  return {};
}

Result<std::int64_t> Database::integer(const std::string& sql) {
  Statement statement(*this, sql, Scope::any);
  auto execution = statement.with();
  WAYBILL_TRY(const bool row, execution.next());
  return row ? execution.integer(0) : 0;
}

Result<std::string> Database::text(const std::string& sql) {
  Statement statement(*this, sql, Scope::any);
  auto execution = statement.with();
  WAYBILL_TRY(const bool row, execution.next());
  return row ? std::string(execution.text(0)) : std::string();
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle()) == 0; }

Status Database::require_transaction() const {
  if (in_transaction()) return {};
  return Error{ErrorCode::unavailable, "no transaction is open: it was rolled back after an earlier error"};
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle()); }

Error Database::error(int code, std::string_view doing) const { return make_error(handle(), code, doing); }

void Database::keep_log_on_close() { sqlite3_db_config(handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr); }

bool Database::header_says_wal() const {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(handle(), "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK) return false;
  // The write and read versions of the file format: 1 for a rollback journal, 2 for a write-ahead log.
  char versions[2] = {};
  if (!file || !file->pMethods || file->pMethods->xRead(file, versions, 2, 18) != SQLITE_OK) return false;
  return versions[0] == 2 && versions[1] == 2;
}

std::int64_t Database::log_file_bytes() const {
  // In WAL mode the "journal" of the main database is its write-ahead log.
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(handle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) != SQLITE_OK) return 0;
  sqlite3_int64 bytes = 0;
  if (!file || !file->pMethods || file->pMethods->xFileSize(file, &bytes) != SQLITE_OK) return 0;
  return bytes;
}

Result<TransactionScope> TransactionScope::begin(Database& database, const char* sql) {
  WAYBILL_CHECK(database.execute(sql));
  return TransactionScope(database);
}

TransactionScope::~TransactionScope() {
  // Nothing can be done about a rollback that fails, and SQLite may have rolled back by itself.
  if (database_ && database_->in_transaction()) (void)database_->execute("ROLLBACK");
}

Status TransactionScope::commit() { return database_->execute("COMMIT"); }

}  // namespace waybill::store::sqlite
