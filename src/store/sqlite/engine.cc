#include "store/sqlite/engine.h"

#include <sqlite3.h>

#include "store/sqlite/archives.h"
#include "store/sqlite/catalog.h"
#include "store/sqlite/deliveries.h"
#include "store/sqlite/items.h"
#include "store/sqlite/log_size.h"
#include "store/sqlite/messages.h"

namespace waybill::store::sqlite {

namespace {

// Pages given back to the file system at one checkpoint at most, and how many free ones are kept for the next burst.
constexpr std::int64_t kVacuumPages = 512;
constexpr std::int64_t kFreePagesKept = 4096;

class SqliteEngine final : public Engine {
 public:
  SqliteEngine(Database database, Synchronous synchronous);
  Status load();

  Status begin(Durability durability) override;
  Status commit() override;
  void rollback() override;
  Status savepoint() override;
  Status release_savepoint() override;
  Status rollback_to_savepoint() override;

  Payloads& payloads() override { return payloads_; }
  Deliveries& deliveries() override { return deliveries_; }
  Items& items() override { return items_; }
  Catalog& catalog() override { return catalog_; }
  DeadLetters& dead_letters() override { return dead_letters_; }
  Archives& archives() override { return archives_; }
  Messages& messages() override { return messages_; }
  History& history() override { return history_; }

  Status clear_data() override;
  std::vector<TableId> tables() const override { return items_.tables(); }

  Result<std::int64_t> generation() override;
  Status set_generation(std::int64_t generation) override;
  Result<std::int64_t> log_position() override { return number_of(log_position_); }
  Status set_log_position(std::int64_t number) override { return set_log_position_.with(number).run(); }
  Result<std::int64_t> log_identity() override { return number_of(log_identity_); }
  Result<std::int64_t> log_run() override { return number_of(log_run_); }
  Status set_log_run(std::int64_t run) override { return set_log_run_.with(run).run(); }
  Result<std::int64_t> highest_sequence() override { return sequence_.bound(); }

  std::int64_t wal_bytes() const override { return log_size_.bytes(); }
  Status checkpoint() override;
  bool poisons(const Error& error) const override;

 private:
  // What is kept in memory of what the file no longer says. `steps`: of pending_ before what was undone.
  Status undone(std::uint64_t steps);
  Status give_back_pages();
  static Result<std::int64_t> number_of(Statement& statement);

  Database database_;
  const bool full_;  // commits are synced but for those that need not be
  Durability durability_ = Durability::synced;
  bool unsynced_ = true;  // there may be commits that no sync has made sure of; of a process that was killed, too
  LogSize log_size_{database_};
  Sequence sequence_{database_};
  PendingPayloads pending_{database_};
  SqlitePayloads payloads_{database_, sequence_, pending_};
  SqliteDeliveries deliveries_{database_, sequence_, pending_};
  SqliteItems items_{database_, sequence_};
  SqliteCatalog catalog_{database_, sequence_};
  SqliteDeadLetters dead_letters_{database_, sequence_};
  SqliteArchives archives_{database_};
  SqliteMessages messages_{database_, sequence_};
  SqliteHistory history_{database_};
  std::uint64_t steps_at_begin_ = 0;
  std::uint64_t steps_at_savepoint_ = 0;

  Statement begin_{database_, "BEGIN IMMEDIATE", Scope::any};
  Statement commit_{database_, "COMMIT", Scope::any};
  Statement rollback_{database_, "ROLLBACK", Scope::any};
  Statement savepoint_{database_, "SAVEPOINT unit", Scope::any};
  Statement release_{database_, "RELEASE unit", Scope::any};
  Statement rollback_to_{database_, "ROLLBACK TO unit", Scope::any};
  Statement generation_{database_, "SELECT value FROM meta WHERE name = 'generation'"};
  Statement set_generation_{database_,
                            "INSERT INTO meta (name, value) VALUES ('generation', ?1)"
                            " ON CONFLICT (name) DO UPDATE SET value = excluded.value"};
  Statement log_position_{database_, "SELECT value FROM meta WHERE name = 'log_position'"};
  Statement set_log_position_{database_, "UPDATE meta SET value = ?1 WHERE name = 'log_position'"};
  Statement log_identity_{database_, "SELECT value FROM meta WHERE name = 'log_identity'"};
  Statement log_run_{database_, "SELECT coalesce(max(value), 0) FROM meta WHERE name = 'log_run'"};
  Statement set_log_run_{database_,
                         "INSERT INTO meta (name, value) VALUES ('log_run', ?1)"
                         " ON CONFLICT (name) DO UPDATE SET value = excluded.value"};
  Statement count_sync_{database_,
                        "INSERT INTO meta (name, value) VALUES ('syncs', 1)"
                        " ON CONFLICT (name) DO UPDATE SET value = value + 1"};
};

SqliteEngine::SqliteEngine(Database database, Synchronous synchronous)
    : database_(std::move(database)), full_(synchronous == Synchronous::full) {}

Status SqliteEngine::load() {
  WAYBILL_CHECK(sequence_.load());
  return items_.load();
}

Status SqliteEngine::begin(Durability durability) {
  if (full_ && durability != durability_) {
    // SQLite takes it between transactions only.
    WAYBILL_CHECK(database_.execute(durability == Durability::synced ? "PRAGMA synchronous = FULL"
                                                                     : "PRAGMA synchronous = NORMAL"));
    durability_ = durability;
  }
  steps_at_begin_ = steps_at_savepoint_ = pending_.steps();
  archives_.forget_totals();
  return begin_.with().run();
}

Status SqliteEngine::commit() {
  // Without this a COMMIT after SQLite's own rollback would be an error that looks like a bug.
  WAYBILL_CHECK(database_.require_transaction());
  WAYBILL_CHECK(sequence_.store());
  WAYBILL_CHECK(archives_.store_totals());
  // SQLite does not sync a transaction that changes no page, nor what was not synced before it.
  if (full_ && unsynced_ && durability_ == Durability::synced) WAYBILL_CHECK(count_sync_.with().run());
  const auto committed = commit_.with().run();
  if (!committed) {
    // The disk was full or the like: SQLite has or has not rolled back, nothing of it can have reached the disk whole.
    // After anything else nobody knows what did, whatever the code says.
    Error error = committed.error();
    if (error.code != ErrorCode::unavailable) error.code = ErrorCode::io;
    rollback();
    return error;
  }
  unsynced_ = durability_ == Durability::unsynced;
  sequence_.committed();
  items_.forget_changes();
  return {};
}

void SqliteEngine::rollback() {
  // A rollback reads nothing from the disk in WAL mode; should it fail all the same, the next BEGIN will say so.
  if (database_.in_transaction()) (void)rollback_.with().run();
  (void)undone(steps_at_begin_);
}

Status SqliteEngine::savepoint() {
  WAYBILL_CHECK(database_.require_transaction());
  steps_at_savepoint_ = pending_.steps();
  archives_.savepoint();
  return savepoint_.with().run();
}

Status SqliteEngine::release_savepoint() {
  WAYBILL_CHECK(database_.require_transaction());
  return release_.with().run();
}

Status SqliteEngine::rollback_to_savepoint() {
  WAYBILL_CHECK(database_.require_transaction());
  WAYBILL_CHECK(rollback_to_.with().run());
  WAYBILL_CHECK(release_.with().run());
  archives_.rolled_back_to_savepoint();
  return undone(steps_at_savepoint_);
}

Status SqliteEngine::undone(std::uint64_t steps) {
  if (pending_.steps() != steps) pending_.forget();
  if (items_.changed()) return items_.load();
  return {};
}

Status SqliteEngine::clear_data() {
  WAYBILL_CHECK(database_.require_transaction());
  archives_.forget_totals();
  return database_.execute(
      "DELETE FROM payloads; DELETE FROM deliveries; DELETE FROM dead_letters; DELETE FROM history;"
      "DELETE FROM archived_payloads; DELETE FROM archived_events; DELETE FROM archives;"
      "DELETE FROM messages; DELETE FROM message_rows; DELETE FROM message_deadlines; DELETE FROM fifo_rows;"
      "DELETE FROM fifo_groups; DELETE FROM message_sendings");
}

Result<std::int64_t> SqliteEngine::generation() { return number_of(generation_); }

Result<std::int64_t> SqliteEngine::number_of(Statement& statement) {
  auto execution = statement.with();
  WAYBILL_TRY(const bool row, execution.next());
  return row ? execution.integer(0) : 0;
}

Status SqliteEngine::set_generation(std::int64_t generation) { return set_generation_.with(generation).run(); }

Status SqliteEngine::checkpoint() {
  WAYBILL_CHECK(give_back_pages());
  return log_size_.checkpoint();
}

Status SqliteEngine::give_back_pages() {
  WAYBILL_TRY(const auto free, database_.integer("PRAGMA freelist_count"));
  if (free <= kFreePagesKept) return {};
  const auto pages = std::min(free - kFreePagesKept, kVacuumPages);
  return database_.execute("PRAGMA incremental_vacuum(" + std::to_string(pages) + ")");
}

bool SqliteEngine::poisons(const Error& error) const {
  return error.code == ErrorCode::io || error.code == ErrorCode::corrupt;
}

}  // namespace

Result<std::unique_ptr<Engine>> make_engine(Database database, Synchronous synchronous) {
  auto engine = std::make_unique<SqliteEngine>(std::move(database), synchronous);
  WAYBILL_CHECK(engine->load());
  return std::unique_ptr<Engine>(std::move(engine));
}

}  // namespace waybill::store::sqlite
