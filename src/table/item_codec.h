// Items between a handler's plain JSON and the rows of the store.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "model/table_spec.h"
#include "store/changes.h"

namespace waybill::table {

// AWS: DynamoDB quotas, item size: attribute names and values together.
inline constexpr std::size_t kMaxItemBytes = 400 * 1024;
// AWS: DynamoDB TTL: an item that expired more than five years ago is not removed.
inline constexpr std::int64_t kMaxTtlAgeSeconds = std::int64_t{5} * 365 * 24 * 60 * 60;

// The row of an item: typed body, key bytes, a key for each index that the item is in, expiry. An item without a key
// attribute of an index is not in that index; one of another type is refused, as DynamoDB does. expires_at comes from
// the TTL attribute when that is a number (its fraction is cut off) and not older than kMaxTtlAgeSeconds at `now`.
// Errors (invalid; limit for the size) are AWS's text, then the table in parentheses.
Result<store::ItemRow> encode_item(const TableSpec& table, const nlohmann::json& item, WallTime now);

// Plain JSON of a row (see table/typed_json.h).
Result<nlohmann::json> decode_item(const store::ItemRow& row);

struct ItemKey {
  std::string pk;
  std::string sk;  // "" when the table has no sort key
  bool operator==(const ItemKey&) const = default;
};

// The key bytes of exactly the table's key attributes, for a get or delete. Numbers may be spelt as strings.
Result<ItemKey> encode_item_key(const TableSpec& table, const nlohmann::json& key);

}  // namespace waybill::table
