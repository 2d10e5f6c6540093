#include "table/store_table_reader.h"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/random.h"
#include "sample_tables.h"
#include "support/model_engine.h"
#include "table/item_codec.h"

namespace waybill::table {
namespace {

using waybill::testing::ModelDisk;
using waybill::testing::ModelEngine;
using waybill::testing::ModelReader;

// The two sample tables in a store.
class Fixture {
 public:
  Fixture() {
    change([](store::Items& items) {
      REQUIRE(items.put_table(testing::shipments()).has_value());
      REQUIRE(items.put_table(testing::blobs()).has_value());
    });
  }

  // Answers the version of the item.
  std::int64_t put(const std::string& table, const Json& item) {
    const TablePtr spec = catalog->find(table);
    const auto row = encode_item(*spec, item, WallTime());
    REQUIRE(row.has_value());
    std::int64_t version = 0;
    change([&](store::Items& items) { version = items.put(spec->id, *row).value(); });
    return version;
  }
  template <class F>
  void change(F&& f) {
    REQUIRE(engine.begin(store::Durability::synced).has_value());
    f(engine.items());
    REQUIRE(engine.commit().has_value());
  }

  std::shared_ptr<ModelDisk> disk = std::make_shared<ModelDisk>();
  ModelEngine engine{disk};
  ModelReader store_reader{disk};
  TableCatalogPtr catalog =
      std::make_shared<const TableCatalog>(std::vector<TableSpec>{testing::shipments(), testing::blobs()});
  StoreTableReader reader{store_reader, catalog};
};

Json event(int number, int timestamp, const char* status) {
  return {{"event_id", "e-" + std::to_string(number)}, {"timestamp", timestamp}, {"status", status}};
}

ItemAddress address(const TableSpec& table, const Json& key) {
  const auto encoded = encode_item_key(table, key);
  return {table.id, encoded->pk, encoded->sk};
}

std::string thrown(const std::function<void()>& f) {
  try {
    f();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "nothing";
}

TEST_CASE_FIXTURE(Fixture, "get answers the item, and nothing for a key that is not there") {
  put("shipments", event(1, 10, "pending"));
  const Json key = {{"event_id", "e-1"}, {"timestamp", 10}};
  const auto item = reader.get("shipments", key);
  REQUIRE(item.has_value());
  CHECK(*item == event(1, 10, "pending"));
  CHECK(reader.get("arn:aws:dynamodb:us-east-1:000000000000:table/shipments", key) == item);
  CHECK(!reader.get("shipments", {{"event_id", "e-1"}, {"timestamp", 11}}).has_value());
}

TEST_CASE_FIXTURE(Fixture, "the reader remembers what was read: version, or 0 for what was not there") {
  put("shipments", event(1, 10, "pending"));
  const std::int64_t first = put("shipments", event(1, 10, "delivered"));
  const std::int64_t second = put("shipments", event(2, 20, "delivered"));
  const TableSpec table = testing::shipments();
  const Json there = {{"event_id", "e-1"}, {"timestamp", 10}};
  const Json absent = {{"event_id", "e-9"}, {"timestamp", 10}};
  reader.get("shipments", there);
  reader.get("shipments", absent);
  TableQuery query;
  query.table = "shipments";
  query.index = "status-index";
  query.partition = "delivered";
  CHECK(reader.query(query).items.size() == 2);

  CHECK(reader.reads().size() == 3);
  CHECK(reader.reads().at(address(table, there)) == first);
  CHECK(reader.reads().at(address(table, absent)) == 0);
  CHECK(reader.reads().at(address(table, {{"event_id", "e-2"}, {"timestamp", 20}})) == second);
  const ItemAddress at = address(table, there);
  CHECK(reader.version_read(at.table, at.pk, at.sk) == first);
  CHECK(!reader.version_read(at.table, at.pk, "").has_value());
}

TEST_CASE_FIXTURE(Fixture, "of two reads of an item the first counts") {
  const std::int64_t first = put("shipments", event(1, 10, "pending"));
  const Json key = {{"event_id", "e-1"}, {"timestamp", 10}};
  reader.get("shipments", key);
  put("shipments", event(1, 10, "delivered"));
  CHECK(reader.get("shipments", key)->at("status") == "delivered");
  CHECK(reader.reads().at(address(testing::shipments(), key)) == first);
}

TEST_CASE_FIXTURE(Fixture, "pages of any size, in either direction, hold every item of the query once and in order") {
  SeededRandom random(6);
  std::vector<Json> all;  // in order of (timestamp, event_id): where timestamps are equal the table key decides
  for (int i = 0; i < 40; ++i) {
    const Json item = event(10 + i, static_cast<int>(random.below(8)), "pending");
    put("shipments", item);
    put("shipments", event(10 + i, 100, "delivered"));
    if (item["timestamp"] >= 2 && item["timestamp"] <= 6) all.push_back(item);
  }
  std::sort(all.begin(), all.end(), [](const Json& a, const Json& b) {
    return std::pair(a["timestamp"].get<int>(), a["event_id"].get<std::string>()) <
           std::pair(b["timestamp"].get<int>(), b["event_id"].get<std::string>());
  });
  REQUIRE(all.size() > 10);

  for (const bool newest_first : {false, true}) {
    for (const int limit : {1, 2, 3, 7, 100}) {
      TableQuery query;
      query.table = "shipments";
      query.index = "status-index";
      query.partition = "pending";
      query.from = 2;
      query.to = 6;
      query.newest_first = newest_first;
      query.limit = limit;
      std::vector<Json> seen;
      for (int pages = 0; pages <= 50; ++pages) {
        const TablePage page = reader.query(query);
        CHECK(page.items.size() <= static_cast<std::size_t>(limit));
        seen.insert(seen.end(), page.items.begin(), page.items.end());
        query.start = page.last_key;
        if (page.last_key.is_null()) break;
        CHECK(page.items.size() == static_cast<std::size_t>(limit));  // a last key only where more follows
      }
      std::vector<Json> expected = all;
      if (newest_first) std::reverse(expected.begin(), expected.end());
      CHECK(seen == expected);
    }
  }
}

TEST_CASE_FIXTURE(Fixture, "a page ends at about 1 MB and says where to go on") {
  for (int i = 0; i < 250; ++i) {
    Json item = {{"event_id", "e"}, {"timestamp", i}, {"text", std::string(9000, 'x')}};
    put("shipments", item);
  }
  TableQuery query;
  query.table = "shipments";
  query.partition = "e";
  query.limit = 1000;
  std::size_t seen = 0;
  int pages = 0;
  do {
    const TablePage page = reader.query(query);
    CHECK(page.items.size() < 250);
    seen += page.items.size();
    query.start = page.last_key;
    ++pages;
  } while (!query.start.is_null() && pages < 10);
  CHECK(seen == 250);
  CHECK(pages == 2);
}

TEST_CASE_FIXTURE(Fixture, "a binary sort key of an index pages by its bytes") {
  for (const char* digest : {"/w==", "AQ==", "gA==", "AQA="}) put("blobs", {{"digest", digest}, {"owner", 3}});
  TableQuery query;
  query.table = "blobs";
  query.index = "by-owner";
  query.partition = 3;
  query.limit = 1;
  std::vector<std::string> order;
  for (int pages = 0; pages < 10; ++pages) {
    const TablePage page = reader.query(query);
    for (const Json& item : page.items) order.push_back(item["digest"]);
    query.start = page.last_key;
    if (query.start.is_null()) break;
  }
  CHECK(order == std::vector<std::string>{"AQ==", "AQA=", "gA==", "/w=="});
}

TEST_CASE_FIXTURE(Fixture, "what cannot be read is thrown with a clear text") {
  CHECK(thrown([&] { reader.get("orders", {{"id", 1}}); }) == "Requested resource not found: Table: orders not found");
  CHECK(thrown([&] {
          reader.get("shipments", {{"id", 1}});
        }).starts_with("The provided key element does not match the schema (table shipments"));
  TableQuery query;
  query.table = "shipments";
  query.index = "nowhere";
  query.partition = "x";
  CHECK(thrown([&] { reader.query(query); }).starts_with("The table does not have the specified index: nowhere"));
}

TEST_CASE_FIXTURE(Fixture, "permission is asked for the action and the ARN, before anything is read") {
  std::vector<std::string> asked;
  const StoreTableReader guarded(store_reader, catalog, [&](std::string_view action, const std::string& arn) -> Status {
    asked.push_back(std::string(action) + " " + arn);
    return Error{ErrorCode::denied, "not allowed"};
  });
  CHECK(thrown([&] { guarded.get("shipments", {{"event_id", "e"}, {"timestamp", 1}}); }) == "not allowed");
  TableQuery query;
  query.table = "shipments";
  query.index = "status-index";
  query.partition = "pending";
  CHECK(thrown([&] { guarded.query(query); }) == "not allowed");
  CHECK(asked == std::vector<std::string>{
                     "dynamodb:GetItem arn:aws:dynamodb:us-east-1:000000000000:table/shipments",
                     "dynamodb:Query arn:aws:dynamodb:us-east-1:000000000000:table/shipments/index/status-index"});
  CHECK(guarded.reads().empty());
}

}  // namespace
}  // namespace waybill::table
