#include <algorithm>

#include "support/conformance_rows.h"

namespace waybill::testing {

namespace {

using Numbers = std::vector<std::int64_t>;

constexpr ArchiveId kFirst{1};
constexpr ArchiveId kSecond{2};

store::ArchiveEvent event_row(ArchiveId archive, std::int64_t payload, std::int64_t event_time,
                              std::int64_t archived_at = 0) {
  return {archive, from_millis(event_time), PayloadId{payload}, 10 * payload, from_millis(archived_at)};
}

// In a transaction of its own: the rows, and their payloads.
void archive(EngineHarness& store, const std::vector<store::ArchiveEvent>& rows) {
  std::vector<PayloadId> stored;
  in_transaction(store.engine(), [&] {
    for (const auto& row : rows) {
      if (std::find(stored.begin(), stored.end(), row.payload) == stored.end()) {
        WAYBILL_REQUIRE_OK(store.engine().payloads().insert_archived(payload_row(row.payload.value)));
        stored.push_back(row.payload);
      }
      WAYBILL_REQUIRE_OK(store.engine().archives().insert(row));
    }
  });
}

store::ArchiveQuery query_of(ArchiveId archive, std::int64_t from, std::int64_t to, int limit = 100) {
  return {archive, from_millis(from), from_millis(to), std::nullopt, limit};
}

Numbers found(EngineHarness& store, const store::ArchiveQuery& query) {
  Numbers ids;
  for (const auto& event : value_of(store.reader()->archive_events(query))) ids.push_back(event.at.payload.value);
  return ids;
}

void check_totals(EngineHarness& store, ArchiveId archive, std::int64_t events, std::int64_t bytes) {
  const auto totals = value_of(store.reader()->archive_totals(archive));
  CHECK(totals.archive == archive);
  CHECK(totals.events == events);
  CHECK(totals.bytes == bytes);
}

// How many payloads with id < 100 a whole sweep takes.
std::int64_t sweep_payloads(EngineHarness& store) {
  std::int64_t rows = 0;
  in_transaction(store.engine(), [&] {
    store::Swept swept;
    do {
      swept = value_of(store.engine().payloads().sweep(swept.last, PayloadId{100}, 100));
      rows += swept.rows;
    } while (swept.more);
  });
  return rows;
}

bool is_stored(EngineHarness& store, std::int64_t payload) {
  return value_of(store.reader()->payloads({PayloadId{payload}})).at(0) != nullptr;
}

store::Swept drop(EngineHarness& store, ArchiveId archive, int limit = 100) {
  store::Swept swept;
  in_transaction(store.engine(), [&] { swept = value_of(store.engine().archives().drop(archive, limit)); });
  return swept;
}

void archived_events_come_in_order_of_time_then_payload(EngineHarness& store) {
  archive(store, {event_row(kFirst, 1, 30), event_row(kFirst, 4, 10), event_row(kFirst, 3, 20),
                  event_row(kFirst, 2, 20), event_row(kSecond, 5, 20), event_row(kFirst, 6, -5)});
  CHECK(found(store, query_of(kFirst, -100, 100)) == Numbers{6, 4, 2, 3, 1});
  CHECK(found(store, query_of(kFirst, 10, 30)) == Numbers{4, 2, 3});  // from is within, to is not
  CHECK(found(store, query_of(kFirst, 11, 31)) == Numbers{2, 3, 1});
  CHECK(found(store, query_of(kFirst, 20, 20)).empty());
  CHECK(found(store, query_of(ArchiveId{9}, 0, 100)).empty());
  const auto first = value_of(store.reader()->archive_events(query_of(kFirst, 0, 100))).at(0);
  CHECK(first.at == store::ArchiveQuery::Position{from_millis(10), PayloadId{4}});
  CHECK(first.body == payload_row(4).body);
}

void a_page_of_archived_events_begins_after_the_one_before(EngineHarness& store) {
  archive(store, {event_row(kFirst, 1, 10), event_row(kFirst, 2, 20), event_row(kFirst, 3, 20),
                  event_row(kFirst, 4, 30), event_row(kSecond, 5, 15)});
  for (const int limit : {1, 2, 3, 100}) {
    CAPTURE(limit);
    Numbers all;
    auto query = query_of(kFirst, 10, 31, limit);
    while (true) {
      const auto page = value_of(store.reader()->archive_events(query));
      if (page.empty()) break;
      CHECK(page.size() <= static_cast<std::size_t>(limit));
      for (const auto& event : page) all.push_back(event.at.payload.value);
      query.after = page.back().at;
    }
    CHECK(all == Numbers{1, 2, 3, 4});
  }
  auto query = query_of(kFirst, 20, 100);
  query.after = {from_millis(5), PayloadId{9}};  // before the range: no event before `from` comes
  CHECK(found(store, query) == Numbers{2, 3, 4});
}

void totals_are_right_with_every_commit(EngineHarness& store) {
  check_totals(store, kFirst, 0, 0);
  archive(store, {event_row(kFirst, 1, 5), event_row(kSecond, 1, 5), event_row(kFirst, 2, 5)});
  check_totals(store, kFirst, 2, 30);
  check_totals(store, kSecond, 1, 10);
  WAYBILL_REQUIRE_OK(store.engine().begin(store::Durability::synced));
  WAYBILL_REQUIRE_OK(store.engine().payloads().insert_archived(payload_row(3)));
  WAYBILL_REQUIRE_OK(store.engine().archives().insert(event_row(kFirst, 3, 5)));
  store.engine().rollback();
  check_totals(store, kFirst, 2, 30);
  CHECK_FALSE(is_stored(store, 3));
  store.reopen();
  check_totals(store, kFirst, 2, 30);
  const auto all = value_of(store.reader()->archives());
  REQUIRE(all.size() == 2);
  CHECK(all[0].archive == kFirst);
  CHECK(all[1].bytes == 10);
}

void an_archive_takes_a_payload_once(EngineHarness& store) {
  archive(store, {event_row(kFirst, 1, 5)});
  WAYBILL_REQUIRE_OK(store.engine().begin(store::Durability::synced));
  CHECK(store.engine().archives().insert(event_row(kFirst, 1, 5)).has_error());
  store.engine().rollback();
  check_totals(store, kFirst, 1, 10);
}

void an_archived_payload_is_read_and_kept(EngineHarness& store) {
  archive(store, {event_row(kFirst, 1, 5)});
  CHECK(sweep_payloads(store) == 0);
  const auto payload = value_of(store.reader()->payloads({PayloadId{1}})).at(0);
  REQUIRE(payload != nullptr);
  CHECK(payload->body == payload_row(1).body);
  CHECK(payload->origin == payload_row(1).origin);
  CHECK(payload->accepted_at == payload_row(1).accepted_at);
}

void a_payload_goes_when_the_last_archive_let_go_of_it(EngineHarness& store) {
  archive(store, {event_row(kFirst, 1, 5), event_row(kSecond, 1, 5), event_row(kFirst, 2, 6)});
  CHECK(drop(store, kFirst).rows == 2);
  CHECK(sweep_payloads(store) == 1);
  CHECK_FALSE(is_stored(store, 2));
  CHECK(found(store, query_of(kSecond, 0, 100)) == Numbers{1});
  CHECK(drop(store, kSecond).rows == 1);
  CHECK(sweep_payloads(store) == 1);
  CHECK_FALSE(is_stored(store, 1));
}

void a_payload_that_was_let_go_of_waits_for_its_deliveries(EngineHarness& store) {
  archive(store, {event_row(kFirst, 1, 5), event_row(kFirst, 2, 5)});
  auto& deliveries = store.engine().deliveries();
  in_transaction(store.engine(),
                 [&] { WAYBILL_REQUIRE_OK(deliveries.insert(delivery_row(delivery_key(1, 1, 9), 1))); });
  drop(store, kFirst);
  CHECK(sweep_payloads(store) == 1);
  CHECK(is_stored(store, 1));
  in_transaction(store.engine(), [&] { CHECK(value_of(deliveries.remove(delivery_key(1, 1, 9), 0))); });
  CHECK(sweep_payloads(store) == 1);
  CHECK_FALSE(is_stored(store, 1));
}

void a_sweep_of_an_archive_takes_what_was_archived_first(EngineHarness& store) {
  archive(store, {event_row(kFirst, 1, 40, 100), event_row(kFirst, 2, 30, 200), event_row(kFirst, 3, 20, 300),
                  event_row(kFirst, 4, 10, 400), event_row(kSecond, 5, 10, 100)});
  const auto sweep = [&](std::int64_t before, int limit) {
    store::Swept swept;
    in_transaction(store.engine(),
                   [&] { swept = value_of(store.engine().archives().sweep(kFirst, from_millis(before), limit)); });
    return swept;
  };
  CHECK(value_of(store.reader()->oldest_archived(kFirst)) == from_millis(100));
  CHECK(sweep(100, 10).rows == 0);
  const auto one = sweep(400, 1);
  CHECK(one.rows == 1);
  CHECK(one.more);
  CHECK(found(store, query_of(kFirst, 0, 100)) == Numbers{4, 3, 2});
  const auto rest = sweep(400, 10);
  CHECK(rest.rows == 2);
  CHECK_FALSE(rest.more);
  CHECK(found(store, query_of(kFirst, 0, 100)) == Numbers{4});
  CHECK(value_of(store.reader()->oldest_archived(kFirst)) == from_millis(400));
  CHECK_FALSE(value_of(store.reader()->oldest_archived(ArchiveId{9})).has_value());
  check_totals(store, kFirst, 1, 40);
  check_totals(store, kSecond, 1, 50);
  CHECK(sweep_payloads(store) == 3);
}

void an_archive_is_dropped_in_parts(EngineHarness& store) {
  archive(store, {event_row(kFirst, 1, 1), event_row(kFirst, 2, 2), event_row(kFirst, 3, 3), event_row(kSecond, 4, 4)});
  CHECK(drop(store, kFirst, 2).more);
  check_totals(store, kFirst, 1, 30);
  CHECK(value_of(store.reader()->archives()).size() == 2);
  const auto rest = drop(store, kFirst, 2);
  CHECK(rest.rows == 1);
  CHECK_FALSE(rest.more);
  CHECK(value_of(store.reader()->archives()).size() == 1);
  CHECK(drop(store, kFirst).rows == 0);  // no effect
  check_totals(store, kSecond, 1, 40);
}

void clear_data_empties_the_archives(EngineHarness& store) {
  archive(store, {event_row(kFirst, 1, 5)});
  in_transaction(store.engine(), [&] { WAYBILL_REQUIRE_OK(store.engine().clear_data()); });
  CHECK(value_of(store.reader()->archives()).empty());
  CHECK(found(store, query_of(kFirst, 0, 100)).empty());
  CHECK_FALSE(is_stored(store, 1));
}

void totals_count_what_was_committed(EngineHarness& store) {
  store::Engine& engine = store.engine();
  const auto keep = [&](std::int64_t payload) {
    WAYBILL_REQUIRE_OK(engine.payloads().insert_archived(payload_row(payload)));
    WAYBILL_REQUIRE_OK(engine.archives().insert(event_row(kFirst, payload, 5)));
  };
  WAYBILL_REQUIRE_OK(engine.begin(store::Durability::synced));
  keep(1);
  engine.rollback();
  in_transaction(engine, [&] {
    keep(2);
    WAYBILL_REQUIRE_OK(engine.savepoint());
    keep(3);
    WAYBILL_REQUIRE_OK(engine.rollback_to_savepoint());
    keep(4);
    WAYBILL_REQUIRE_OK(engine.savepoint());
    keep(5);
    CHECK(value_of(engine.archives().sweep(kSecond, from_millis(9), 1)).rows == 0);
    WAYBILL_REQUIRE_OK(engine.rollback_to_savepoint());
  });
  check_totals(store, kFirst, 2, 60);
  in_transaction(engine, [&] {
    keep(6);
    CHECK(value_of(engine.archives().drop(kFirst, 10)).rows == 3);
  });
  CHECK(value_of(store.reader()->archives()).empty());
  in_transaction(engine, [&] {
    keep(7);
    WAYBILL_REQUIRE_OK(engine.clear_data());
  });
  CHECK(value_of(store.reader()->archives()).empty());
}

}  // namespace

std::vector<ConformanceCheck> archive_checks() {
  return {
      {"archived events come in order of time, then payload", archived_events_come_in_order_of_time_then_payload},
      {"a page of archived events begins after the one before", a_page_of_archived_events_begins_after_the_one_before},
      {"totals are right with every commit", totals_are_right_with_every_commit},
      {"an archive takes a payload once", an_archive_takes_a_payload_once},
      {"an archived payload is read and kept", an_archived_payload_is_read_and_kept},
      {"a payload goes when the last archive let go of it", a_payload_goes_when_the_last_archive_let_go_of_it},
      {"a payload that was let go of waits for its deliveries", a_payload_that_was_let_go_of_waits_for_its_deliveries},
      {"a sweep of an archive takes what was archived first", a_sweep_of_an_archive_takes_what_was_archived_first},
      {"an archive is dropped in parts", an_archive_is_dropped_in_parts},
      {"clear_data empties the archives", clear_data_empties_the_archives},
      {"an archive's totals count what was committed", totals_count_what_was_committed},
  };
}

}  // namespace waybill::testing
