// The shape of a table: key schema, secondary indexes, TTL (AWS: DynamoDB CreateTable).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/ids.h"

namespace waybill {

enum class KeyType { string, number, binary };  // S, N, B

struct KeyAttribute {
  std::string name;
  KeyType type = KeyType::string;
  bool operator==(const KeyAttribute&) const = default;
};

struct KeySchema {
  KeyAttribute partition;
  std::optional<KeyAttribute> sort;
  bool operator==(const KeySchema&) const = default;
};

struct IndexSpec {
  std::string name;
  KeySchema key;
  bool operator==(const IndexSpec&) const = default;
};

struct TableSpec {
  TableId id;  // names the SQLite table; never reused
  std::string name;
  std::string arn;
  KeySchema key;
  std::vector<IndexSpec> indexes;  // an index keeps its position for the life of the table
  std::string ttl_attribute;       // "" when items do not expire
  bool operator==(const TableSpec&) const = default;
};

}  // namespace waybill
