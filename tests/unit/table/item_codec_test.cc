#include "table/item_codec.h"

#include <doctest/doctest.h>

#include "sample_tables.h"
#include "table/key_encoding.h"

namespace waybill::table {
namespace {

using Json = nlohmann::json;

constexpr std::int64_t kNow = 1'700'000'000;
const WallTime now = from_millis(kNow * 1000);

std::string number_key(const char* text) { return encode_number(*Decimal::parse(text)); }

Json shipment() {
  return {{"event_id", "e-1"},   {"timestamp", 1'700'000'000},           {"shipment_id", "SHIP-1"},
          {"status", "pending"}, {"metadata", {{"origin", "New York"}}}, {"ttl", kNow + 90}};
}

std::string refusal(const TableSpec& table, const Json& item) {
  const auto row = encode_item(table, item, now);
  return row ? "stored" : row.error().message;
}

TEST_CASE("an item becomes a row: typed body, keys, index keys, expiry") {
  const auto row = encode_item(testing::shipments(), shipment(), now);
  REQUIRE(row.has_value());
  CHECK(row->pk == "e-1");
  CHECK(row->sk == number_key("1700000000"));
  CHECK(row->expires_at == kNow + 90);
  REQUIRE(row->index_keys.size() == 2);
  CHECK(row->index_keys[0] == store::ItemRow::IndexKey{"SHIP-1", number_key("1700000000")});
  CHECK(row->index_keys[1] == store::ItemRow::IndexKey{"pending", number_key("1700000000")});
  CHECK(Json::parse(row->body) == Json::parse(R"({"event_id":{"S":"e-1"},"timestamp":{"N":"1700000000"},
      "shipment_id":{"S":"SHIP-1"},"status":{"S":"pending"},"metadata":{"M":{"origin":{"S":"New York"}}},
      "ttl":{"N":"1700000090"}})"));
  const auto back = decode_item(*row);
  REQUIRE(back.has_value());
  CHECK(*back == shipment());
}

TEST_CASE("an item without an index key attribute is not in that index") {
  Json item = shipment();
  item.erase("shipment_id");
  const auto row = encode_item(testing::shipments(), item, now);
  REQUIRE(row.has_value());
  CHECK(!row->index_keys[0]);
  CHECK(row->index_keys[1]);
}

TEST_CASE("nor is one without the index's sort key attribute, however well it has the partition key") {
  TableSpec table = testing::shipments();
  table.indexes[1].key.sort = KeyAttribute{"carrier", KeyType::string};
  Json item = shipment();
  CHECK(!encode_item(table, item, now)->index_keys[1]);
  item["carrier"] = "FastShip";
  CHECK(encode_item(table, item, now)->index_keys[1] == store::ItemRow::IndexKey{"pending", "FastShip"});
  item.erase("status");
  CHECK(!encode_item(table, item, now)->index_keys[1]);
}

TEST_CASE("an index key attribute of another type refuses the item, also where its partner is missing") {
  Json item = shipment();
  item["shipment_id"] = 5;
  CHECK(refusal(testing::shipments(), item) ==
        "One or more parameter values were invalid: Type mismatch for Index Key shipment_id Expected: S Actual: N "
        "IndexName: shipment-index (table shipments)");
  item["shipment_id"] = nullptr;
  CHECK(refusal(testing::shipments(), item).find("Actual: NULL") != std::string::npos);
  item["shipment_id"] = "";
  CHECK(refusal(testing::shipments(), item).find("IndexName: shipment-index, IndexKey: shipment_id") !=
        std::string::npos);
  CHECK(refusal(testing::blobs(), {{"digest", "AQ=="}, {"owner", "me"}}).find("IndexName: by-owner") !=
        std::string::npos);
}

TEST_CASE("table keys must be there, of their type, and not empty") {
  Json item = shipment();
  item.erase("timestamp");
  CHECK(refusal(testing::shipments(), item) ==
        "One or more parameter values were invalid: Missing the key timestamp in the item (table shipments)");
  item["timestamp"] = "1700000000";
  CHECK(refusal(testing::shipments(), item) ==
        "One or more parameter values were invalid: Type mismatch for key timestamp expected: N actual: S (table "
        "shipments)");
  item = shipment();
  item["event_id"] = "";
  CHECK(refusal(testing::shipments(), item).find("cannot contain an empty string value. Key: event_id") !=
        std::string::npos);
  item["event_id"] = std::string(2049, 'x');
  CHECK(refusal(testing::shipments(), item).find("Size of hashkey") != std::string::npos);
  CHECK(refusal(testing::shipments(), "text").find("must be a JSON object") != std::string::npos);
}

TEST_CASE("expiry is the TTL attribute when that is a number, its fraction cut off") {
  const auto expires = [](const Json& ttl) {
    Json item = shipment();
    item["ttl"] = ttl;
    return encode_item(testing::shipments(), item, now)->expires_at;
  };
  CHECK(expires(kNow + 1) == kNow + 1);
  CHECK(expires(1'700'000'000.9) == kNow);
  CHECK(expires("1700000000") == std::nullopt);
  CHECK(expires(nullptr) == std::nullopt);
  CHECK(expires(1e30) == std::nullopt);
  CHECK(expires(std::uint64_t{1} << 63) == std::nullopt);

  TableSpec no_ttl = testing::shipments();
  no_ttl.ttl_attribute.clear();
  CHECK(encode_item(no_ttl, shipment(), now)->expires_at == std::nullopt);
}

TEST_CASE("an item that expired more than five years ago stays") {
  Json item = shipment();
  item["ttl"] = kNow - kMaxTtlAgeSeconds;
  CHECK(encode_item(testing::shipments(), item, now)->expires_at == kNow - kMaxTtlAgeSeconds);
  item["ttl"] = kNow - kMaxTtlAgeSeconds - 1;
  CHECK(encode_item(testing::shipments(), item, now)->expires_at == std::nullopt);
}

TEST_CASE("binary keys are base64 in plain JSON, bytes in the row, B in the body") {
  const Json item = {{"digest", "/wE="}, {"owner", 3}, {"note", "/wE="}};
  const auto row = encode_item(testing::blobs(), item, now);
  REQUIRE(row.has_value());
  CHECK(row->pk == "\xFF\x01");
  CHECK(row->sk.empty());
  CHECK(row->index_keys[0] == store::ItemRow::IndexKey{number_key("3"), "\xFF\x01"});
  CHECK(!row->index_keys[1]);
  CHECK(Json::parse(row->body) == Json::parse(R"({"digest":{"B":"/wE="},"owner":{"N":"3"},"note":{"S":"/wE="}})"));
  CHECK(*decode_item(*row) == item);
  CHECK(refusal(testing::blobs(), {{"digest", "not base64"}}).find("base64") != std::string::npos);
}

TEST_CASE("an item holds 400 KB of names and values, no byte more") {
  TableSpec table = testing::shipments();
  table.indexes.clear();
  Json item = {{"event_id", "e"}, {"timestamp", 1}, {"text", ""}};
  const std::size_t others = 8 + 1 + 9 + 2 + 4;
  item["text"] = std::string(kMaxItemBytes - others, 'x');
  CHECK(refusal(table, item) == "stored");
  item["text"] = std::string(kMaxItemBytes - others + 1, 'x');
  const auto row = encode_item(table, item, now);
  REQUIRE(!row);
  CHECK(row.error().code == ErrorCode::limit);
  CHECK(row.error().message.starts_with("Item size has exceeded the maximum allowed size"));
}

TEST_CASE("a key names exactly the key attributes") {
  const TableSpec table = testing::shipments();
  const auto key = encode_item_key(table, {{"event_id", "e-1"}, {"timestamp", 1'700'000'000}});
  REQUIRE(key.has_value());
  const auto row = encode_item(table, shipment(), now);
  CHECK(*key == ItemKey{row->pk, row->sk});
  CHECK(*encode_item_key(table, {{"event_id", "e-1"}, {"timestamp", "1.7e9"}}) == *key);
  CHECK(*encode_item_key(testing::blobs(), {{"digest", "AQ=="}}) == ItemKey{"\x01", ""});

  const Json wrong[] = {{{"event_id", "e-1"}},
                        {{"event_id", "e-1"}, {"time", 1}},
                        {{"event_id", 1}, {"timestamp", 1}},
                        {{"event_id", "e-1"}, {"timestamp", 1}, {"status", "x"}},
                        Json("e-1")};
  for (const Json& each : wrong) {
    CAPTURE(each.dump());
    const auto refused = encode_item_key(table, each);
    REQUIRE(!refused);
    CHECK(refused.error().message ==
          "The provided key element does not match the schema (table shipments: the key is event_id (S) and timestamp "
          "(N))");
  }
  CHECK(!encode_item_key(table, {{"event_id", ""}, {"timestamp", 1}}));
}

}  // namespace
}  // namespace waybill::table
