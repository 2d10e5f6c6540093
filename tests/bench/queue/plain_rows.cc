#include "queue/plain_rows.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>

#include <sqlite3.h>

namespace waybill::bench {

namespace {

class Sqlite {
 public:
  explicit Sqlite(const std::string& path) {
    if (sqlite3_open(path.c_str(), &database_) != SQLITE_OK) throw std::runtime_error("cannot open " + path);
  }
  ~Sqlite() { sqlite3_close(database_); }
  void run(const std::string& sql) {
    if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
      throw std::runtime_error(sql + ": " + sqlite3_errmsg(database_));
    }
  }
  sqlite3_stmt* prepare(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
      throw std::runtime_error(sql + ": " + sqlite3_errmsg(database_));
    }
    return statement;
  }

 private:
  sqlite3* database_ = nullptr;
};

void copy_schema(Sqlite& from, Sqlite& to) {
  sqlite3_stmt* select = from.prepare(
      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND type IN ('table','index')"
      " AND (name = 'messages' OR name = 'message_rows')");
  while (sqlite3_step(select) == SQLITE_ROW) to.run(reinterpret_cast<const char*>(sqlite3_column_text(select, 0)));
  sqlite3_finalize(select);
}

// Binds the numbers and runs it to its end; every row it answers is read.
void step(sqlite3_stmt* statement, std::initializer_list<std::int64_t> numbers) {
  int position = 0;
  for (const std::int64_t number : numbers) sqlite3_bind_int64(statement, ++position, number);
  int code = 0;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    for (int i = 0; i < sqlite3_column_count(statement); ++i) sqlite3_column_bytes(statement, i);
  }
  if (code != SQLITE_DONE) throw std::runtime_error("a statement failed");
  sqlite3_reset(statement);
}

}  // namespace

double plain_queue_seconds(const std::filesystem::path& schema_from, const std::filesystem::path& fresh,
                           std::int64_t messages, std::int64_t group, int body_bytes) {
  Sqlite from(schema_from);
  Sqlite to(fresh);
  to.run(
      "PRAGMA page_size=8192; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
      "PRAGMA wal_autocheckpoint=4096; PRAGMA cache_size=-8000");
  copy_schema(from, to);
  sqlite3_stmt* const body = to.prepare("INSERT INTO messages VALUES (?1, ?2, '', '', '', '', '', ?1)");
  sqlite3_stmt* const row = to.prepare("INSERT INTO message_rows VALUES (1, ?1, ?1, 0, ?1, 0, 0, 0)");
  sqlite3_stmt* const due =
      to.prepare("SELECT * FROM message_rows WHERE queue = 1 AND visible_at <= ?1 ORDER BY visible_at, id LIMIT 10");
  sqlite3_stmt* const taken = to.prepare(
      "UPDATE message_rows SET visible_at = ?2, receives = 1, first_received = ?2 WHERE queue = 1 AND visible_at = ?1"
      " AND id = ?1");
  sqlite3_stmt* const read = to.prepare("SELECT * FROM messages WHERE id = ?1");
  sqlite3_stmt* const gone = to.prepare("DELETE FROM message_rows WHERE queue = 1 AND visible_at = ?1 AND id = ?2");
  sqlite3_stmt* const forgotten = to.prepare("DELETE FROM messages WHERE id = ?1");
  const std::string text(static_cast<std::size_t>(body_bytes), 'x');
  const std::int64_t later = messages + 1'000'000;
  const auto in_groups = [&](auto&& one) {
    for (std::int64_t first = 0; first < messages; first += group) {
      to.run("BEGIN IMMEDIATE");
      for (std::int64_t i = first; i < std::min(messages, first + group); ++i) one(i + 1);
      to.run("COMMIT");
    }
  };
  const auto began = std::chrono::steady_clock::now();
  sqlite3_bind_text(body, 2, text.data(), body_bytes, SQLITE_STATIC);
  in_groups([&](std::int64_t id) {
    step(body, {id});
    step(row, {id});
  });
  in_groups([&](std::int64_t id) {
    if (id % 10 == 1) step(due, {messages});
    step(taken, {id, later + id});
    step(read, {id});
  });
  in_groups([&](std::int64_t id) {
    step(gone, {later + id, id});
    step(forgotten, {id});
  });
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  for (sqlite3_stmt* each : {body, row, due, taken, read, gone, forgotten}) sqlite3_finalize(each);
  return seconds;
}

}  // namespace waybill::bench
