#include <map>
#include <set>

#include "crash/shipment_run.h"
#include "store/sqlite/database.h"

namespace waybill::testing {

namespace {

using namespace store;

// Where the shipments stand after the crash.
struct Found {
  std::map<std::int64_t, Delivery> pending;
  std::set<std::int64_t> delivered;
  std::set<std::int64_t> indexed;
  std::set<std::int64_t> buried;
  std::set<std::int64_t> tables;
  std::set<std::int64_t> archived;
  std::set<std::int64_t> waiting;  // messages in a queue
  std::vector<std::int64_t> without_payload;
  std::vector<std::int64_t> wrong_archives;  // whose totals are not those of their events
};

Status read_items(Reader& reader, TableId table, Found& found) {
  WAYBILL_TRY(const auto all, reader.scan(table, 1'000'000, std::nullopt));
  for (const ItemRow& row : all.rows) found.delivered.insert(std::stoll(row.pk));
  ItemQuery open;
  open.table = table;
  open.index = 0;
  open.pk = "open";
  open.limit = 1'000'000;
  WAYBILL_TRY(const auto indexed, reader.query(open));
  for (const ItemRow& row : indexed.rows) found.indexed.insert(std::stoll(row.pk));
  return {};
}

Status read_deliveries(Reader& reader, Found& found) {
  WAYBILL_TRY(const auto deliveries,
              reader.deliveries({{1}, from_millis(0), {0}}, from_millis(1'000'000'000'000), 1'000'000));
  for (const Delivery& delivery : deliveries) {
    found.pending[delivery.key.id.value] = delivery;
    WAYBILL_TRY(const auto payload, reader.payloads({delivery.payload}));
    if (!payload.front() || payload.front()->body.size() < 200) found.without_payload.push_back(delivery.key.id.value);
  }
  return {};
}

Status read_archive(Reader& reader, ArchiveId archive, std::set<std::int64_t>& numbers, Found& found) {
  ArchiveQuery all{archive, from_millis(0), from_millis(1'000'000'000'000), std::nullopt, 1'000'000};
  WAYBILL_TRY(const auto events, reader.archive_events(all));
  ArchiveTotals counted{archive, 0, 0};
  for (const ArchivedEvent& event : events) {
    numbers.insert(event.at.payload.value);
    ++counted.events;
    counted.bytes += static_cast<std::int64_t>(event.body.size());
  }
  WAYBILL_TRY(const auto totals, reader.archive_totals(archive));
  if (totals.events != counted.events || totals.bytes != counted.bytes) found.wrong_archives.push_back(archive.value);
  return {};
}

Status read_messages(Reader& reader, Found& found) {
  WAYBILL_TRY(const auto queues, reader.queues());
  for (const QueueId queue : queues) {
    WAYBILL_TRY(const auto page, reader.messages(queue, false, std::nullopt, 1'000'000));
    for (const StoredMessage& stored : page) {
      const std::int64_t number = stored.row.id.value;
      const bool twice = !found.waiting.insert(number).second;
      if (twice || !stored.message || stored.message->body.size() < 100) found.without_payload.push_back(number);
    }
  }
  return {};
}

Result<Found> read_all(const std::filesystem::path& directory) {
  WAYBILL_TRY(const auto store, sqlite::Store::open(directory.string(), {.synchronous = sqlite::Synchronous::off}));
  {
    WAYBILL_TRY(auto database, sqlite::Database::open(directory / "waybill.db", sqlite::Access::read_only, ""));
    WAYBILL_TRY(const auto verdict, database.text("PRAGMA integrity_check"));
    if (verdict != "ok") return Error{ErrorCode::corrupt, "integrity_check: " + verdict};
  }
  WAYBILL_TRY(const auto engine, store->make_engine());
  WAYBILL_TRY(const auto reader, store->make_reader());
  Found found;
  WAYBILL_CHECK(read_deliveries(*reader, found));
  WAYBILL_TRY(const auto tables, reader->tables());
  for (const TableSpec& table : tables) {
    found.tables.insert(table.id.value);
    WAYBILL_CHECK(read_items(*reader, table.id, found));
  }
  WAYBILL_CHECK(read_messages(*reader, found));
  std::set<std::int64_t> dropped;  // may hold anything that fits its totals
  WAYBILL_CHECK(read_archive(*reader, {1}, found.archived, found));
  WAYBILL_CHECK(read_archive(*reader, {2}, dropped, found));
  DeadLetterFilter any;
  any.limit = 1'000'000;
  WAYBILL_TRY(const auto letters, reader->dead_letters(any));
  for (const DeadLetter& letter : letters) found.buried.insert(letter.id.value);
  WAYBILL_TRY(const auto highest, engine->highest_sequence());
  if (!found.pending.empty() && found.pending.rbegin()->first > highest) {
    return internal("the highest sequence is below a delivery's number");
  }
  return found;
}

int places(const Found& found, std::int64_t number) {
  return static_cast<int>(found.pending.contains(number)) + static_cast<int>(found.delivered.contains(number)) +
         static_cast<int>(found.buried.contains(number)) + static_cast<int>(found.waiting.contains(number));
}

bool kept(const Found& found, const Promise& promise) {
  const std::int64_t number = promise.number;
  if (promise.what == "sent") return places(found, number) == 1;
  if (promise.what == "taken") return found.delivered.contains(number) && !found.waiting.contains(number);
  if (promise.what == "accepted") return places(found, number) == 1;
  if (promise.what == "archived") return places(found, number) == 1 && found.archived.contains(number);
  if (promise.what == "delivered") return found.delivered.contains(number);
  if (promise.what == "buried") return found.buried.contains(number);
  if (promise.what == "table") return found.tables.contains(number);
  if (promise.what != "retried") return true;
  const auto pending = found.pending.find(number);
  return pending == found.pending.end() ? places(found, number) == 1 : pending->second.attempts == 1;
}

}  // namespace

std::vector<std::string> broken_promises(const std::filesystem::path& directory, const std::vector<Promise>& promises) {
  const auto found = read_all(directory);
  if (!found) {
    // Power that went before the first promise may leave nothing; anything that cannot be opened is broken all the
    // same.
    return {"cannot be read: " + found.error().message};
  }
  std::vector<std::string> broken;
  for (const Promise& promise : promises) {
    if (!kept(*found, promise)) broken.push_back(promise.what + " " + std::to_string(promise.number) + " was lost");
  }
  std::set<std::int64_t> seen(found->delivered);
  seen.insert(found->buried.begin(), found->buried.end());
  for (const auto& [number, delivery] : found->pending) seen.insert(number);
  seen.insert(found->waiting.begin(), found->waiting.end());
  for (const std::int64_t number : seen) {
    if (places(*found, number) != 1) broken.push_back(std::to_string(number) + " is in two places");
  }
  for (const std::int64_t number : found->without_payload) broken.push_back(std::to_string(number) + " has no payload");
  for (const std::int64_t archive : found->wrong_archives) {
    broken.push_back("the totals of archive " + std::to_string(archive) + " are wrong");
  }
  if (found->indexed != found->delivered) broken.emplace_back("the index and the table differ");
  return broken;
}

}  // namespace waybill::testing
