#include <doctest/doctest.h>

#include "store/sqlite/database.h"
#include "store/sqlite/statement.h"
#include "support/conformance_rows.h"
#include "support/temp_dir.h"

using namespace waybill;
using namespace waybill::store::sqlite;
using namespace waybill::testing;

namespace {

Database open_in(const TempDir& directory, Access access = Access::read_write_create) {
  return value_of(Database::open(directory.path() / "test.db", access, ""));
}

}  // namespace

TEST_CASE("values come back as they were bound, empty ones and zero bytes included") {
  const TempDir directory;
  Database database = open_in(directory);
  WAYBILL_REQUIRE_OK(database.execute("CREATE TABLE t (i INTEGER, s TEXT, b BLOB, n TEXT) STRICT"));
  const std::string text("a\0b", 3);
  Statement insert(database, "INSERT INTO t VALUES (?, ?, ?, ?)", Scope::any);
  WAYBILL_REQUIRE_OK(insert.with(std::int64_t{-5}, text, Blob{text}, std::optional<std::string>()).run());
  WAYBILL_REQUIRE_OK(insert.with(7, std::string(), Blob{{}}, std::optional<std::string>("")).run());

  Statement select(database, "SELECT i, s, b, n FROM t ORDER BY i");
  auto rows = select.with();
  REQUIRE(value_of(rows.next()));
  CHECK(rows.integer(0) == -5);
  CHECK(rows.text(1) == text);
  CHECK(rows.blob(2) == text);
  CHECK(rows.is_null(3));
  REQUIRE(value_of(rows.next()));
  CHECK_FALSE(rows.is_null(1));
  CHECK_FALSE(rows.is_null(2));
  CHECK_FALSE(rows.is_null(3));
  CHECK(rows.blob(2).empty());
  CHECK_FALSE(value_of(rows.next()));
}

TEST_CASE("a statement can be run again after its run ended, in an error or in the middle") {
  const TempDir directory;
  Database database = open_in(directory);
  WAYBILL_REQUIRE_OK(database.execute("CREATE TABLE t (i INTEGER PRIMARY KEY)"));
  Statement insert(database, "INSERT INTO t VALUES (?)", Scope::any);
  WAYBILL_REQUIRE_OK(insert.with(1).run());
  CHECK(insert.with(1).run().has_error());
  WAYBILL_REQUIRE_OK(insert.with(2).run());
  Statement select(database, "SELECT i FROM t ORDER BY i");
  for (int i = 0; i < 2; ++i) {
    auto rows = select.with();
    REQUIRE(value_of(rows.next()));
    CHECK(rows.integer(0) == 1);
  }
}

TEST_CASE("an error says what was tried, in SQLite's words and with both its codes") {
  const TempDir directory;
  Database database = open_in(directory);
  WAYBILL_REQUIRE_OK(database.execute("CREATE TABLE t (i INTEGER PRIMARY KEY)"));
  Statement insert(database, "INSERT INTO t VALUES (?)", Scope::any);
  WAYBILL_REQUIRE_OK(insert.with(1).run());
  const auto twice = insert.with(1).run();
  CHECK(twice.error().code == ErrorCode::conflict);
  CHECK(twice.error().message ==
        "INSERT INTO t VALUES (?): UNIQUE constraint failed: t.i (SQLite code 19, extended 1555)");
  const auto wrong = Statement(database, "SELECT FROM").with().run();
  CHECK(wrong.error().code == ErrorCode::internal);
  CHECK(wrong.error().message.find("syntax error") != std::string::npos);
  const auto missing = Database::open(directory.path() / "missing" / "test.db", Access::read_write_create, "");
  CHECK(missing.error().code == ErrorCode::io);
  CHECK(missing.error().message.find("missing/test.db") != std::string::npos);
}

TEST_CASE("outside a transaction a statement that writes is refused, one that reads is not") {
  const TempDir directory;
  Database database = open_in(directory);
  WAYBILL_REQUIRE_OK(database.execute("CREATE TABLE t (i INTEGER PRIMARY KEY)"));
  Statement insert(database, "INSERT INTO t VALUES (1)");
  CHECK(insert.with().run().error().code == ErrorCode::unavailable);
  CHECK(value_of(database.integer("SELECT count(*) FROM t")) == 0);
  auto transaction = value_of(TransactionScope::begin(database));
  WAYBILL_REQUIRE_OK(insert.with().run());
  WAYBILL_REQUIRE_OK(transaction.commit());
  CHECK(value_of(database.integer("SELECT count(*) FROM t")) == 1);
}

TEST_CASE("a transaction that is not committed is rolled back") {
  const TempDir directory;
  Database database = open_in(directory);
  WAYBILL_REQUIRE_OK(database.execute("CREATE TABLE t (i INTEGER PRIMARY KEY)"));
  {
    const auto transaction = value_of(TransactionScope::begin(database));
    WAYBILL_REQUIRE_OK(database.execute("INSERT INTO t VALUES (1)"));
  }
  CHECK_FALSE(database.in_transaction());
  CHECK(value_of(database.integer("SELECT count(*) FROM t")) == 0);
}

TEST_CASE("a read-only connection makes no file and changes none") {
  const TempDir directory;
  CHECK(Database::open(directory.path() / "test.db", Access::read_only, "").has_error());
  WAYBILL_REQUIRE_OK(open_in(directory).execute("CREATE TABLE t (i INTEGER)"));
  Database reader = open_in(directory, Access::read_only);
  CHECK(reader.execute("INSERT INTO t VALUES (1)").error().code == ErrorCode::io);
}
