#include "store/sqlite/reader.h"

#include <algorithm>
#include <limits>

#include "store/sqlite/item_reader.h"
#include "store/sqlite/message_reader.h"
#include "store/sqlite/statement.h"
#include "store/sqlite/table_spec_json.h"

namespace waybill::store::sqlite {

namespace {

constexpr const char* kDeliveryColumns = "endpoint, due, id, payload, attempts, depth, ingested_at, last_error";
constexpr const char* kDeadLetterColumns =
    "id, endpoint, kind, origin, body, event_id, rule_arn, target_arn, error_code, error_message,"
    " exhausted_condition, attempts, depth, ingested_at, dead_at";

Delivery delivery_of(const Execution& row) {
  return {.key = {{row.integer(0)}, from_millis(row.integer(1)), {row.integer(2)}},
          .payload = {row.integer(3)},
          .attempts = static_cast<int>(row.integer(4)),
          .depth = static_cast<int>(row.integer(5)),
          .ingested_at = from_millis(row.integer(6)),
          .last_error = std::string(row.text(7))};
}

DeadLetter dead_letter_of(const Execution& row) {
  return {.id = {row.integer(0)},
          .endpoint = {row.integer(1)},
          .kind = static_cast<PayloadKind>(row.integer(2)),
          .origin = std::string(row.text(3)),
          .body = std::string(row.text(4)),
          .event_id = std::string(row.text(5)),
          .rule_arn = std::string(row.text(6)),
          .target_arn = std::string(row.text(7)),
          .error_code = std::string(row.text(8)),
          .error_message = std::string(row.text(9)),
          .exhausted_condition = std::string(row.text(10)),
          .attempts = static_cast<int>(row.integer(11)),
          .depth = static_cast<int>(row.integer(12)),
          .ingested_at = from_millis(row.integer(13)),
          .dead_at = from_millis(row.integer(14))};
}

PayloadPtr payload_of(const Execution& row) {
  return std::make_shared<const Payload>(Payload{.id = {row.integer(0)},
                                                 .kind = static_cast<PayloadKind>(row.integer(1)),
                                                 .accepted_at = from_millis(row.integer(2)),
                                                 .origin = std::string(row.text(3)),
                                                 .body = std::string(row.text(4))});
}

EndpointRow endpoint_of(const Execution& row) {
  EndpointRow endpoint{{row.integer(0)}, std::string(row.text(1)), row.integer(2), std::nullopt};
  if (!row.is_null(3)) endpoint.oldest = from_millis(row.integer(3));
  return endpoint;
}

Resource resource_of(const Execution& row) {
  return {{std::string(row.text(0)), std::string(row.text(1)), std::string(row.text(2)), std::string(row.text(3))},
          std::string(row.text(4)),
          std::string(row.text(5)),
          std::string(row.text(6))};
}

ArchivedEvent archived_event_of(const Execution& row) {
  return {{from_millis(row.integer(0)), {row.integer(1)}}, std::string(row.text(2))};
}

ArchiveTotals archive_totals_of(const Execution& row) { return {{row.integer(0)}, row.integer(1), row.integer(2)}; }

AppendHistory history_of(const Execution& row) {
  return {.at = from_millis(row.integer(0)),
          .event_id = std::string(row.text(1)),
          .endpoint = {row.integer(2)},
          .outcome = std::string(row.text(3)),
          .attempts = static_cast<int>(row.integer(4)),
          .detail = std::string(row.text(5))};
}

// Every row, made into a value.
template <class T>
Result<std::vector<T>> all(Execution& rows, T (*make)(const Execution&)) {
  std::vector<T> values;
  while (true) {
    WAYBILL_TRY(const bool row, rows.next());
    if (!row) return values;
    values.push_back(make(rows));
  }
}

// The first row, if there is one.
template <class T>
Result<std::optional<T>> first(Execution& rows, T (*make)(const Execution&)) {
  WAYBILL_TRY(const bool row, rows.next());
  return row ? std::optional<T>(make(rows)) : std::optional<T>();
}

class SqliteReader final : public Reader {
 public:
  explicit SqliteReader(Database database) : database_(std::move(database)) {}

  Result<std::optional<ItemRow>> get_item(TableId table, const std::string& pk, const std::string& sk) override {
    return in_snapshot([&] { return items_.get(table, pk, sk); });
  }
  Result<ItemPage> query(const ItemQuery& query) override {
    return in_snapshot([&] { return items_.query(query); });
  }
  Result<ItemPage> scan(TableId table, int limit, const std::optional<ItemQuery::Start>& start) override {
    return in_snapshot([&] { return items_.scan(table, limit, start); });
  }
  Result<std::int64_t> count_items(TableId table) override {
    return in_snapshot([&] { return items_.count(table); });
  }
  Result<std::optional<std::int64_t>> first_expiry(TableId table) override {
    return in_snapshot([&] { return items_.first_expiry(table); });
  }

  Result<std::vector<Delivery>> deliveries(const DeliveryKey& after, WallTime until, int limit) override;
  Result<std::optional<Delivery>> next_delivery(const DeliveryKey& after) override;
  Result<std::vector<PayloadPtr>> payloads(const std::vector<PayloadId>& ids) override;
  Result<std::vector<EndpointRow>> endpoints() override;
  Result<std::vector<DeadLetter>> dead_letters(const DeadLetterFilter& filter) override;
  Result<std::optional<DeadLetter>> dead_letter(DeadLetterId id) override;
  Result<std::int64_t> count_dead_letters() override;
  Result<std::vector<ArchivedEvent>> archive_events(const ArchiveQuery& query) override;
  Result<ArchiveTotals> archive_totals(ArchiveId archive) override;
  Result<std::optional<WallTime>> oldest_archived(ArchiveId archive) override;
  Result<std::vector<ArchiveTotals>> archives() override;
  Result<std::vector<MessageCounts>> message_counts(const std::vector<CountedQueue>& queues, WallTime now) override {
    return in_snapshot([&] { return messages_.counts(queues, now); });
  }
  Result<std::vector<StoredMessage>> messages(QueueId queue, bool fifo, const std::optional<MessageRow>& after,
                                              int limit) override {
    return in_snapshot([&] { return messages_.page(queue, fifo, after, limit); });
  }
  Result<std::vector<QueueId>> queues() override {
    return in_snapshot([&] { return messages_.queues(); });
  }
  Result<std::vector<Resource>> resources() override;
  Result<std::vector<TableSpec>> tables() override;
  Result<std::optional<std::string>> setting(const std::string& name) override;
  Result<std::vector<AppendHistory>> history(int limit) override;

 private:
  // Several statements see the same state. It ends with the call, whatever happened.
  template <class F>
  auto in_snapshot(F&& read) -> decltype(read()) {
    WAYBILL_CHECK(begin_.with().run());
    auto result = read();
    if (database_.in_transaction()) WAYBILL_CHECK(commit_.with().run());
    return result;
  }

  Database database_;
  ItemReader items_{database_};
  MessageReader messages_{database_};
  Statement begin_{database_, "BEGIN", Scope::any};
  Statement commit_{database_, "COMMIT", Scope::any};
  Statement deliveries_{database_, std::string("SELECT ") + kDeliveryColumns +
                                       " FROM deliveries WHERE endpoint = ?1 AND (due, id) > (?2, ?3) AND due <= ?4"
                                       " ORDER BY due, id LIMIT ?5"};
  Statement next_delivery_{database_, std::string("SELECT ") + kDeliveryColumns +
                                          " FROM deliveries WHERE endpoint = ?1 AND (due, id) > (?2, ?3)"
                                          " ORDER BY due, id LIMIT 1"};
  Statement payload_{database_,
                     "SELECT id, kind, accepted_at, origin, body FROM payloads WHERE id = ?1 UNION ALL"
                     " SELECT id, kind, accepted_at, origin, body FROM archived_payloads WHERE id = ?1"};
  Statement endpoints_{database_,
                       "SELECT e.id, e.key, count(d.id), min(d.ingested_at) FROM endpoints e"
                       " LEFT JOIN deliveries d ON d.endpoint = e.id GROUP BY e.id ORDER BY e.id"};
  Statement dead_letters_{
      database_, std::string("SELECT ") + kDeadLetterColumns +
                     " FROM dead_letters WHERE id > ?1 AND (?2 = '' OR target_arn = ?2) AND (?3 = '' OR rule_arn = ?3)"
                     " AND (?4 = '' OR error_code = ?4) AND (?5 = '' OR event_id = ?5) ORDER BY id LIMIT ?6"};
  Statement dead_letter_{database_, std::string("SELECT ") + kDeadLetterColumns + " FROM dead_letters WHERE id = ?1"};
  Statement count_dead_letters_{database_, "SELECT count(*) FROM dead_letters"};
  Statement archive_events_{
      database_,
      "SELECT event_time, payload, body FROM archived_events JOIN archived_payloads ON id = payload"
      " WHERE archive = ?1 AND (event_time, payload) > (?2, ?3) AND event_time < ?4"
      " ORDER BY event_time, payload LIMIT ?5"};
  Statement archive_totals_{database_, "SELECT id, events, bytes FROM archives WHERE id = ?1"};
  Statement oldest_archived_{database_, "SELECT min(archived_at) FROM archived_events WHERE archive = ?1"};
  Statement archives_{database_, "SELECT id, events, bytes FROM archives ORDER BY id"};
  Statement resources_{database_,
                       "SELECT account, region, kind, name, owner, body, state FROM catalog"
                       " ORDER BY account, region, kind, name"};
  Statement tables_{database_, "SELECT spec FROM tables ORDER BY id"};
  Statement setting_{database_, "SELECT value FROM settings WHERE name = ?1"};
  Statement history_{database_,
                     "SELECT at, event_id, endpoint, outcome, attempts, detail FROM history ORDER BY id DESC LIMIT ?1"};
};

Result<std::vector<Delivery>> SqliteReader::deliveries(const DeliveryKey& after, WallTime until, int limit) {
  auto rows = deliveries_.with(after.endpoint.value, to_millis(after.due), after.id.value, to_millis(until), limit);
  return all(rows, delivery_of);
}

Result<std::optional<Delivery>> SqliteReader::next_delivery(const DeliveryKey& after) {
  auto rows = next_delivery_.with(after.endpoint.value, to_millis(after.due), after.id.value);
  return first(rows, delivery_of);
}

Result<std::vector<PayloadPtr>> SqliteReader::payloads(const std::vector<PayloadId>& ids) {
  return in_snapshot([&]() -> Result<std::vector<PayloadPtr>> {
    std::vector<PayloadPtr> found;
    found.reserve(ids.size());
    for (const PayloadId id : ids) {
      auto rows = payload_.with(id.value);
      WAYBILL_TRY(auto payload, first(rows, payload_of));
      found.push_back(payload.value_or(nullptr));
    }
    return found;
  });
}

Result<std::vector<EndpointRow>> SqliteReader::endpoints() {
  auto rows = endpoints_.with();
  return all(rows, endpoint_of);
}

Result<std::vector<DeadLetter>> SqliteReader::dead_letters(const DeadLetterFilter& filter) {
  auto rows = dead_letters_.with(filter.after.value, filter.target_arn, filter.rule_arn, filter.error_code,
                                 filter.event_id, filter.limit);
  return all(rows, dead_letter_of);
}

Result<std::optional<DeadLetter>> SqliteReader::dead_letter(DeadLetterId id) {
  auto rows = dead_letter_.with(id.value);
  return first(rows, dead_letter_of);
}

Result<std::int64_t> SqliteReader::count_dead_letters() {
  auto rows = count_dead_letters_.with();
  WAYBILL_CHECK(rows.next());
  return rows.integer(0);
}

Result<std::vector<ArchivedEvent>> SqliteReader::archive_events(const ArchiveQuery& query) {
  const ArchiveQuery::Position first{query.from, {std::numeric_limits<std::int64_t>::min()}};
  const ArchiveQuery::Position after = std::max(query.after.value_or(first), first);
  auto rows = archive_events_.with(query.archive.value, to_millis(after.event_time), after.payload.value,
                                   to_millis(query.to), query.limit);
  return all(rows, archived_event_of);
}

Result<ArchiveTotals> SqliteReader::archive_totals(ArchiveId archive) {
  auto rows = archive_totals_.with(archive.value);
  WAYBILL_TRY(const auto totals, first(rows, archive_totals_of));
  return totals.value_or(ArchiveTotals{archive, 0, 0});
}

Result<std::optional<WallTime>> SqliteReader::oldest_archived(ArchiveId archive) {
  auto rows = oldest_archived_.with(archive.value);
  WAYBILL_CHECK(rows.next());
  return rows.is_null(0) ? std::optional<WallTime>() : std::optional(from_millis(rows.integer(0)));
}

Result<std::vector<ArchiveTotals>> SqliteReader::archives() {
  auto rows = archives_.with();
  return all(rows, archive_totals_of);
}

Result<std::vector<Resource>> SqliteReader::resources() {
  auto rows = resources_.with();
  return all(rows, resource_of);
}

Result<std::vector<TableSpec>> SqliteReader::tables() {
  std::vector<TableSpec> specs;
  auto rows = tables_.with();
  while (true) {
    WAYBILL_TRY(const bool row, rows.next());
    if (!row) return specs;
    WAYBILL_TRY(auto spec, table_spec_from_json(rows.text(0)));
    specs.push_back(std::move(spec));
  }
}

Result<std::optional<std::string>> SqliteReader::setting(const std::string& name) {
  auto rows = setting_.with(name);
  WAYBILL_TRY(const bool row, rows.next());
  return row ? std::optional<std::string>(rows.text(0)) : std::optional<std::string>();
}

Result<std::vector<AppendHistory>> SqliteReader::history(int limit) {
  auto rows = history_.with(limit);
  return all(rows, history_of);
}

}  // namespace

std::unique_ptr<Reader> make_reader(Database database) { return std::make_unique<SqliteReader>(std::move(database)); }

}  // namespace waybill::store::sqlite
