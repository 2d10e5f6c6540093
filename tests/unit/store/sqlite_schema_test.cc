#include <fstream>
#include <sstream>

#include <doctest/doctest.h>

#include "store/sqlite/schema.h"
#include "store/sqlite/store.h"
#include "support/conformance_rows.h"
#include "support/sqlite_harness.h"

using namespace waybill;
using namespace waybill::store::sqlite;
using namespace waybill::testing;

namespace {

constexpr StoreOptions kNoSync{.synchronous = Synchronous::off};

Database plain(const std::filesystem::path& file) {
  return value_of(Database::open(file, Access::read_write_create, ""));
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ostringstream bytes;
  bytes << std::ifstream(file, std::ios::binary).rdbuf();
  return bytes.str();
}

}  // namespace

TEST_CASE("migrations are numbered without gaps") {
  int expected = 0;
  for (const Migration& migration : migrations()) CHECK(migration.version == ++expected);
  CHECK(newest_version() == expected);
}

TEST_CASE("a new file has the identity and the layout that cannot be changed later") {
  const TempDir directory;
  value_of(Store::open(directory.path().string(), kNoSync));
  Database database = plain(directory.path() / "waybill.db");
  CHECK(value_of(database.integer("PRAGMA application_id")) == 0x57415942);
  CHECK(value_of(database.integer("PRAGMA user_version")) == newest_version());
  CHECK(value_of(database.integer("PRAGMA page_size")) == 8192);
  CHECK(value_of(database.integer("PRAGMA auto_vacuum")) == 2);  // incremental
  CHECK(value_of(database.text("PRAGMA journal_mode")) == "wal");
  CHECK(value_of(database.integer("SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
                                  " AND name NOT LIKE 'sqlite_%' AND NOT strict")) == 0);
}

TEST_CASE("the writer syncs every commit, maps no memory and leaves checkpoints to the Journal") {
  const TempDir directory;
  Database database = plain(directory.path() / "test.db");
  WAYBILL_REQUIRE_OK(configure_writer(database, {}));
  CHECK(value_of(database.integer("PRAGMA synchronous")) == 2);  // full
  CHECK(value_of(database.integer("PRAGMA wal_autocheckpoint")) == 0);
  CHECK(value_of(database.integer("PRAGMA mmap_size")) == 0);
  CHECK(value_of(database.integer("PRAGMA temp_store")) == 2);  // memory
  CHECK(value_of(database.integer("PRAGMA cache_size")) == -8000);
}

TEST_CASE("the file of another program is refused and left as it is") {
  const TempDir directory;
  const auto file = directory.path() / "waybill.db";
  WAYBILL_REQUIRE_OK(plain(file).execute("PRAGMA application_id = 42; CREATE TABLE theirs (x)"));
  const std::string before = bytes_of(file);
  const auto refused = Store::open(directory.path().string(), kNoSync);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == ErrorCode::invalid);
  CHECK(refused.error().message ==
        file.string() + " is not a Waybill store: its SQLite application_id is 42, not 1463900482");
  CHECK(bytes_of(file) == before);
}

TEST_CASE("a file with tables but without an identity is not taken for a new one") {
  const TempDir directory;
  WAYBILL_REQUIRE_OK(plain(directory.path() / "waybill.db").execute("CREATE TABLE theirs (x)"));
  CHECK(Store::open(directory.path().string(), kNoSync).error().code == ErrorCode::invalid);
}

TEST_CASE("a file that is no database is refused") {
  const TempDir directory;
  std::ofstream(directory.path() / "waybill.db") << std::string(9000, 'x');
  CHECK(Store::open(directory.path().string(), kNoSync).error().code == ErrorCode::corrupt);
}

TEST_CASE("a file of a newer Waybill is refused, with both versions in the message") {
  const TempDir directory;
  value_of(Store::open(directory.path().string(), kNoSync));
  WAYBILL_REQUIRE_OK(plain(directory.path() / "waybill.db").execute("PRAGMA user_version = 99"));
  const auto refused = Store::open(directory.path().string(), kNoSync);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == ErrorCode::invalid);
  CHECK(refused.error().message.find("schema version 99; this one knows up to " + std::to_string(newest_version())) !=
        std::string::npos);
}

TEST_CASE("a file of the first schema is brought to the present one, with all that is in it") {
  const TempDir directory;
  {
    Database first = plain(directory.path() / "waybill.db");
    WAYBILL_REQUIRE_OK(first.execute("PRAGMA journal_mode = WAL"));
    WAYBILL_REQUIRE_OK(first.execute(std::string(migrations().front().sql)));
    WAYBILL_REQUIRE_OK(first.execute(
        "PRAGMA application_id = 1463900482; PRAGMA user_version = 1;"
        "INSERT INTO catalog VALUES ('000000000000', 'us-east-1', 'AWS::Events::Rule', 'orders/rule', 's1', '{}')"));
  }
  const auto store = value_of(Store::open(directory.path().string(), kNoSync));
  CHECK(value_of(value_of(store->make_reader())->resources()) ==
        std::vector<Resource>{{{"000000000000", "us-east-1", "AWS::Events::Rule", "orders/rule"}, "s1", "{}", ""}});
  Database database = plain(directory.path() / "waybill.db");
  CHECK(value_of(database.integer("PRAGMA user_version")) == newest_version());
}

TEST_CASE("an empty file, as a crash at the first start leaves it, is made into a store") {
  const TempDir directory;
  std::ofstream(directory.path() / "waybill.db").close();
  CHECK(Store::open(directory.path().string(), kNoSync).has_value());
}
