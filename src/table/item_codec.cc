#include "table/item_codec.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "table/key_encoding.h"
#include "table/table_error.h"
#include "table/typed_json.h"

namespace waybill::table {
namespace {

using Json = nlohmann::json;

bool is_binary_key(const KeySchema& key, const std::string& name) {
  if (key.partition.type == KeyType::binary && key.partition.name == name) return true;
  return key.sort && key.sort->type == KeyType::binary && key.sort->name == name;
}

// In plain JSON a binary key attribute is a base64 string; in the typed body it is a B.
bool is_binary_key(const TableSpec& table, const std::string& name) {
  if (is_binary_key(table.key, name)) return true;
  return std::any_of(table.indexes.begin(), table.indexes.end(),
                     [&](const IndexSpec& index) { return is_binary_key(index.key, name); });
}

bool has_binary_key(const KeySchema& key) {
  return key.partition.type == KeyType::binary || (key.sort && key.sort->type == KeyType::binary);
}

bool has_binary_key(const TableSpec& table) {
  return has_binary_key(table.key) || std::any_of(table.indexes.begin(), table.indexes.end(),
                                                  [](const IndexSpec& index) { return has_binary_key(index.key); });
}

Result<std::string> table_key(const TableSpec& table, const KeyAttribute& key, KeyRole role, const Json& item) {
  const auto value = item.find(key.name);
  if (value == item.end()) {
    return in_table(table.name,
                    "One or more parameter values were invalid: Missing the key " + key.name + " in the item");
  }
  auto bytes = encode_key(key.type, role, *value, KeySource::item);
  if (!bytes) return in_table(table.name, describe(bytes.error(), key, role));
  return std::move(*bytes);
}

// False when the item lacks the attribute.
Result<bool> index_key(const TableSpec& table, const IndexSpec& index, const KeyAttribute& key, KeyRole role,
                       const Json& item, std::string& out) {
  const auto value = item.find(key.name);
  if (value == item.end()) return false;
  auto bytes = encode_key(key.type, role, *value, KeySource::item);
  if (!bytes) return in_table(table.name, describe(bytes.error(), key, role, index.name));
  out = std::move(*bytes);
  return true;
}

Status encode_keys(const TableSpec& table, const Json& item, store::ItemRow& row) {
  WAYBILL_TRY(row.pk, table_key(table, table.key.partition, KeyRole::partition, item));
  if (table.key.sort) {
    WAYBILL_TRY(row.sk, table_key(table, *table.key.sort, KeyRole::sort, item));
  }
  row.index_keys.reserve(table.indexes.size());
  for (const IndexSpec& index : table.indexes) {
    store::ItemRow::IndexKey key;
    // Both are looked at even when one is missing: a wrong type is refused all the same.
    WAYBILL_TRY(const bool has_pk, index_key(table, index, index.key.partition, KeyRole::partition, item, key.pk));
    bool has_sk = true;
    if (index.key.sort) {
      WAYBILL_TRY(has_sk, index_key(table, index, *index.key.sort, KeyRole::sort, item, key.sk));
    }
    if (has_pk && has_sk) {
      row.index_keys.emplace_back(std::move(key));
    } else {
      row.index_keys.emplace_back();
    }
  }
  return {};
}

Status encode_body(const TableSpec& table, const Json& item, std::string& body) {
  constexpr std::size_t kUsualBody = 768;
  body.reserve(kUsualBody);
  TypedWriter writer(body);
  const bool any_binary = has_binary_key(table);
  body += '{';
  for (auto member = item.begin(); member != item.end(); ++member) {
    if (body.size() > 1) body += ',';
    const Json& value = member.value();
    Status written;
    if (any_binary && value.is_string() && is_binary_key(table, member.key())) {
      const auto bytes = encode_key(KeyType::binary, KeyRole::partition, value, KeySource::item);
      // Its length was checked with the keys; here it can only be a sort key, or an index key, of a legal length.
      written = bytes ? writer.binary_attribute(member.key(), *bytes)
                      : Status(invalid(describe(bytes.error(), {member.key(), KeyType::binary}, KeyRole::partition)));
    } else {
      written = writer.attribute(member.key(), value);
    }
    if (!written) return in_table(table.name, written.error().message);
    if (writer.size() > kMaxItemBytes) {
      return in_table(table.name, "Item size has exceeded the maximum allowed size",
                      "names and values together at most 400 KB", ErrorCode::limit);
    }
  }
  body += '}';
  return {};
}

std::optional<std::int64_t> expiry(const TableSpec& table, const Json& item, WallTime now) {
  if (table.ttl_attribute.empty()) return std::nullopt;
  const auto value = item.find(table.ttl_attribute);
  if (value == item.end() || !value->is_number()) return std::nullopt;
  std::int64_t seconds = 0;
  if (value->is_number_float()) {
    constexpr double kBeyond = 9e18;
    const double exact = value->get<double>();
    if (!(std::abs(exact) < kBeyond)) return std::nullopt;
    seconds = static_cast<std::int64_t>(exact);
  } else if (value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX) {
    return std::nullopt;
  } else {
    seconds = value->get<std::int64_t>();
  }
  if (seconds < to_seconds(now) - kMaxTtlAgeSeconds) return std::nullopt;
  return seconds;
}

}  // namespace

Result<store::ItemRow> encode_item(const TableSpec& table, const Json& item, WallTime now) {
  if (!item.is_object()) {
    return in_table(table.name,
                    std::string("An item must be a JSON object with its key attributes, not ") + item.type_name());
  }
  store::ItemRow row;
  WAYBILL_CHECK(encode_keys(table, item, row));
  WAYBILL_CHECK(encode_body(table, item, row.body));
  row.expires_at = expiry(table, item, now);
  return row;
}

Result<Json> decode_item(const store::ItemRow& row) { return plain_item(row.body); }

Result<ItemKey> encode_item_key(const TableSpec& table, const Json& key) {
  const std::size_t attributes = table.key.sort ? 2 : 1;
  const auto mismatch = [&] {
    std::string expected = table.key.partition.name + " (" + type_name(table.key.partition.type) + ")";
    if (table.key.sort) expected += " and " + table.key.sort->name + " (" + type_name(table.key.sort->type) + ")";
    return in_table(table.name, "The provided key element does not match the schema", "the key is " + expected);
  };
  if (!key.is_object() || key.size() != attributes) return mismatch();
  ItemKey encoded;
  const auto part = [&](const KeyAttribute& attribute, KeyRole role, std::string& out) -> Status {
    const auto value = key.find(attribute.name);
    if (value == key.end()) return mismatch();
    auto bytes = encode_key(attribute.type, role, *value, KeySource::lookup);
    if (bytes) {
      out = std::move(*bytes);
      return {};
    }
    if (bytes.error().kind == KeyProblem::Kind::wrong_type) return mismatch();
    return in_table(table.name, describe(bytes.error(), attribute, role));
  };
  WAYBILL_CHECK(part(table.key.partition, KeyRole::partition, encoded.pk));
  if (table.key.sort) {
    WAYBILL_CHECK(part(*table.key.sort, KeyRole::sort, encoded.sk));
  }
  return encoded;
}

}  // namespace waybill::table
