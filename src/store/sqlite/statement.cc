#include "store/sqlite/statement.h"

#include <sqlite3.h>

namespace waybill::store::sqlite {

Statement::Statement(Database& database, std::string sql, Scope scope)
    : database_(database), sql_(std::move(sql)), scope_(scope) {}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      sql_(std::move(other.sql_)),
      scope_(other.scope_),
      writes_(other.writes_),
      handle_(std::exchange(other.handle_, nullptr)) {}

Statement::~Statement() { sqlite3_finalize(handle_); }

int Statement::prepare() {
  if (handle_) return SQLITE_OK;
  const int code = sqlite3_prepare_v3(database_.handle(), sql_.data(), static_cast<int>(sql_.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
  if (code == SQLITE_OK) writes_ = sqlite3_stmt_readonly(handle_) == 0;
  return code;
}

Execution::~Execution() {
  // Answers the error of the last step again; next() has already given it to the caller.
  if (statement_.handle_) sqlite3_reset(statement_.handle_);
}

Result<bool> Execution::next() {
  if (code_ != SQLITE_OK) return statement_.database_.error(code_, statement_.sql_);
  if (statement_.writes_ && statement_.scope_ == Scope::transaction) {
    WAYBILL_CHECK(statement_.database_.require_transaction());
  }
  const int code = sqlite3_step(statement_.handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return statement_.database_.error(code, statement_.sql_);
}

Status Execution::run() {
  while (true) {
    WAYBILL_TRY(const bool row, next());
    if (!row) return {};
  }
}

std::int64_t Execution::integer(int column) const { return sqlite3_column_int64(statement_.handle_, column); }

std::string_view Execution::text(int column) const {
  const auto* data = sqlite3_column_text(statement_.handle_, column);
  const int size = sqlite3_column_bytes(statement_.handle_, column);
  return data ? std::string_view(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size))
              : std::string_view();
}

std::string_view Execution::blob(int column) const {
  const void* data = sqlite3_column_blob(statement_.handle_, column);
  const int size = sqlite3_column_bytes(statement_.handle_, column);
  return data ? std::string_view(static_cast<const char*>(data), static_cast<std::size_t>(size)) : std::string_view();
}

bool Execution::is_null(int column) const { return sqlite3_column_type(statement_.handle_, column) == SQLITE_NULL; }

void Execution::bind(std::int64_t value) {
  if (code_ == SQLITE_OK) note(sqlite3_bind_int64(statement_.handle_, ++position_, value));
}

// A null pointer would bind NULL; an empty value has a place in memory like any other.
void Execution::bind(std::string_view text) {
  if (code_ != SQLITE_OK) return;
  note(sqlite3_bind_text64(statement_.handle_, ++position_, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC,
                           SQLITE_UTF8));
}

void Execution::bind(Blob blob) {
  if (code_ != SQLITE_OK) return;
  note(sqlite3_bind_blob64(statement_.handle_, ++position_, blob.bytes.empty() ? "" : blob.bytes.data(),
                           blob.bytes.size(), SQLITE_STATIC));
}

void Execution::bind(std::nullopt_t) {
  if (code_ == SQLITE_OK) note(sqlite3_bind_null(statement_.handle_, ++position_));
}

void Execution::note(int code) { code_ = code; }

}  // namespace waybill::store::sqlite
