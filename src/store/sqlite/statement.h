// A prepared statement, and one run of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "store/sqlite/database.h"

struct sqlite3;
struct sqlite3_stmt;

namespace waybill::store::sqlite {

struct Blob {
  std::string_view bytes;
};

// transaction: a statement that writes is refused outside a transaction (see Database::require_transaction).
enum class Scope { transaction, any };

class Execution;

// Owner/Thread: as its Database. Prepared at its first use, then kept.
class Statement {
 public:
  Statement(Database& database, std::string sql, Scope scope = Scope::transaction);
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  // Binds the values in order. Text and blobs are not copied: they must live as long as the Execution.
  // REQUIRES: no other Execution of this statement is alive.
  template <class... Values>
  Execution with(const Values&... values);

 private:
  friend class Execution;
  int prepare();

  Database& database_;
  std::string sql_;
  Scope scope_;
  bool writes_ = false;
  sqlite3_stmt* handle_ = nullptr;
};

// One run: bound, stepped, and reset when it goes.
class Execution {
 public:
  template <class... Values>
  explicit Execution(Statement& statement, const Values&... values) : statement_(statement) {
    code_ = statement_.prepare();
    (bind(values), ...);
  }
  ~Execution();
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  // True when there is a next row; column accessors speak of it until the next call.
  Result<bool> next();
  // To the end, skipping rows.
  Status run();

  std::int64_t integer(int column) const;
  std::string_view text(int column) const;  // valid until next()
  std::string_view blob(int column) const;  // valid until next()
  bool is_null(int column) const;

  // Values for the next parameters, in order; with() has bound the first.
  void bind(std::int64_t value);
  void bind(int value) { bind(std::int64_t{value}); }
  void bind(std::string_view text);
  void bind(const std::string& text) { bind(std::string_view(text)); }
  void bind(Blob blob);
  void bind(std::nullopt_t);
  template <class T>
  void bind(const std::optional<T>& value) {
    if (value) {
      bind(*value);
    } else {
      bind(std::nullopt);
    }
  }

 private:
  void note(int code);

  Statement& statement_;
  int position_ = 0;
  int code_ = 0;  // first error of preparing and binding; answered by next()
};

template <class... Values>
Execution Statement::with(const Values&... values) {
  return Execution(*this, values...);
}

}  // namespace waybill::store::sqlite
