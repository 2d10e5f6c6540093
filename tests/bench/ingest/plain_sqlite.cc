#include "ingest/plain_sqlite.h"

#include <algorithm>
#include <chrono>
#include <fcntl.h>
#include <stdexcept>
#include <string>
#include <sys/vfs.h>
#include <unistd.h>
#include <vector>

#include <sqlite3.h>

namespace waybill::bench {

namespace {

using Clock = std::chrono::steady_clock;

class Sqlite {
 public:
  explicit Sqlite(const std::string& path) {
    if (sqlite3_open(path.c_str(), &database_) != SQLITE_OK) throw std::runtime_error("cannot open " + path);
  }
  ~Sqlite() { sqlite3_close(database_); }
  void run(const std::string& sql) {
    char* problem = nullptr;
    if (sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, &problem) != SQLITE_OK) {
      throw std::runtime_error(sql + ": " + problem);
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

// A row as values, to be bound again.
using Row = std::vector<sqlite3_value*>;

std::vector<Row> read_rows(Sqlite& from, const std::string& table, int most) {
  sqlite3_stmt* select = from.prepare("SELECT * FROM " + table + " LIMIT " + std::to_string(most));
  std::vector<Row> rows;
  while (sqlite3_step(select) == SQLITE_ROW) {
    Row row;
    for (int i = 0; i < sqlite3_column_count(select); ++i)
      row.push_back(sqlite3_value_dup(sqlite3_column_value(select, i)));
    rows.push_back(std::move(row));
  }
  sqlite3_finalize(select);
  if (rows.empty()) throw std::runtime_error("no rows in " + table + " to write again");
  return rows;
}

void copy_schema(Sqlite& from, Sqlite& to) {
  sqlite3_stmt* select = from.prepare(
      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND type IN ('table','index') "
      "AND name NOT LIKE 'sqlite_%'");
  while (sqlite3_step(select) == SQLITE_ROW) to.run(reinterpret_cast<const char*>(sqlite3_column_text(select, 0)));
  sqlite3_finalize(select);
}

void step(sqlite3_stmt* statement) {
  if (sqlite3_step(statement) != SQLITE_DONE) throw std::runtime_error("a statement failed");
  sqlite3_reset(statement);
}

class Writer {
 public:
  Writer(Sqlite& to, std::vector<Row> items)
      : to_(to),
        items_(std::move(items)),
        payload_(to.prepare("INSERT INTO archived_payloads VALUES (?1, 1, ?1, "
                            "'arn:aws:events:us-east-1:000000000000:event-bus/b', ?2)")),
        archived_(to.prepare("INSERT INTO archived_events VALUES (1, ?1 / 10000, ?1, ?1, 420)")),
        delivery_(to.prepare("INSERT INTO deliveries VALUES (1, ?1, ?1, ?1, 0, 0, ?1, '')")),
        removal_(to.prepare("DELETE FROM deliveries WHERE endpoint = 1 AND due = ?1 AND id = ?1 AND attempts = 0")) {
    std::string marks = "?1";
    for (std::size_t i = 2; i <= items_[0].size(); ++i) marks += ", ?" + std::to_string(i);
    item_ = to.prepare("INSERT INTO item_1 VALUES (" + marks + ")");
  }
  ~Writer() {
    for (sqlite3_stmt* each : {payload_, archived_, delivery_, removal_, item_}) sqlite3_finalize(each);
  }

  void accept(std::int64_t number) {
    sqlite3_bind_int64(payload_, 1, number);
    sqlite3_bind_text(payload_, 2, body_.data(), static_cast<int>(body_.size()), SQLITE_STATIC);
    step(payload_);
    sqlite3_bind_int64(archived_, 1, number);
    step(archived_);
    sqlite3_bind_int64(delivery_, 1, number);
    step(delivery_);
  }

  // The key gets the number, so that rows written several times stay different: in time order, as the daemon's ids are.
  void handle(std::int64_t number) {
    const Row& row = items_[static_cast<std::size_t>(number) % items_.size()];
    for (std::size_t i = 0; i < row.size(); ++i) sqlite3_bind_value(item_, static_cast<int>(i) + 1, row[i]);
    sqlite3_bind_null(item_, 1);
    std::string key = std::to_string(1'000'000'000'000 + number) + "-0000-7000-8000-000000000000";
    sqlite3_bind_blob(item_, 2, key.data(), static_cast<int>(key.size()), SQLITE_TRANSIENT);
    step(item_);
    sqlite3_bind_int64(removal_, 1, number);
    step(removal_);
  }

 private:
  Sqlite& to_;
  std::vector<Row> items_;
  sqlite3_stmt *payload_, *archived_, *delivery_, *removal_, *item_;
  const std::string body_ = std::string(420, 'x');  // an event of this benchmark, in delivered form
};

}  // namespace

double replay_rows(const std::filesystem::path& filled, const std::filesystem::path& fresh, std::int64_t events,
                   std::int64_t commits) {
  Sqlite from(filled), to(fresh);
  to.run(
      "PRAGMA page_size=8192; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
      "PRAGMA wal_autocheckpoint=4096; PRAGMA cache_size=-8000");
  copy_schema(from, to);
  Writer writer(to, read_rows(from, "item_1", 20'000));
  const std::int64_t groups = std::max<std::int64_t>(1, commits / 2);
  const auto began = Clock::now();
  for (std::int64_t group = 0; group < groups; ++group) {
    const std::int64_t first = events * group / groups, last = events * (group + 1) / groups;
    to.run("BEGIN IMMEDIATE");
    for (std::int64_t i = first; i < last; ++i) writer.accept(i);
    to.run("COMMIT");
    to.run("BEGIN IMMEDIATE");
    for (std::int64_t i = first; i < last; ++i) writer.handle(i);
    to.run("COMMIT");
  }
  return std::chrono::duration<double>(Clock::now() - began).count();
}

void refuse_memory(const std::filesystem::path& directory) {
  constexpr long kTmpfs = 0x01021994, kRamfs = 0x858458f6;
  struct statfs about {};
  if (::statfs(directory.c_str(), &about) != 0) throw std::runtime_error("cannot look at " + directory.string());
  if (about.f_type == kTmpfs || about.f_type == kRamfs) {
    throw std::runtime_error(directory.string() + " lies in memory; set WAYBILL_BENCH_DIR to a directory on a disk");
  }
}

double fsync_seconds(const std::filesystem::path& directory) {
  const std::string path = directory / "fsync-probe";
  const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
  const std::string page(8192, 'x');
  std::vector<double> seconds;
  for (int i = 0; i < 200; ++i) {
    const auto began = Clock::now();
    if (::write(file, page.data(), page.size()) < 0 || ::fdatasync(file) != 0) throw std::runtime_error("fsync failed");
    seconds.push_back(std::chrono::duration<double>(Clock::now() - began).count());
  }
  ::close(file);
  std::filesystem::remove(path);
  std::nth_element(seconds.begin(), seconds.begin() + 100, seconds.end());
  return seconds[100];
}

}  // namespace waybill::bench
