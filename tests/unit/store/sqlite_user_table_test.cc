#include <doctest/doctest.h>

#include "store/sqlite/statement.h"
#include "store/sqlite/table_spec_json.h"
#include "store/sqlite/user_table.h"
#include "support/conformance_rows.h"
#include "support/sqlite_harness.h"

using namespace waybill;
using namespace waybill::store;
using namespace waybill::testing;
using store::sqlite::Access;
using store::sqlite::Database;

namespace {

struct Fixture {
  SqliteHarness harness{{.synchronous = sqlite::Synchronous::off}};
  Items& items = harness.engine().items();

  void put_table(const TableSpec& spec) {
    in_transaction(harness.engine(), [&] { WAYBILL_REQUIRE_OK(items.put_table(spec)); });
  }
  Status try_put_table(const TableSpec& spec) {
    WAYBILL_REQUIRE_OK(harness.engine().begin(store::Durability::synced));
    auto status = items.put_table(spec);
    harness.engine().rollback();
    return status;
  }
  void put(TableId table, const ItemRow& row) {
    in_transaction(harness.engine(), [&] { WAYBILL_REQUIRE_OK(items.put(table, row)); });
  }
  // What somebody sees who opens the file with sqlite3.
  std::string seen(const std::string& sql) {
    Database database = value_of(Database::open(harness.directory() / "waybill.db", Access::read_only, ""));
    return value_of(database.text(sql));
  }
};

TableSpec orders() {
  TableSpec spec = table_spec(7, 1);
  spec.name = "Orders";
  spec.key = {{"order_id", KeyType::string}, KeyAttribute{"line", KeyType::number}};
  return spec;
}

}  // namespace

TEST_CASE("a table's view shows key attributes, version and body under the user's names") {
  Fixture fixture;
  fixture.put_table(orders());
  ItemRow row = indexed_row("o", "1", "open", "x");
  row.body = R"({"order_id":{"S":"o-1"},"line":{"N":"12"},"status":{"S":"open"}})";
  fixture.put(TableId{7}, row);
  CHECK(fixture.seen("SELECT order_id || ' ' || line || ' ' || status || ' ' || version FROM Orders") ==
        "o-1 12 open 1");
  CHECK(fixture.seen("SELECT body FROM Orders WHERE line = '12'") == row.body);
}

TEST_CASE("names that SQLite or Waybill need themselves, or that differ in case only, get a view of another name") {
  Fixture fixture;
  for (const auto& [id, name] : std::vector<std::pair<int, std::string>>{{1, "payloads"},
                                                                         {2, "sqlite_stat"},
                                                                         {3, "item_9"},
                                                                         {4, "Orders"},
                                                                         {5, "orders"},
                                                                         {6, "a.b-c"},
                                                                         {8, "q\"x"}}) {
    TableSpec spec = table_spec(id);
    spec.name = name;
    fixture.put_table(spec);
  }
  CHECK(fixture.seen("SELECT group_concat(view, '|') FROM (SELECT view FROM tables ORDER BY id)") ==
        "table 1 (payloads)|table 2 (sqlite_stat)|table 3 (item_9)|Orders|table 5 (orders)|a.b-c|q\"x");
  CHECK(fixture.seen("SELECT count(*) FROM \"q\"\"x\"") == "0");
  fixture.put_table(table_spec(9));  // item_9 was free for it
}

TEST_CASE("attributes that no JSON path can name are left out of the view") {
  Fixture fixture;
  TableSpec spec = table_spec(1);
  spec.key = {{"it's", KeyType::string}, KeyAttribute{"a\"b\\c", KeyType::string}};
  fixture.put_table(spec);
  ItemRow row = item_row("p", "s");
  row.body = R"({"it's":{"S":"here"}})";
  fixture.put(TableId{1}, row);
  CHECK(fixture.seen("SELECT \"it's\" FROM \"table-1\"") == "here");
}

TEST_CASE("a view goes with its table") {
  Fixture fixture;
  fixture.put_table(orders());
  in_transaction(fixture.harness.engine(), [&] { WAYBILL_REQUIRE_OK(fixture.items.drop_table(TableId{7})); });
  CHECK(fixture.seen("SELECT count(*) FROM sqlite_schema WHERE name = 'Orders' OR name LIKE 'item%'") == "0");
}

TEST_CASE("a table that holds items keeps its key schema and its indexes") {
  Fixture fixture;
  fixture.put_table(orders());
  TableSpec other_key = orders();
  other_key.key.partition.name = "other";
  TableSpec other_indexes = orders();
  other_indexes.indexes.push_back({"second", {{"a", KeyType::string}, std::nullopt}});
  CHECK(fixture.try_put_table(other_key).has_value());
  CHECK(fixture.try_put_table(other_indexes).has_value());
  fixture.put(TableId{7}, indexed_row("o", "1", "open", "x"));
  CHECK(fixture.try_put_table(other_key).error().code == ErrorCode::invalid);
  CHECK(fixture.try_put_table(other_indexes).error().code == ErrorCode::invalid);
  CHECK(fixture.try_put_table(orders()).has_value());
}

TEST_CASE("an empty table takes new indexes, also for readers that knew the old ones") {
  Fixture fixture;
  fixture.put_table(orders());
  fixture.put(TableId{7}, indexed_row("o", "1", "open", "x"));
  const auto reader = fixture.harness.reader();
  CHECK(value_of(reader->get_item(TableId{7}, "o", "1"))->index_keys.size() == 1);
  in_transaction(fixture.harness.engine(), [&] { WAYBILL_REQUIRE_OK(fixture.items.clear_table(TableId{7})); });
  TableSpec spec = orders();
  spec.indexes.push_back({"second", {{"a", KeyType::string}, std::nullopt}});
  fixture.put_table(spec);
  ItemRow row = indexed_row("o", "1", "open", "x");
  row.index_keys.push_back(ItemRow::IndexKey{"second", ""});
  fixture.put(TableId{7}, row);
  CHECK(value_of(reader->get_item(TableId{7}, "o", "1"))->index_keys == row.index_keys);
}

TEST_CASE("a new TTL attribute gives every item the time that it names") {
  Fixture fixture;
  TableSpec spec = table_spec(1);
  fixture.put_table(spec);
  ItemRow row = item_row("p", "with", R"({"ttl":{"N":"100"},"other":{"N":"900"}})");
  fixture.put(TableId{1}, row);
  fixture.put(TableId{1}, item_row("p", "without"));
  const auto reader = fixture.harness.reader();
  const auto expires = [&](const char* sk) { return value_of(reader->get_item(TableId{1}, "p", sk))->expires_at; };
  CHECK_FALSE(expires("with").has_value());
  spec.ttl_attribute = "ttl";
  fixture.put_table(spec);
  CHECK(expires("with") == 100);
  CHECK_FALSE(expires("without").has_value());
  spec.ttl_attribute = "other";
  fixture.put_table(spec);
  CHECK(expires("with") == 900);
  CHECK(fixture.seen("SELECT count(*) FROM sqlite_schema WHERE name = 'item_1_expires'") == "1");
  spec.ttl_attribute = "";
  fixture.put_table(spec);
  CHECK_FALSE(expires("with").has_value());
  CHECK(fixture.seen("SELECT count(*) FROM sqlite_schema WHERE name = 'item_1_expires'") == "0");
}

TEST_CASE("a table specification comes back as it was stored") {
  TableSpec spec = table_spec(5, 2);
  spec.indexes[1].key.sort.reset();
  spec.ttl_attribute = "ttl \"quoted\"";
  CHECK(value_of(sqlite::table_spec_from_json(sqlite::to_json(spec))) == spec);
  CHECK(sqlite::table_spec_from_json("{}").error().code == ErrorCode::corrupt);
  CHECK(sqlite::table_spec_from_json("[").error().code == ErrorCode::corrupt);
}
