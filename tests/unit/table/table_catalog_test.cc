#include "table/table_catalog.h"

#include <doctest/doctest.h>

#include "sample_tables.h"

namespace waybill::table {
namespace {

TEST_CASE("a table is found by name, by ARN and by id") {
  const TableCatalog catalog({testing::shipments(), testing::blobs()});
  const TablePtr table = catalog.find("shipments");
  REQUIRE(table != nullptr);
  CHECK(*table == testing::shipments());
  CHECK(catalog.find("arn:aws:dynamodb:us-east-1:000000000000:table/shipments") == table);
  CHECK(catalog.find(TableId{7}) == table);
  CHECK(catalog.tables().size() == 2);
}

TEST_CASE("an unknown table is told in AWS's words") {
  const TableCatalog catalog({testing::shipments()});
  CHECK(catalog.find("shipment") == nullptr);
  CHECK(catalog.find(TableId{8}) == nullptr);
  const auto missing = catalog.get("shipment");
  REQUIRE(!missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  CHECK(missing.error().message == "Requested resource not found: Table: shipment not found");
  CHECK(!TableCatalog().get("shipments"));
}

}  // namespace
}  // namespace waybill::table
