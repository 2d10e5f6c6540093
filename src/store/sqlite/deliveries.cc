#include "store/sqlite/deliveries.h"

namespace waybill::store::sqlite {

namespace {

std::string insert_sql(const std::string& table) {
  return "INSERT INTO " + table + " (id, kind, accepted_at, origin, body) VALUES (?1, ?2, ?3, ?4, ?5)";
}

}  // namespace

SqlitePayloads::SqlitePayloads(Database& database, Sequence& sequence, PendingPayloads& pending)
    : database_(database),
      sequence_(sequence),
      pending_(pending),
      insert_(database, insert_sql("payloads")),
      insert_archived_(database, insert_sql("archived_payloads")),
      ids_(database, "SELECT id FROM payloads WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT ?3"),
      remove_(database, "DELETE FROM payloads WHERE id > ?1 AND id < ?2") {}

Status SqlitePayloads::insert_into(Statement& insert, const Payload& payload) {
  sequence_.saw(payload.id.value);
  return insert
      .with(payload.id.value, static_cast<int>(payload.kind), to_millis(payload.accepted_at), payload.origin,
            payload.body)
      .run();
}

Result<Swept> SqlitePayloads::sweep(PayloadId after, PayloadId before, int limit) {
  // A caller that does not go on where it was told begins a new sweep, and so must what we know.
  if (!pending_.active() || after != last_) pending_.start(after);
  Swept swept{0, after, false};
  WAYBILL_TRY(const auto ids, page(after, before, limit));
  PayloadId kept = after;
  for (const PayloadId id : ids) {
    if (!pending_.covers(id)) {
      if (swept.last != after) break;  // the next call starts a window there
      pending_.start({id.value - 1});
    }
    if (!pending_.complete()) WAYBILL_CHECK(pending_.step());
    if (!pending_.complete()) break;
    if (pending_.contains(id)) {
      WAYBILL_CHECK(remove_between(kept, id, swept));
      kept = id;
    }
    swept.last = id;
  }
  WAYBILL_CHECK(remove_between(kept, {swept.last.value + 1}, swept));
  last_ = swept.last;
  const bool all = ids.empty() || swept.last == ids.back();
  swept.more = !all || ids.size() == static_cast<std::size_t>(limit);
  if (!swept.more) pending_.forget();
  return swept;
}

// Whole runs at once: half the work of one row at a time.
Status SqlitePayloads::remove_between(PayloadId lower, PayloadId upper, Swept& swept) {
  if (upper.value - lower.value < 2) return {};
  WAYBILL_CHECK(remove_.with(lower.value, upper.value).run());
  swept.rows += database_.changes();
  return {};
}

Result<std::vector<PayloadId>> SqlitePayloads::page(PayloadId after, PayloadId before, int limit) {
  std::vector<PayloadId> ids;
  auto rows = ids_.with(after.value, before.value, limit);
  while (true) {
    WAYBILL_TRY(const bool row, rows.next());
    if (!row) return ids;
    ids.push_back({rows.integer(0)});
  }
}

SqliteDeliveries::SqliteDeliveries(Database& database, Sequence& sequence, PendingPayloads& pending)
    : database_(database),
      sequence_(sequence),
      pending_(pending),
      insert_(database,
              "INSERT INTO deliveries (endpoint, due, id, payload, attempts, depth, ingested_at, last_error)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"),
      remove_(database, "DELETE FROM deliveries WHERE endpoint = ?1 AND due = ?2 AND id = ?3 AND attempts = ?4"),
      reschedule_(database,
                  "UPDATE deliveries SET due = ?5, attempts = attempts + 1, last_error = ?6"
                  " WHERE endpoint = ?1 AND due = ?2 AND id = ?3 AND attempts = ?4 RETURNING payload") {}

Status SqliteDeliveries::insert(const Delivery& delivery) {
  sequence_.saw(delivery.key.id.value);
  pending_.add(delivery.payload);
  return insert_
      .with(delivery.key.endpoint.value, to_millis(delivery.key.due), delivery.key.id.value, delivery.payload.value,
            delivery.attempts, delivery.depth, to_millis(delivery.ingested_at), delivery.last_error)
      .run();
}

Result<bool> SqliteDeliveries::remove(const DeliveryKey& key, int attempts) {
  WAYBILL_CHECK(remove_.with(key.endpoint.value, to_millis(key.due), key.id.value, attempts).run());
  return database_.changes() == 1;
}

Result<bool> SqliteDeliveries::reschedule(const DeliveryKey& key, int attempts, WallTime due,
                                          const std::string& error) {
  auto execution =
      reschedule_.with(key.endpoint.value, to_millis(key.due), key.id.value, attempts, to_millis(due), error);
  WAYBILL_TRY(const bool moved, execution.next());
  if (!moved) return false;
  pending_.add({execution.integer(0)});
  WAYBILL_CHECK(execution.run());
  return true;
}

}  // namespace waybill::store::sqlite
