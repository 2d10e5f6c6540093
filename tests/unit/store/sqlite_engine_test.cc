#include <doctest/doctest.h>

#include "store/sqlite/engine.h"
#include "store/sqlite/sequence.h"
#include "support/conformance_rows.h"
#include "support/fault_vfs.h"
#include "support/sqlite_harness.h"

using namespace waybill;
using namespace waybill::store;
using namespace waybill::testing;
using sqlite::Synchronous;

namespace {

constexpr sqlite::StoreOptions kQuick{.synchronous = Synchronous::off};

// A store whose writes begin to fail when the test says so.
class SwitchedFault final : private VfsObserver {
 public:
  int code = 0;
  WrappingVfs vfs{"switched-fault", *this};

 private:
  int on_write(const std::string&, std::int64_t, std::string_view) override { return code; }
};

Status commit_setting(Engine& engine, const std::string& value) {
  WAYBILL_CHECK(engine.begin(store::Durability::synced));
  WAYBILL_CHECK(engine.catalog().put_setting("name", value));
  return engine.commit();
}

constexpr int kFull = 13;                 // SQLITE_FULL
constexpr int kWriteError = 10 | 3 << 8;  // SQLITE_IOERR_WRITE

}  // namespace

TEST_CASE("a commit on a full disk stores nothing, does not poison, and the next one works") {
  SwitchedFault fault;
  SqliteHarness harness({.vfs = fault.vfs.name()});
  Engine& engine = harness.engine();
  WAYBILL_REQUIRE_OK(commit_setting(engine, "before"));
  fault.code = kFull;
  const auto refused = commit_setting(engine, "during");
  fault.code = 0;
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == ErrorCode::unavailable);
  CHECK_FALSE(engine.poisons(refused.error()));
  engine.rollback();
  CHECK(value_of(harness.reader()->setting("name")) == "before");
  WAYBILL_REQUIRE_OK(commit_setting(engine, "after"));
  CHECK(value_of(harness.reader()->setting("name")) == "after");
}

TEST_CASE("a write error poisons") {
  SwitchedFault fault;
  SqliteHarness harness({.vfs = fault.vfs.name()});
  fault.code = kWriteError;
  const auto refused = commit_setting(harness.engine(), "value");
  fault.code = 0;
  REQUIRE(refused.has_error());
  CHECK(harness.engine().poisons(refused.error()));
}

TEST_CASE("after SQLite gave a transaction up, nothing more of it is stored") {
  SwitchedFault fault;
  SqliteHarness harness({.vfs = fault.vfs.name(), .writer_cache_kib = 64});
  Engine& engine = harness.engine();
  WAYBILL_REQUIRE_OK(engine.begin(store::Durability::synced));
  fault.code = kFull;
  // More than the cache holds: pages go to the log before the commit, and find the disk full.
  Status status;
  for (std::int64_t id = 1; id < 100 && status; ++id) {
    Payload payload = payload_row(id);
    payload.body = std::string(8'000, 'x');
    status = engine.payloads().insert(payload);
  }
  fault.code = 0;
  REQUIRE(status.has_error());
  CHECK(status.error().code == ErrorCode::unavailable);
  for (const auto& late : {engine.payloads().insert(payload_row(500)), engine.items().put_table(table_spec(1)),
                           engine.clear_data(), engine.savepoint(), engine.commit()}) {
    CHECK(late.error().code == ErrorCode::unavailable);
  }
  engine.rollback();
  CHECK(value_of(harness.reader()->payloads({{1}, {500}})) == std::vector<PayloadPtr>{nullptr, nullptr});
  in_transaction(engine, [&] { WAYBILL_REQUIRE_OK(engine.payloads().insert(payload_row(500))); });
}

TEST_CASE("the log grows with commits and is empty after a checkpoint, also for an engine that found it there") {
  SqliteHarness harness(kQuick);
  const auto reader = harness.reader();  // keeps the log alive
  const auto grow = [&](std::int64_t id) {
    Payload payload = payload_row(id);
    payload.body = std::string(100'000, 'x');
    in_transaction(harness.engine(), [&] { WAYBILL_REQUIRE_OK(harness.engine().payloads().insert(payload)); });
  };
  const std::int64_t start = harness.engine().wal_bytes();
  grow(1);
  CHECK(harness.engine().wal_bytes() > start + 100'000);
  WAYBILL_REQUIRE_OK(harness.engine().checkpoint());
  CHECK(harness.engine().wal_bytes() == 0);
  grow(2);
  const std::int64_t second = harness.engine().wal_bytes();
  CHECK(second > 100'000);
  CHECK(second < 200'000);  // counted anew
}

TEST_CASE("a reader in the middle of a read holds a checkpoint back without blocking it") {
  SqliteHarness harness(kQuick);
  auto snapshot = value_of(sqlite::Database::open(harness.directory() / "waybill.db", sqlite::Access::read_only, ""));
  WAYBILL_REQUIRE_OK(snapshot.execute("BEGIN; SELECT * FROM settings"));
  WAYBILL_REQUIRE_OK(commit_setting(harness.engine(), "value"));
  WAYBILL_REQUIRE_OK(harness.engine().checkpoint());
  CHECK(harness.engine().wal_bytes() > 0);
  WAYBILL_REQUIRE_OK(snapshot.execute("COMMIT"));
  WAYBILL_REQUIRE_OK(harness.engine().checkpoint());
  CHECK(harness.engine().wal_bytes() == 0);
}

TEST_CASE("free pages go back to the file system little by little") {
  SqliteHarness harness(kQuick);
  Engine& engine = harness.engine();
  in_transaction(engine, [&] {
    Payload large = payload_row(1);
    large.body = std::string(48 << 20, 'x');
    WAYBILL_REQUIRE_OK(engine.payloads().insert(large));
  });
  WAYBILL_REQUIRE_OK(engine.checkpoint());
  const auto full = std::filesystem::file_size(harness.directory() / "waybill.db");
  in_transaction(engine, [&] { WAYBILL_REQUIRE_OK(engine.clear_data()); });
  WAYBILL_REQUIRE_OK(engine.checkpoint());
  const auto once = std::filesystem::file_size(harness.directory() / "waybill.db");
  CHECK(once < full);
  CHECK(once > full / 2);
}

TEST_CASE("the stored sequence is a bound above every number that was stored") {
  SqliteHarness harness(kQuick);
  const auto highest = [&] { return value_of(harness.engine().highest_sequence()); };
  CHECK(highest() == 0);
  const auto store_and_compare = [&](std::int64_t number, const std::function<Status(Engine&)>& insert) {
    in_transaction(harness.engine(), [&] { WAYBILL_REQUIRE_OK(insert(harness.engine())); });
    CHECK(highest() >= number);
    harness.reopen();
    CHECK(highest() >= number);
    CHECK(highest() <= number + sqlite::Sequence::kStep);
  };
  const std::int64_t far = 4 * sqlite::Sequence::kStep;
  store_and_compare(10, [](Engine& e) { return e.payloads().insert(payload_row(10)); });
  store_and_compare(far, [&](Engine& e) { return e.deliveries().insert(delivery_row(delivery_key(1, 1, far))); });
  store_and_compare(2 * far, [&](Engine& e) { return e.dead_letters().insert(letter_row(2 * far)); });
  store_and_compare(3 * far, [&](Engine& e) { return e.catalog().put_endpoint({3 * far}, "endpoint"); });

  const std::int64_t before = highest();
  in_transaction(harness.engine(), [&] { WAYBILL_REQUIRE_OK(harness.engine().clear_data()); });
  harness.reopen();
  CHECK(highest() == before);
}

TEST_CASE("a bound that was not committed is not answered") {
  SqliteHarness harness(kQuick);
  WAYBILL_REQUIRE_OK(harness.engine().begin(store::Durability::synced));
  WAYBILL_REQUIRE_OK(harness.engine().payloads().insert(payload_row(10)));
  harness.engine().rollback();
  CHECK(value_of(harness.engine().highest_sequence()) == 0);
}
