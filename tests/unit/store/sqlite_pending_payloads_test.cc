#include <doctest/doctest.h>

#include "store/sqlite/deliveries.h"
#include "store/sqlite/pending_payloads.h"
#include "store/sqlite/schema.h"
#include "support/conformance_rows.h"
#include "support/sqlite_harness.h"

using namespace waybill;
using namespace waybill::store;
using namespace waybill::store::sqlite;
using namespace waybill::testing;

namespace {

// Payloads and deliveries with a window of 100 ids that reads 3 deliveries at a time.
struct Fixture {
  TempDir directory;
  Database database = value_of(Database::open(directory.path() / "test.db", Access::read_write_create, ""));
  bool ready = prepare();
  Sequence sequence{database};
  PendingPayloads pending{database, 100, 3};
  SqlitePayloads payloads{database, sequence, pending};
  SqliteDeliveries deliveries{database, sequence, pending};

  bool prepare() {
    WAYBILL_REQUIRE_OK(configure_writer(database, {.synchronous = Synchronous::off}));
    WAYBILL_REQUIRE_OK(migrate(database));
    WAYBILL_REQUIRE_OK(database.execute("BEGIN"));
    return true;
  }
  void payload(std::int64_t id) { WAYBILL_REQUIRE_OK(payloads.insert(payload_row(id))); }
  void deliver(std::int64_t id, std::int64_t due) {
    WAYBILL_REQUIRE_OK(deliveries.insert(delivery_row(delivery_key(1, due, id), id)));
  }
  // A whole sweep; answers how many payloads went.
  std::int64_t sweep_all(std::int64_t before, int limit) {
    std::int64_t removed = 0;
    PayloadId after{0};
    while (true) {
      const auto swept = value_of(payloads.sweep(after, {before}, limit));
      removed += swept.rows;
      after = swept.last;
      if (!swept.more) return removed;
    }
  }
  std::int64_t left() { return value_of(database.integer("SELECT count(*) FROM payloads")); }
};

}  // namespace

TEST_CASE("a sweep reads the deliveries a few at a time, and removes nothing before it knows them all") {
  Fixture fixture;
  for (std::int64_t id = 1; id <= 10; ++id) fixture.payload(id);
  for (std::int64_t id = 1; id <= 7; ++id) fixture.deliver(id, id);
  for (int step = 0; step < 2; ++step) {  // 3 + 3 of the 7 deliveries
    const auto swept = value_of(fixture.payloads.sweep({0}, {100}, 100));
    CHECK(swept.rows == 0);
    CHECK(swept.more);
    CHECK(swept.last == PayloadId{0});
  }
  const auto swept = value_of(fixture.payloads.sweep({0}, {100}, 100));
  CHECK(swept.rows == 3);
  CHECK(swept.last == PayloadId{10});
  CHECK(fixture.left() == 7);
}

TEST_CASE("ids beyond the window, and gaps of any size, are swept in turn") {
  Fixture fixture;
  for (const std::int64_t id : {1, 50, 99, 100, 101, 102, 500, 1'000'000'000}) fixture.payload(id);
  fixture.deliver(100, 1);
  fixture.deliver(500, 1);
  CHECK(fixture.sweep_all(2'000'000'000, 3) == 6);
  CHECK(fixture.left() == 2);
}

TEST_CASE("a delivery that is inserted or moved behind the reading keeps its payload") {
  Fixture fixture;
  for (std::int64_t id = 1; id <= 8; ++id) fixture.payload(id);
  for (std::int64_t id = 1; id <= 7; ++id) fixture.deliver(id, 100 + id);
  CHECK(value_of(fixture.payloads.sweep({0}, {100}, 100)).rows == 0);
  fixture.deliver(8, 1);  // before everything
  CHECK(value_of(fixture.deliveries.reschedule(delivery_key(1, 107, 7), 0, from_millis(2), "")));
  CHECK(fixture.sweep_all(100, 100) == 0);
  CHECK(fixture.left() == 8);
}

TEST_CASE("what a sweep learned of a transaction that was undone is forgotten") {
  SqliteHarness harness({.synchronous = Synchronous::off});
  Engine& engine = harness.engine();
  const auto key = delivery_key(1, 1, 1);
  in_transaction(engine, [&] {
    WAYBILL_REQUIRE_OK(engine.payloads().insert(payload_row(1)));
    WAYBILL_REQUIRE_OK(engine.payloads().insert(payload_row(2)));
    WAYBILL_REQUIRE_OK(engine.deliveries().insert(delivery_row(key, 2)));
  });
  // One payload at a time, so that the second call would go on with what the first has read.
  const auto finish_and_sweep = [&] {
    CHECK(value_of(engine.deliveries().remove(key, 0)));
    const auto swept = value_of(engine.payloads().sweep({0}, {100}, 1));
    CHECK(swept.rows == 1);
    CHECK(swept.last == PayloadId{1});
  };
  WAYBILL_REQUIRE_OK(engine.begin(store::Durability::synced));
  SUBCASE("the transaction") {
    finish_and_sweep();
    engine.rollback();
    WAYBILL_REQUIRE_OK(engine.begin(store::Durability::synced));
  }
  SUBCASE("a savepoint") {
    WAYBILL_REQUIRE_OK(engine.savepoint());
    finish_and_sweep();
    WAYBILL_REQUIRE_OK(engine.rollback_to_savepoint());
  }
  SUBCASE("the transaction around a savepoint that was released") {
    WAYBILL_REQUIRE_OK(engine.savepoint());
    finish_and_sweep();
    WAYBILL_REQUIRE_OK(engine.release_savepoint());
    WAYBILL_REQUIRE_OK(engine.savepoint());
    engine.rollback();
    WAYBILL_REQUIRE_OK(engine.begin(store::Durability::synced));
  }
  CHECK(value_of(engine.payloads().sweep({1}, {100}, 1)).rows == 0);
  WAYBILL_REQUIRE_OK(engine.commit());
  CHECK(value_of(harness.reader()->payloads({{2}})).front() != nullptr);
}
