// Tables the tests speak of.
#pragma once

#include "model/table_spec.h"

namespace waybill::table::testing {

// The shape of a table of shipments: newest events of a shipment, or of a status.
inline TableSpec shipments() {
  TableSpec table;
  table.id = {7};
  table.name = "shipments";
  table.arn = "arn:aws:dynamodb:us-east-1:000000000000:table/shipments";
  table.key = {{"event_id", KeyType::string}, KeyAttribute{"timestamp", KeyType::number}};
  table.indexes = {{"shipment-index", {{"shipment_id", KeyType::string}, KeyAttribute{"timestamp", KeyType::number}}},
                   {"status-index", {{"status", KeyType::string}, KeyAttribute{"timestamp", KeyType::number}}}};
  table.ttl_attribute = "ttl";
  return table;
}

// A partition key only, binary; an index with a binary sort key.
inline TableSpec blobs() {
  TableSpec table;
  table.id = {8};
  table.name = "blobs";
  table.arn = "arn:aws:dynamodb:us-east-1:000000000000:table/blobs";
  table.key = {{"digest", KeyType::binary}, {}};
  table.indexes = {{"by-owner", {{"owner", KeyType::number}, KeyAttribute{"digest", KeyType::binary}}},
                   {"by-kind", {{"kind", KeyType::string}, {}}}};
  return table;
}

}  // namespace waybill::table::testing
