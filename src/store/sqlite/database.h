// One connection to one SQLite file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

struct sqlite3;

namespace waybill::store::sqlite {

enum class Access { read_write_create, read_only };

// Owner/Thread: one thread at a time (opened without SQLite's own mutexes). Statements of a Database must be destroyed
// before it. Blocks: on the disk, and up to `kBusyTimeout` where another connection holds a lock.
class Database {
 public:
  // `file` is a path or a "file:" URI; `vfs` is "" for the platform's own.
  static Result<Database> open(const std::string& file, Access access, const std::string& vfs);

  Database(Database&&) noexcept = default;
  Database& operator=(Database&&) noexcept = default;

  sqlite3* handle() const { return handle_.get(); }
  // Runs statements that take no values and whose rows nobody wants.
  Status execute(const std::string& sql);
  // First column of the first row, for pragmas and counts; 0 when there is no row.
  Result<std::int64_t> integer(const std::string& sql);
  Result<std::string> text(const std::string& sql);

  bool in_transaction() const;
  // An error outside a transaction: SQLite rolls one back by itself after some errors, and what follows must not be
  // stored statement by statement as if nothing had happened.
  Status require_transaction() const;
  // Rows that the latest INSERT, UPDATE or DELETE touched.
  std::int64_t changes() const;
  Error error(int code, std::string_view doing) const;

  // A closing connection leaves the write-ahead log alone, even when it is the last one.
  void keep_log_on_close();
  // Does the header in the file itself say that it has a write-ahead log?
  bool header_says_wal() const;
  // Bytes of the write-ahead log file; 0 when there is none.
  std::int64_t log_file_bytes() const;

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  explicit Database(sqlite3* handle) : handle_(handle) {}
  std::unique_ptr<sqlite3, Close> handle_;
};

// Rolls back what is open when it goes, for a chain of steps that may fail between BEGIN and COMMIT. For a read it also
// holds one snapshot over several statements.
class TransactionScope {
 public:
  static Result<TransactionScope> begin(Database& database, const char* sql = "BEGIN");
  TransactionScope(TransactionScope&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
  TransactionScope& operator=(TransactionScope&&) = delete;
  ~TransactionScope();
  Status commit();

 private:
  explicit TransactionScope(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace waybill::store::sqlite
