#include "table/table_definition.h"

#include <functional>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "sample_tables.h"

namespace waybill::table {
namespace {

using Json = nlohmann::json;

Json attribute(const char* name, const char* type) { return {{"AttributeName", name}, {"AttributeType", type}}; }

Json keys(const char* hash, const char* range = nullptr) {
  Json schema = Json::array({{{"AttributeName", hash}, {"KeyType", "HASH"}}});
  if (range) schema.push_back({{"AttributeName", range}, {"KeyType", "RANGE"}});
  return schema;
}

Json index(const char* name, const char* hash, const char* range = nullptr) {
  return {{"IndexName", name}, {"KeySchema", keys(hash, range)}, {"Projection", {{"ProjectionType", "ALL"}}}};
}

Json shipments_properties() {
  return {{"TableName", "shipments"},
          {"BillingMode", "PAY_PER_REQUEST"},
          {"AttributeDefinitions",
           {attribute("event_id", "S"), attribute("timestamp", "N"), attribute("shipment_id", "S"),
            attribute("status", "S")}},
          {"KeySchema", keys("event_id", "timestamp")},
          {"GlobalSecondaryIndexes",
           {index("shipment-index", "shipment_id", "timestamp"), index("status-index", "status", "timestamp")}},
          {"TimeToLiveSpecification", {{"AttributeName", "ttl"}, {"Enabled", true}}}};
}

Result<TableSpec> spec_of(const Json& properties, const std::string& name = "shipments") {
  Resource resource;
  resource.key = {"000000000000", "us-east-1", "AWS::DynamoDB::Table", name};
  resource.body = properties.dump();
  return spec_from_resource(resource, {7});
}

// The refusal of the sample properties after a change.
std::string refusal(const std::function<void(Json&)>& change) {
  Json properties = shipments_properties();
  change(properties);
  const auto spec = spec_of(properties);
  return spec ? "accepted" : spec.error().message;
}

TEST_CASE("properties become a shape") {
  const auto spec = spec_of(shipments_properties());
  REQUIRE(spec.has_value());
  CHECK(*spec == testing::shipments());
}

TEST_CASE("TTL counts only where it is enabled") {
  Json properties = shipments_properties();
  for (const Json& off : {Json(false), Json("false")}) {
    properties["TimeToLiveSpecification"]["Enabled"] = off;
    CHECK(spec_of(properties)->ttl_attribute.empty());
  }
  properties["TimeToLiveSpecification"]["Enabled"] = "true";
  CHECK(spec_of(properties)->ttl_attribute == "ttl");
  properties.erase("TimeToLiveSpecification");
  CHECK(spec_of(properties)->ttl_attribute.empty());
}

TEST_CASE("a local index shares the table's partition key and comes after the global ones") {
  Json properties = shipments_properties();
  properties["LocalSecondaryIndexes"] = {index("by-status", "event_id", "status")};
  const auto spec = spec_of(properties);
  REQUIRE(spec.has_value());
  REQUIRE(spec->indexes.size() == 3);
  CHECK(spec->indexes[2].name == "by-status");

  properties["LocalSecondaryIndexes"] = {index("by-status", "shipment_id", "status")};
  CHECK(spec_of(properties).error().message.find("same leading hash key as table KeySchema for index: by-status") !=
        std::string::npos);
  properties["LocalSecondaryIndexes"] = {index("by-status", "event_id")};
  CHECK(spec_of(properties).error().message.find("does not have a range key for index: by-status") !=
        std::string::npos);
  properties["KeySchema"] = keys("event_id");
  CHECK(spec_of(properties).error().message.find("Table KeySchema does not have a range key") != std::string::npos);
}

TEST_CASE("CreateTable's refusals, in AWS's words") {
  CHECK(refusal([](Json& p) { p["KeySchema"] = keys("id"); }) ==
        "One or more parameter values were invalid: Some index key attributes are not defined in "
        "AttributeDefinitions. Keys: [id], AttributeDefinitions: [event_id, timestamp, shipment_id, status] (table "
        "shipments)");
  CHECK(refusal([](Json& p) { p["AttributeDefinitions"].push_back(attribute("carrier", "S")); }) ==
        "One or more parameter values were invalid: Some AttributeDefinitions are not used. AttributeDefinitions: "
        "[event_id, timestamp, shipment_id, status, carrier], keys used: [event_id, shipment_id, status, timestamp] "
        "(table shipments)");
  CHECK(refusal([](Json& p) { p.erase("GlobalSecondaryIndexes"); })
            .find("Number of attributes in KeySchema does not exactly match number of attributes defined in "
                  "AttributeDefinitions") != std::string::npos);
  CHECK(refusal([](Json& p) { p["KeySchema"][0]["KeyType"] = "RANGE"; }) ==
        "Invalid KeySchema: The first KeySchemaElement is not a HASH key type (table shipments)");
  CHECK(refusal([](Json& p) { p["KeySchema"][1]["KeyType"] = "HASH"; }) ==
        "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type (table shipments)");
  CHECK(refusal([](Json& p) { p["KeySchema"] = keys("event_id", "event_id"); }) ==
        "Both the Hash Key and the Range Key element in the KeySchema have the same name (table shipments)");
  CHECK(refusal([](Json& p) { p["GlobalSecondaryIndexes"][1]["IndexName"] = "shipment-index"; }) ==
        "One or more parameter values were invalid: Duplicate index name: shipment-index (table shipments)");
  CHECK(refusal([](Json& p) { p["GlobalSecondaryIndexes"][0]["Projection"]["ProjectionType"] = "SOME"; }) ==
        "One or more parameter values were invalid: Unknown ProjectionType: SOME (table shipments)");
}

TEST_CASE("at most 20 global indexes") {
  const auto with_indexes = [](int count) {
    return refusal([&](Json& p) {
      while (p["GlobalSecondaryIndexes"].size() < static_cast<std::size_t>(count)) {
        const std::string name = "index-" + std::to_string(p["GlobalSecondaryIndexes"].size());
        p["GlobalSecondaryIndexes"].push_back(index(name.c_str(), "status"));
      }
    });
  };
  CHECK(with_indexes(20) == "accepted");
  CHECK(with_indexes(21).find("GlobalSecondaryIndex count exceeds the per-table limit of 20") != std::string::npos);
}

TEST_CASE("at most 5 local indexes") {
  const auto with_indexes = [](int count) {
    return refusal([&](Json& p) {
      for (int i = 0; i < count; ++i) {
        p["LocalSecondaryIndexes"].push_back(index(("local-" + std::to_string(i)).c_str(), "event_id", "status"));
      }
    });
  };
  CHECK(with_indexes(5) == "accepted");
  CHECK(with_indexes(6).find("Number of LocalSecondaryIndexes exceeds per-table limit of 5") != std::string::npos);
}

TEST_CASE("a property of the wrong form is named by its path") {
  CHECK(refusal([](Json& p) { p.erase("KeySchema"); }) == "KeySchema is missing (table shipments)");
  CHECK(refusal([](Json& p) { p["KeySchema"] = "event_id"; }) == "KeySchema must be a list (table shipments)");
  CHECK(
      refusal([](Json& p) { p["KeySchema"] = Json::array(); }).starts_with("KeySchema must have one or two elements"));
  CHECK(refusal([](Json& p) { p["AttributeDefinitions"][1]["AttributeType"] = "BOOL"; }) ==
        "AttributeDefinitions/1/AttributeType must be one of S, N, B, not BOOL (table shipments)");
  CHECK(refusal([](Json& p) { p["AttributeDefinitions"][0] = 5; }) ==
        "AttributeDefinitions/0 must be an object (table shipments)");
  CHECK(refusal([](Json& p) {
          p["AttributeDefinitions"].push_back(attribute("status", "S"));
        }).find("Duplicate AttributeName") != std::string::npos);
  CHECK(refusal([](Json& p) { p["GlobalSecondaryIndexes"][1]["KeySchema"][0].erase("AttributeName"); }) ==
        "GlobalSecondaryIndexes/1/KeySchema/0/AttributeName is missing (table shipments)");
  CHECK(refusal([](Json& p) {
          p["GlobalSecondaryIndexes"][1]["IndexName"] = "a b";
        }).starts_with("GlobalSecondaryIndexes/1/IndexName must have"));
  CHECK(refusal([](Json& p) { p["TimeToLiveSpecification"].erase("Enabled"); }) ==
        "TimeToLiveSpecification/Enabled is missing (table shipments)");
  CHECK(refusal([](Json& p) { p["TimeToLiveSpecification"]["AttributeName"] = 5; }) ==
        "TimeToLiveSpecification/AttributeName must be a string (table shipments)");
  CHECK(refusal([](Json& p) { p["TableName"] = "other"; }) ==
        "TableName must be the name of the resource (table shipments)");
  CHECK(refusal([](Json& p) { p = Json::array(); }).starts_with("The properties of a table must be a JSON object"));
  Json unnamed = shipments_properties();
  unnamed.erase("TableName");
  CHECK(!spec_of(unnamed, "ab"));
  CHECK(!spec_of(unnamed, "with/slash"));
}

TEST_CASE("a stored table takes a new TTL attribute and another order of indexes in place") {
  const TableSpec before = testing::shipments();
  TableSpec after = before;
  after.id = {99};
  after.ttl_attribute = "expires";
  std::swap(after.indexes[0], after.indexes[1]);
  CHECK(same_shape(before, after, /*empty=*/false).has_value());
  const TableSpec placed = in_place(before, after);
  CHECK(placed.id == before.id);
  CHECK(placed.indexes == before.indexes);
  CHECK(placed.ttl_attribute == "expires");
}

TEST_CASE("keys and indexes change only while the table is empty") {
  const TableSpec before = testing::shipments();
  TableSpec keyless = before;
  keyless.key.sort.reset();
  TableSpec fewer = before;
  fewer.indexes.pop_back();
  TableSpec retyped = before;
  retyped.indexes[0].key.sort->type = KeyType::string;

  const auto text = [&](const TableSpec& old, const TableSpec& next) {
    const Status status = same_shape(old, next, false);
    return status ? "same" : status.error().message;
  };
  CHECK(text(before, keyless) ==
        "A table that holds items keeps its key schema and its indexes, but its key schema changed (table shipments: "
        "give the new shape a new TableName, or delete the items first)");
  CHECK(text(before, fewer).find("the index status-index was removed or changed") != std::string::npos);
  CHECK(text(fewer, before).find("the index status-index was added") != std::string::npos);
  CHECK(text(before, retyped).find("the index shipment-index was removed or changed") != std::string::npos);
  for (const TableSpec& next : {keyless, fewer, retyped}) CHECK(same_shape(before, next, /*empty=*/true).has_value());
  CHECK(in_place(before, fewer).indexes == fewer.indexes);
}

}  // namespace
}  // namespace waybill::table
