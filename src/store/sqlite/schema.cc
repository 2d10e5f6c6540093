#include "store/sqlite/schema.h"

#include <array>

#include <spdlog/fmt/fmt.h>

#include "store/sqlite/user_table.h"

namespace waybill::store::sqlite {

namespace {

// Times are milliseconds since the epoch, UTC, except items' `expires`, which is in seconds as in their TTL attribute.
constexpr std::string_view kVersion1 = R"sql(
CREATE TABLE meta (           -- the engine's own numbers: generation, sequence
  name   TEXT NOT NULL PRIMARY KEY,
  value  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE payloads (       -- what is delivered, stored once for all its deliveries
  id           INTEGER PRIMARY KEY,
  kind         INTEGER NOT NULL,
  accepted_at  INTEGER NOT NULL,
  origin       TEXT NOT NULL,
  body         TEXT NOT NULL
) STRICT;

CREATE TABLE deliveries (     -- pending work: one b-tree entry each, and no index beside it
  endpoint     INTEGER NOT NULL,
  due          INTEGER NOT NULL,
  id           INTEGER NOT NULL,
  payload      INTEGER NOT NULL,
  attempts     INTEGER NOT NULL,
  depth        INTEGER NOT NULL,
  ingested_at  INTEGER NOT NULL,
  last_error   TEXT NOT NULL,
  PRIMARY KEY (endpoint, due, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE dead_letters (
  id                   INTEGER PRIMARY KEY,
  endpoint             INTEGER NOT NULL,
  kind                 INTEGER NOT NULL,
  origin               TEXT NOT NULL,
  body                 TEXT NOT NULL,
  event_id             TEXT NOT NULL,
  rule_arn             TEXT NOT NULL,
  target_arn           TEXT NOT NULL,
  error_code           TEXT NOT NULL,
  error_message        TEXT NOT NULL,
  exhausted_condition  TEXT NOT NULL,
  attempts             INTEGER NOT NULL,
  depth                INTEGER NOT NULL,
  ingested_at          INTEGER NOT NULL,
  dead_at              INTEGER NOT NULL
) STRICT;
CREATE INDEX dead_letters_dead_at ON dead_letters (dead_at);

CREATE TABLE endpoints (      -- the number of a target, subscription, function or queue, for ever
  id   INTEGER PRIMARY KEY,
  key  TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE catalog (        -- what templates and the API made
  account  TEXT NOT NULL,
  region   TEXT NOT NULL,
  kind     TEXT NOT NULL,
  name     TEXT NOT NULL,
  owner    TEXT NOT NULL,     -- the template, or '' when the API made it
  body     TEXT NOT NULL,
  PRIMARY KEY (account, region, kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (       -- small named values of the daemon
  name   TEXT NOT NULL PRIMARY KEY,
  value  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE history (        -- the latest outcomes, bounded
  id        INTEGER PRIMARY KEY,
  at        INTEGER NOT NULL,
  event_id  TEXT NOT NULL,
  endpoint  INTEGER NOT NULL,
  outcome   TEXT NOT NULL,
  attempts  INTEGER NOT NULL,
  detail    TEXT NOT NULL
) STRICT;

CREATE TABLE tables (         -- user tables; the items of table 7 are in item_7
  id       INTEGER PRIMARY KEY,
  name     TEXT NOT NULL,
  view     TEXT NOT NULL,     -- the view that shows the items to people
  indexes  INTEGER NOT NULL,  -- how many secondary indexes: columns x0_pk, x0_sk, x1_pk, … of its items
  spec     TEXT NOT NULL      -- JSON
) STRICT;
)sql";

constexpr std::string_view kVersion2 = R"sql(
ALTER TABLE catalog ADD COLUMN state TEXT NOT NULL DEFAULT '';  -- what Waybill keeps about it: times, ids, progress

CREATE TABLE archived_payloads (  -- as payloads, while an archive holds them: the sweep does not look here
  id           INTEGER PRIMARY KEY,
  kind         INTEGER NOT NULL,
  accepted_at  INTEGER NOT NULL,
  origin       TEXT NOT NULL,
  body         TEXT NOT NULL
) STRICT;

CREATE TABLE archived_events (    -- which archive holds which payload
  archive      INTEGER NOT NULL,
  event_time   INTEGER NOT NULL,
  payload      INTEGER NOT NULL,
  archived_at  INTEGER NOT NULL,
  bytes        INTEGER NOT NULL,
  PRIMARY KEY (archive, event_time, payload)
) STRICT, WITHOUT ROWID;
CREATE INDEX archived_events_age ON archived_events (archive, archived_at);

CREATE TABLE archives (           -- totals of archived_events
  id      INTEGER PRIMARY KEY,
  events  INTEGER NOT NULL,
  bytes   INTEGER NOT NULL
) STRICT;
)sql";

constexpr std::string_view kVersion3 = R"sql(
CREATE TABLE messages (          -- what was sent to queues, once, and not touched until it goes
  id            INTEGER PRIMARY KEY,
  body          TEXT NOT NULL,
  attributes    TEXT NOT NULL,   -- JSON, or ''
  grp           TEXT NOT NULL,   -- MessageGroupId, or ''
  dedup         TEXT NOT NULL,
  sender        TEXT NOT NULL,
  trace_header  TEXT NOT NULL,
  sent_at       INTEGER NOT NULL
) STRICT;

CREATE TABLE message_rows (      -- where each message of a standard queue stands: one b-tree entry, in order of receive
  queue             INTEGER NOT NULL,
  visible_at        INTEGER NOT NULL,
  id                INTEGER NOT NULL,
  receives          INTEGER NOT NULL,
  enqueued_at       INTEGER NOT NULL,
  first_received    INTEGER NOT NULL,
  source            INTEGER NOT NULL,  -- the queue it was moved from, or 0
  deadline_changed  INTEGER NOT NULL,  -- 1: message_deadlines knows where it stands
  PRIMARY KEY (queue, visible_at, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE message_deadlines ( -- visible_at of messages whose receipt handle names an earlier one
  id          INTEGER PRIMARY KEY,
  visible_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE fifo_rows (         -- the same for FIFO queues, in order of their groups
  queue           INTEGER NOT NULL,
  grp             TEXT NOT NULL,
  id              INTEGER NOT NULL,
  visible_at      INTEGER NOT NULL,
  receives        INTEGER NOT NULL,
  enqueued_at     INTEGER NOT NULL,
  first_received  INTEGER NOT NULL,
  source          INTEGER NOT NULL,
  PRIMARY KEY (queue, grp, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE fifo_groups (       -- groups that hold messages, and when the next of them may be received
  queue    INTEGER NOT NULL,
  free_at  INTEGER NOT NULL,
  grp      TEXT NOT NULL,
  PRIMARY KEY (queue, free_at, grp)
) STRICT, WITHOUT ROWID;

CREATE TABLE message_sendings (  -- what counts as a duplicate, five minutes long
  queue    INTEGER NOT NULL,
  dedup    TEXT NOT NULL,
  message  INTEGER NOT NULL,
  sent_at  INTEGER NOT NULL,
  PRIMARY KEY (queue, dedup)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_sendings_age ON message_sendings (sent_at);
)sql";

// How far the ingress log is in the database, and which log is this database's.
constexpr std::string_view kVersion4 = R"sql(
INSERT INTO meta (name, value) VALUES ('log_position', 0), ('log_identity', random());
)sql";

// What is in flight of a FIFO queue, and until when it locks its group: as few entries as are in flight.
constexpr std::string_view kVersion5 = R"sql(
CREATE INDEX fifo_received ON fifo_rows (queue, grp, visible_at) WHERE receives > 0;
)sql";

constexpr std::array kMigrations = {Migration{1, kVersion1}, Migration{2, kVersion2}, Migration{3, kVersion3},
                                    Migration{4, kVersion4}, Migration{5, kVersion5}};

const char* name_of(Synchronous synchronous) {
  switch (synchronous) {
    case Synchronous::off: return "OFF";
    case Synchronous::normal: return "NORMAL";
    case Synchronous::full: break;
  }
  return "FULL";
}

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

int newest_version() { return kMigrations.back().version; }

Status check_identity(Database& database, const std::string& name) {
  WAYBILL_TRY(const auto version, database.integer("PRAGMA user_version"));
  WAYBILL_TRY(const auto application, database.integer("PRAGMA application_id"));
  WAYBILL_TRY(const auto objects, database.integer("SELECT count(*) FROM sqlite_schema"));
  // A crash while the file was being made leaves one without tables and numbers: it is new.
  const bool fresh = application == 0 && version == 0 && objects == 0;
  if (!fresh && application != kApplicationId) {
    return invalid(fmt::format("{} is not a Waybill store: its SQLite application_id is {}, not {}", name, application,
                               kApplicationId));
  }
  if (version > newest_version()) {
    return invalid(
        fmt::format("{} was written by a newer Waybill (schema version {}; this one knows up to {}): "
                    "install that version or a later one, or use another data directory",
                    name, version, newest_version()));
  }
  return {};
}

Status configure_writer(Database& database, const Pragmas& pragmas) {
  // Before the first page is written, and the page size before the write-ahead log is switched on.
  // Of an older file it would write a page all the same, for which a full disk may have no room.
  constexpr int kIncremental = 2;
  WAYBILL_TRY(const auto vacuum, database.integer("PRAGMA auto_vacuum"));
  if (vacuum != kIncremental) {
    WAYBILL_CHECK(database.execute("PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL"));
  }
  WAYBILL_TRY(const auto mode, database.text("PRAGMA journal_mode = WAL"));
  if (mode != "wal") {
    return Error{ErrorCode::io,
                 "the file system does not support SQLite's write-ahead log (journal mode " + mode + ")"};
  }
  // SQLite answers "wal" even when it could not write that into the file.
  if (!database.header_says_wal()) return Error{ErrorCode::io, "cannot switch SQLite's write-ahead log on: disk error"};
  // Deleted content is not overwritten (Debian's SQLite would, at the cost of writing every freed page): whoever may
  // read the file may read what is in it.
  return database.execute(fmt::format(
      "PRAGMA synchronous = {}; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864;"
      "PRAGMA cache_size = -{}; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA secure_delete = OFF;"
      "PRAGMA trusted_schema = OFF",
      name_of(pragmas.synchronous), pragmas.cache_kib));
}

Status configure_reader(Database& database, int cache_kib) {
  database.keep_log_on_close();
  return database.execute(fmt::format(
      "PRAGMA cache_size = -{}; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF",
      cache_kib));
}

Status migrate(Database& database) {
  WAYBILL_TRY(const auto version, database.integer("PRAGMA user_version"));
  if (version == newest_version()) return {};
  WAYBILL_TRY(auto transaction, TransactionScope::begin(database, "BEGIN IMMEDIATE"));
  // Views carry names that users chose: they make room for new tables of ours, and come back afterwards.
  WAYBILL_CHECK(drop_all_views(database));
  for (const Migration& migration : migrations()) {
    if (migration.version <= version) continue;
    WAYBILL_CHECK(database.execute(std::string(migration.sql)));
  }
  WAYBILL_CHECK(create_all_views(database));
  WAYBILL_CHECK(database.execute(
      fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, newest_version())));
  return transaction.commit();
}

}  // namespace waybill::store::sqlite
