#include "store/sqlite/archives.h"

namespace waybill::store::sqlite {

SqliteArchives::SqliteArchives(Database& database)
    : insert_(database,
              "INSERT INTO archived_events (archive, event_time, payload, archived_at, bytes)"
              " VALUES (?1, ?2, ?3, ?4, ?5)"),
      count_(database,
             "INSERT INTO archives (id, events, bytes) VALUES (?1, ?2, ?3)"
             " ON CONFLICT (id) DO UPDATE SET events = events + excluded.events, bytes = bytes + excluded.bytes"),
      older_(database,
             "SELECT event_time, payload, bytes FROM archived_events INDEXED BY archived_events_age"
             " WHERE archive = ?1 AND archived_at < ?2 ORDER BY archived_at, event_time, payload LIMIT ?3"),
      any_(database,
           "SELECT event_time, payload, bytes FROM archived_events WHERE archive = ?1"
           " ORDER BY event_time, payload LIMIT ?2"),
      remove_(database, "DELETE FROM archived_events WHERE archive = ?1 AND event_time = ?2 AND payload = ?3"),
      // Archives are few: one look into each is less than an index on the payload that every insert would keep.
      held_(database,
            "SELECT 1 FROM archives CROSS JOIN archived_events AS event"
            " ON event.archive = archives.id AND event.event_time = ?1 AND event.payload = ?2 LIMIT 1"),
      to_payloads_(database,
                   "INSERT INTO payloads (id, kind, accepted_at, origin, body)"
                   " SELECT id, kind, accepted_at, origin, body FROM archived_payloads WHERE id = ?1"),
      remove_payload_(database, "DELETE FROM archived_payloads WHERE id = ?1"),
      forget_(database, "DELETE FROM archives WHERE id = ?1") {}

Status SqliteArchives::insert(const ArchiveEvent& event) {
  WAYBILL_CHECK(insert_
                    .with(event.archive.value, to_millis(event.event_time), event.payload.value,
                          to_millis(event.archived_at), event.bytes)
                    .run());
  Totals& added = added_[event.archive.value];
  ++added.events;
  added.bytes += event.bytes;
  return {};
}

Status SqliteArchives::store_totals() {
  for (const auto& [archive, added] : added_) WAYBILL_CHECK(count_.with(archive, added.events, added.bytes).run());
  added_.clear();
  return {};
}

Result<Swept> SqliteArchives::sweep(ArchiveId archive, WallTime before, int limit) {
  WAYBILL_CHECK(store_totals());
  auto older = older_.with(archive.value, to_millis(before), limit);
  WAYBILL_TRY(const auto rows, rows_of(older));
  return remove(archive, rows, limit);
}

Result<Swept> SqliteArchives::drop(ArchiveId archive, int limit) {
  WAYBILL_CHECK(store_totals());
  auto any = any_.with(archive.value, limit);
  WAYBILL_TRY(const auto rows, rows_of(any));
  WAYBILL_TRY(const Swept swept, remove(archive, rows, limit));
  if (!swept.more) WAYBILL_CHECK(forget_.with(archive.value).run());
  return swept;
}

Result<std::vector<SqliteArchives::Row>> SqliteArchives::rows_of(Execution& execution) {
  std::vector<Row> rows;
  while (true) {
    WAYBILL_TRY(const bool row, execution.next());
    if (!row) return rows;
    rows.push_back({execution.integer(0), execution.integer(1), execution.integer(2)});
  }
}

Result<Swept> SqliteArchives::remove(ArchiveId archive, const std::vector<Row>& rows, int limit) {
  std::int64_t bytes = 0;
  for (const Row& row : rows) {
    WAYBILL_CHECK(remove_.with(archive.value, row.event_time, row.payload).run());
    WAYBILL_CHECK(let_go(row));
    bytes += row.bytes;
  }
  const auto gone = static_cast<std::int64_t>(rows.size());
  if (gone > 0) WAYBILL_CHECK(count_.with(archive.value, -gone, -bytes).run());
  return Swept{gone, {}, gone == limit};
}

Status SqliteArchives::let_go(const Row& row) {
  auto held = held_.with(row.event_time, row.payload);
  WAYBILL_TRY(const bool by_another, held.next());
  if (by_another) return {};
  WAYBILL_CHECK(to_payloads_.with(row.payload).run());
  return remove_payload_.with(row.payload).run();
}

}  // namespace waybill::store::sqlite
