#include "store/sqlite/catalog.h"

namespace waybill::store::sqlite {

SqliteCatalog::SqliteCatalog(Database& database, Sequence& sequence)
    : sequence_(sequence),
      put_(database,
           "INSERT INTO catalog (account, region, kind, name, owner, body, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
           " ON CONFLICT (account, region, kind, name)"
           " DO UPDATE SET owner = excluded.owner, body = excluded.body, state = excluded.state"),
      remove_(database, "DELETE FROM catalog WHERE account = ?1 AND region = ?2 AND kind = ?3 AND name = ?4"),
      remove_unowned_(database, "DELETE FROM catalog WHERE owner = ''"),
      put_endpoint_(database, "INSERT INTO endpoints (id, key) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING"),
      put_setting_(database,
                   "INSERT INTO settings (name, value) VALUES (?1, ?2)"
                   " ON CONFLICT (name) DO UPDATE SET value = excluded.value") {}

Status SqliteCatalog::put(const Resource& resource) {
  const ResourceKey& key = resource.key;
  return put_.with(key.account, key.region, key.kind, key.name, resource.owner, resource.body, resource.state).run();
}

Status SqliteCatalog::remove(const ResourceKey& key) {
  return remove_.with(key.account, key.region, key.kind, key.name).run();
}

Status SqliteCatalog::remove_unowned() { return remove_unowned_.with().run(); }

Status SqliteCatalog::put_endpoint(EndpointId id, const std::string& key) {
  sequence_.saw(id.value);
  return put_endpoint_.with(id.value, key).run();
}

Status SqliteCatalog::put_setting(const std::string& name, const std::string& value) {
  return put_setting_.with(name, value).run();
}

SqliteDeadLetters::SqliteDeadLetters(Database& database, Sequence& sequence)
    : database_(database),
      sequence_(sequence),
      insert_(database,
              "INSERT INTO dead_letters (id, endpoint, kind, origin, body, event_id, rule_arn, target_arn, error_code,"
              " error_message, exhausted_condition, attempts, depth, ingested_at, dead_at)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"),
      remove_(database, "DELETE FROM dead_letters WHERE id = ?1"),
      sweep_(database,
             "DELETE FROM dead_letters WHERE id IN"
             " (SELECT id FROM dead_letters WHERE dead_at < ?1 ORDER BY dead_at LIMIT ?2)") {}

Status SqliteDeadLetters::insert(const DeadLetter& letter) {
  sequence_.saw(letter.id.value);
  return insert_
      .with(letter.id.value, letter.endpoint.value, static_cast<int>(letter.kind), letter.origin, letter.body,
            letter.event_id, letter.rule_arn, letter.target_arn, letter.error_code, letter.error_message,
            letter.exhausted_condition, letter.attempts, letter.depth, to_millis(letter.ingested_at),
            to_millis(letter.dead_at))
      .run();
}

Result<bool> SqliteDeadLetters::remove(DeadLetterId id) {
  WAYBILL_CHECK(remove_.with(id.value).run());
  return database_.changes() == 1;
}

Result<std::int64_t> SqliteDeadLetters::sweep(WallTime before, int limit) {
  WAYBILL_CHECK(sweep_.with(to_millis(before), limit).run());
  return database_.changes();
}

SqliteHistory::SqliteHistory(Database& database)
    : database_(database),
      append_(
          database,
          "INSERT INTO history (at, event_id, endpoint, outcome, attempts, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"),
      newest_(database, "SELECT max(id) FROM history"),
      oldest_(database, "SELECT id, at FROM history ORDER BY id LIMIT ?1"),
      remove_(database, "DELETE FROM history WHERE id <= ?1") {}

Status SqliteHistory::append(const AppendHistory& line) {
  return append_.with(to_millis(line.at), line.event_id, line.endpoint.value, line.outcome, line.attempts, line.detail)
      .run();
}

Result<std::int64_t> SqliteHistory::sweep(WallTime before, std::int64_t keep, int limit) {
  // Ids have no gaps: rows are appended, and go from the oldest on.
  std::int64_t surplus = 0;  // the newest id that is one too many
  {
    auto newest = newest_.with();
    WAYBILL_CHECK(newest.next());
    surplus = newest.integer(0) - keep;
  }
  std::int64_t last = 0;
  {
    auto oldest = oldest_.with(limit);
    while (true) {
      WAYBILL_TRY(const bool row, oldest.next());
      if (!row || (oldest.integer(0) > surplus && oldest.integer(1) >= to_millis(before))) break;
      last = oldest.integer(0);
    }
  }
  if (last == 0) return 0;
  WAYBILL_CHECK(remove_.with(last).run());
  return database_.changes();
}

}  // namespace waybill::store::sqlite
