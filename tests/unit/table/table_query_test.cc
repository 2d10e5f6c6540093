#include "table/table_query.h"

#include <doctest/doctest.h>

#include "sample_tables.h"
#include "table/item_codec.h"
#include "table/key_encoding.h"

namespace waybill::table {
namespace {

std::string numeric_key(const char* text) { return encode_number(*Decimal::parse(text)); }

TableQuery by_status(const char* status) {
  TableQuery query;
  query.table = "shipments";
  query.index = "status-index";
  query.partition = status;
  return query;
}

std::string refusal(const TableQuery& query) {
  const auto out = to_item_query(testing::shipments(), query);
  return out ? "accepted" : out.error().message;
}

TEST_CASE("a query of the table goes by the table's key") {
  TableQuery query;
  query.partition = "e-1";
  query.newest_first = true;
  query.limit = 5;
  const auto out = to_item_query(testing::shipments(), query);
  REQUIRE(out.has_value());
  CHECK(out->table == TableId{7});
  CHECK(!out->index.has_value());
  CHECK(out->pk == "e-1");
  CHECK(!out->sk_from.has_value());
  CHECK(!out->sk_to.has_value());
  CHECK(out->reverse);
  CHECK(out->limit == 5);
  CHECK(!out->start.has_value());
}

TEST_CASE("a query of an index goes by its position, with bounds on its sort key") {
  TableQuery query = by_status("pending");
  query.from = 10;
  query.to = "2e1";
  const auto out = to_item_query(testing::shipments(), query);
  REQUIRE(out.has_value());
  CHECK(out->index == 1U);
  CHECK(out->pk == "pending");
  CHECK(out->sk_from == numeric_key("10"));
  CHECK(out->sk_to == numeric_key("20"));
  CHECK(!out->reverse);
}

TEST_CASE("a wrong query is refused, saying what is wrong") {
  TableQuery query = by_status("pending");
  query.index = "by-status";
  CHECK(refusal(query) ==
        "The table does not have the specified index: by-status (table shipments: it has shipment-index, "
        "status-index)");
  query = by_status("pending");
  query.partition = nullptr;
  CHECK(refusal(query) == "Query condition missed key schema element: status (table shipments)");
  query.partition = 5;
  CHECK(refusal(query) ==
        "One or more parameter values were invalid: Condition parameter type does not match schema type (table "
        "shipments: status is of type S, the value of type N)");
  query.partition = "";
  CHECK(refusal(query).find("cannot contain an empty string value. Key: status") != std::string::npos);
  query = by_status("pending");
  query.limit = 0;
  CHECK(refusal(query) == "Limit must be at least 1 (table shipments: it is 0)");
  query = by_status("pending");
  query.from = 20;
  query.to = 10;
  CHECK(refusal(query).starts_with("The BETWEEN operator requires upper bound to be greater than or equal to"));
  query.from = true;
  CHECK(refusal(query).find("timestamp is of type N, the value of type BOOL") != std::string::npos);

  TableQuery unsorted;
  unsorted.partition = "AQ==";
  unsorted.from = "x";
  CHECK(to_item_query(testing::blobs(), unsorted).error().message.find("there is no sort key") != std::string::npos);
}

TEST_CASE("a start key holds the table's and the index's key attributes, and lies within the query") {
  TableQuery query = by_status("pending");
  query.from = 10;
  query.start = {{"event_id", "e-1"}, {"timestamp", 15}, {"status", "pending"}};
  const auto out = to_item_query(testing::shipments(), query);
  REQUIRE(out.has_value());
  REQUIRE(out->start.has_value());
  CHECK(out->start->index_pk == "pending");
  CHECK(out->start->index_sk == numeric_key("15"));
  CHECK(out->start->pk == "e-1");
  CHECK(out->start->sk == numeric_key("15"));

  const std::string invalid_start =
      "The provided starting key is invalid (table shipments: it holds exactly event_id, status, timestamp)";
  const Json wrong[] = {{{"event_id", "e-1"}, {"timestamp", 15}},
                        {{"event_id", "e-1"}, {"timestamp", 15}, {"status", 5}},
                        {{"event_id", "e-1"}, {"timestamp", 15}, {"state", "pending"}},
                        {{"event_id", "e-1"}, {"timestamp", 15}, {"status", "pending"}, {"x", 1}},
                        Json("e-1")};
  for (const Json& start : wrong) {
    CAPTURE(start.dump());
    query.start = start;
    CHECK(refusal(query) == invalid_start);
  }
  query.start = {{"event_id", "e-1"}, {"timestamp", 15}, {"status", "delivered"}};
  CHECK(refusal(query).starts_with("The provided starting key is outside query boundaries"));
  for (const int outside : {9, 21}) {
    query.to = 20;
    query.start = {{"event_id", "e-1"}, {"timestamp", outside}, {"status", "pending"}};
    CHECK(refusal(query).starts_with("The provided starting key is outside query boundaries"));
  }
}

TEST_CASE("a last key reads back as the same start, exactly") {
  const TableSpec table = testing::shipments();
  for (const char* number : {"0", "-12.5", "1700000000", "18446744073709551617", "0.1000000000000000000000001"}) {
    CAPTURE(number);
    const store::ItemQuery::Start start{"pending", numeric_key(number), "e-1", numeric_key(number)};
    const auto key = to_last_key(table, IndexPosition(1), start);
    REQUIRE(key.has_value());
    CHECK(key->size() == 3);
    const auto back = to_start(table, IndexPosition(1), *key);
    REQUIRE(back.has_value());
    CHECK(back->index_pk == start.index_pk);
    CHECK(back->index_sk == start.index_sk);
    CHECK(back->pk == start.pk);
    CHECK(back->sk == start.sk);
  }
  const auto blob = to_last_key(testing::blobs(), {}, {"", "", "\xFF\x01", ""});
  REQUIRE(blob.has_value());
  CHECK(*blob == Json{{"digest", "/wE="}});
  CHECK(to_start(testing::blobs(), {}, *blob)->pk == "\xFF\x01");
}

TEST_CASE("rows become the items of a page; no last key on the last page") {
  const TableSpec table = testing::shipments();
  const Json item = {{"event_id", "e-1"}, {"timestamp", 15}};
  store::ItemPage rows;
  rows.rows.push_back(*encode_item(table, item, WallTime()));
  rows.next = store::ItemQuery::Start{"", "", rows.rows[0].pk, rows.rows[0].sk};
  TablePage page;
  REQUIRE(append_page(table, {}, rows, page).has_value());
  CHECK(page.last_key == item);
  rows.next.reset();
  REQUIRE(append_page(table, {}, rows, page).has_value());
  CHECK(page.items == std::vector<Json>{item, item});
  CHECK(page.last_key.is_null());
}

}  // namespace
}  // namespace waybill::table
