#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "crash/message_work.h"
#include "crash/promise.h"
#include "store/journal.h"
#include "store/sqlite/database.h"
#include "store/sqlite/store.h"

namespace waybill::testing {

namespace {

using namespace store;

using Numbers = std::set<std::int64_t>;

// Where the shipments and messages stand after the crash.
struct Found {
  std::map<std::int64_t, Delivery> pending;
  Numbers delivered;
  Numbers buried;
  Numbers tables;
  Numbers archived;
  Numbers failed;                              // receives that a batch noted as failed
  std::map<std::int64_t, MessageRow> waiting;  // messages in a queue, by the number they were sent under
  Numbers twice;                               // messages there more than once
  std::vector<std::int64_t> without_payload;
  std::vector<std::int64_t> wrong_archives;  // whose totals are not those of their events
  std::vector<std::int64_t> wrong_tables;    // whose index holds other items than they do
};

Status read_items(Reader& reader, TableId table, Found& found) {
  WAYBILL_TRY(const auto all, reader.scan(table, 1'000'000, std::nullopt));
  Numbers stored;
  for (const ItemRow& row : all.rows) stored.insert(std::stoll(row.pk));
  ItemQuery open;
  open.table = table;
  open.index = 0;
  open.pk = "open";
  open.limit = 1'000'000;
  WAYBILL_TRY(const auto page, reader.query(open));
  Numbers indexed;
  for (const ItemRow& row : page.rows) indexed.insert(std::stoll(row.pk));
  if (stored != indexed) found.wrong_tables.push_back(table.value);
  (table == kFailures ? found.failed : found.delivered).merge(stored);
  // In two tables: merge() left them where they were.
  found.twice.merge(stored);
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

Status read_archive(Reader& reader, ArchiveId archive, Numbers& numbers, Found& found) {
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

Status read_queue(Reader& reader, QueueId queue, bool fifo, Found& found) {
  WAYBILL_TRY(const auto page, reader.messages(queue, fifo, std::nullopt, 1'000'000));
  for (const StoredMessage& stored : page) {
    if (!stored.message || stored.message->body.size() < 100) {
      found.without_payload.push_back(stored.row.id.value);
      continue;
    }
    const std::int64_t number = sent_as(*stored.message);
    if (!found.waiting.emplace(number, stored.row).second) found.twice.insert(number);
  }
  return {};
}

Status read_messages(Reader& reader, Found& found) {
  WAYBILL_TRY(const auto queues, reader.queues());
  for (const QueueId queue : queues) {
    for (const bool fifo : {false, true}) WAYBILL_CHECK(read_queue(reader, queue, fifo, found));
  }
  return {};
}

// As a daemon does that starts: what only the ingress log holds comes into the database. Answers the highest number
// that may have been handed out.
Result<std::int64_t> recover(sqlite::Store& store) {
  WAYBILL_TRY(auto engine, store.make_engine());
  WAYBILL_TRY(auto log, store.make_ingress_log());
  JournalProbe probe;
  std::optional<Error> poison;
  Journal journal(
      std::move(engine), {}, probe, [&](const Error& error) { poison = error; }, std::move(log));
  const std::int64_t highest = journal.next_sequence() - 1;
  journal.stop();
  if (poison) return *poison;
  return highest;
}

Result<Found> read_all(const std::filesystem::path& directory) {
  WAYBILL_TRY(const auto store, sqlite::Store::open(directory.string(), {.synchronous = sqlite::Synchronous::off,
                                                                         .log_segment_bytes = kCrashSegmentBytes}));
  {
    WAYBILL_TRY(auto database, sqlite::Database::open(directory / "waybill.db", sqlite::Access::read_only, ""));
    WAYBILL_TRY(const auto verdict, database.text("PRAGMA integrity_check"));
    if (verdict != "ok") return Error{ErrorCode::corrupt, "integrity_check: " + verdict};
  }
  WAYBILL_TRY(const std::int64_t highest, recover(*store));
  WAYBILL_TRY(const auto reader, store->make_reader());
  Found found;
  WAYBILL_CHECK(read_deliveries(*reader, found));
  WAYBILL_TRY(const auto tables, reader->tables());
  for (const TableSpec& table : tables) {
    found.tables.insert(table.id.value);
    WAYBILL_CHECK(read_items(*reader, table.id, found));
  }
  WAYBILL_CHECK(read_messages(*reader, found));
  Numbers dropped;  // may hold anything that fits its totals
  WAYBILL_CHECK(read_archive(*reader, {1}, found.archived, found));
  WAYBILL_CHECK(read_archive(*reader, {2}, dropped, found));
  DeadLetterFilter any;
  any.limit = 1'000'000;
  WAYBILL_TRY(const auto letters, reader->dead_letters(any));
  for (const DeadLetter& letter : letters) found.buried.insert(letter.id.value);
  if (!found.pending.empty() && found.pending.rbegin()->first > highest) {
    return internal("the highest sequence is below a delivery's number");
  }
  for (const auto& [number, row] : found.waiting) {
    if (row.id.value > highest) return internal("the highest sequence is below a message's number");
  }
  return found;
}

int places(const Found& found, std::int64_t number) {
  return static_cast<int>(found.pending.contains(number)) + static_cast<int>(found.delivered.contains(number)) +
         static_cast<int>(found.buried.contains(number)) + static_cast<int>(found.waiting.contains(number));
}

// It goes on as it was then, or as something that only comes after.
bool kept_of_message(const Found& found, const Promise& promise) {
  const auto waiting = found.waiting.find(promise.number);
  if (promise.what == "failed") return found.failed.contains(promise.goes_by);
  if (waiting == found.waiting.end()) return found.delivered.contains(promise.number);
  const MessageRow& row = waiting->second;
  if (promise.what == "taken" || row.id.value < promise.goes_by) return false;
  const bool as_it_was = row.id.value == promise.goes_by;
  // In another queue than it was received from, a dead-letter queue, it is counted anew.
  if (promise.what == "received") return !as_it_was || row.queue != promise.to || row.receives >= promise.receives;
  // From there it may have come to the dead-letter queue beside it (see MessageWork), and that counts anew too.
  const bool beside = row.queue.value == promise.to.value + 1;
  if (promise.what == "moved") return !as_it_was || row.receives > 0 || row.queue == promise.to || beside;
  return true;
}

bool kept(const Found& found, const Promise& promise) {
  static const std::set<std::string> of_messages{"sent", "received", "taken", "failed", "moved"};
  const std::int64_t number = promise.number;
  if (of_messages.contains(promise.what)) return kept_of_message(found, promise);
  if (promise.what == "stuck") return false;
  if (promise.what == "accepted") return places(found, number) == 1;
  if (promise.what == "archived") return places(found, number) == 1 && found.archived.contains(number);
  if (promise.what == "delivered") return found.delivered.contains(number);
  if (promise.what == "buried") return found.buried.contains(number);
  if (promise.what == "table") return found.tables.contains(number);
  if (promise.what != "retried") return true;
  const auto pending = found.pending.find(number);
  return pending == found.pending.end() ? places(found, number) == 1 : pending->second.attempts == 1;
}

// How many of the unit's messages are as it leaves them. Those that a later unit touched count: it came after.
std::size_t done_of(const Found& found, const Promise& whole) {
  return static_cast<std::size_t>(std::ranges::count_if(whole.together, [&](std::int64_t number) {
    const auto waiting = found.waiting.find(number);
    if (waiting == found.waiting.end()) return true;
    return whole.what == "moving" && waiting->second.id.value >= whole.goes_by;
  }));
}

std::string shown(const Promise& promise) {
  std::string text = promise.what + " " + std::to_string(promise.number);
  if (promise.goes_by != 0 && promise.goes_by != promise.number)
    text += " (as " + std::to_string(promise.goes_by) + ")";
  return text;
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
    if (!kept(*found, promise)) broken.push_back(shown(promise) + " was lost");
    const std::size_t done = done_of(*found, promise);
    if (done != 0 && done != promise.together.size()) broken.push_back(shown(promise) + " happened by halves");
  }
  Numbers seen(found->delivered);
  seen.insert(found->buried.begin(), found->buried.end());
  for (const auto& [number, delivery] : found->pending) seen.insert(number);
  for (const auto& [number, row] : found->waiting) seen.insert(number);
  for (const std::int64_t number : seen) {
    if (places(*found, number) != 1) broken.push_back(std::to_string(number) + " is in two places");
  }
  for (const std::int64_t number : found->twice) broken.push_back(std::to_string(number) + " is there twice");
  for (const std::int64_t number : found->without_payload) broken.push_back(std::to_string(number) + " has no payload");
  for (const std::int64_t archive : found->wrong_archives) {
    broken.push_back("the totals of archive " + std::to_string(archive) + " are wrong");
  }
  for (const std::int64_t table : found->wrong_tables) {
    broken.push_back("the index of table " + std::to_string(table) + " holds other items than the table");
  }
  return broken;
}

}  // namespace waybill::testing
