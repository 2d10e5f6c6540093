#include "table/table_query.h"

#include <set>
#include <utility>

#include "table/item_codec.h"
#include "table/key_encoding.h"
#include "table/table_error.h"

namespace waybill::table {
namespace {

constexpr const char* kOutside = "The provided starting key is outside query boundaries based on provided conditions";

Result<std::string> condition_value(const TableSpec& table, const KeyAttribute& key, KeyRole role, const Json& value) {
  auto bytes = encode_key(key.type, role, value, KeySource::lookup);
  if (bytes) return std::move(*bytes);
  if (bytes.error().kind == KeyProblem::Kind::wrong_type) {
    return in_table(table.name,
                    "One or more parameter values were invalid: Condition parameter type does not match schema type",
                    key.name + " is of type " + type_name(key.type) + ", the value of type " + bytes.error().detail);
  }
  return in_table(table.name, describe(bytes.error(), key, role));
}

Status add_bounds(const TableSpec& table, const KeySchema& key, const TableQuery& query, store::ItemQuery& out) {
  if (query.from.is_null() && query.to.is_null()) return {};
  if (!key.sort) {
    return in_table(table.name, "Query key condition not supported", "there is no sort key that bounds could apply to");
  }
  if (!query.from.is_null()) {
    WAYBILL_TRY(out.sk_from, condition_value(table, *key.sort, KeyRole::sort, query.from));
  }
  if (!query.to.is_null()) {
    WAYBILL_TRY(out.sk_to, condition_value(table, *key.sort, KeyRole::sort, query.to));
  }
  if (out.sk_from && out.sk_to && *out.sk_from > *out.sk_to) {
    return in_table(table.name, "The BETWEEN operator requires upper bound to be greater than or equal to lower bound",
                    key.sort->name);
  }
  return {};
}

Status add_start(const TableSpec& table, const TableQuery& query, store::ItemQuery& out) {
  if (query.start.is_null()) return {};
  WAYBILL_TRY(store::ItemQuery::Start start, to_start(table, out.index, query.start));
  const std::string& pk = out.index ? start.index_pk : start.pk;
  const std::string& sk = out.index ? start.index_sk : start.sk;
  const bool inside = pk == out.pk && (!out.sk_from || sk >= *out.sk_from) && (!out.sk_to || sk <= *out.sk_to);
  if (!inside) return in_table(table.name, kOutside);
  out.start = std::move(start);
  return {};
}

Status decode_into(const KeySchema& key, const std::string& pk, const std::string& sk, Json& out) {
  WAYBILL_TRY(out[key.partition.name], decode_key(key.partition.type, pk));
  if (key.sort) {
    WAYBILL_TRY(out[key.sort->name], decode_key(key.sort->type, sk));
  }
  return {};
}

void add_names(const KeySchema& key, std::set<std::string>& names) {
  names.insert(key.partition.name);
  if (key.sort) names.insert(key.sort->name);
}

}  // namespace

Result<IndexPosition> index_position(const TableSpec& table, const std::string& name) {
  if (name.empty()) return IndexPosition();
  for (std::size_t i = 0; i < table.indexes.size(); ++i) {
    if (table.indexes[i].name == name) return IndexPosition(i);
  }
  std::string known;
  for (const IndexSpec& index : table.indexes) known += (known.empty() ? "" : ", ") + index.name;
  return in_table(table.name, "The table does not have the specified index: " + name,
                  known.empty() ? "it has none" : "it has " + known);
}

const KeySchema& key_of(const TableSpec& table, IndexPosition index) {
  return index ? table.indexes[*index].key : table.key;
}

Result<store::ItemQuery> to_item_query(const TableSpec& table, const TableQuery& query) {
  store::ItemQuery out;
  out.table = table.id;
  WAYBILL_TRY(out.index, index_position(table, query.index));
  const KeySchema& key = key_of(table, out.index);
  if (query.partition.is_null()) {
    return in_table(table.name, "Query condition missed key schema element: " + key.partition.name);
  }
  if (query.limit < 1) {
    return in_table(table.name, "Limit must be at least 1", "it is " + std::to_string(query.limit));
  }
  WAYBILL_TRY(out.pk, condition_value(table, key.partition, KeyRole::partition, query.partition));
  WAYBILL_CHECK(add_bounds(table, key, query, out));
  out.reverse = query.newest_first;
  out.limit = query.limit;
  WAYBILL_CHECK(add_start(table, query, out));
  return out;
}

Result<store::ItemQuery::Start> to_start(const TableSpec& table, IndexPosition index, const Json& key) {
  std::set<std::string> names;
  add_names(table.key, names);
  if (index) add_names(key_of(table, index), names);
  const auto refused = [&] {
    std::string wanted;
    for (const std::string& name : names) wanted += (wanted.empty() ? "" : ", ") + name;
    return in_table(table.name, "The provided starting key is invalid", "it holds exactly " + wanted);
  };
  if (!key.is_object() || key.size() != names.size()) return refused();
  for (const std::string& name : names) {
    if (!key.contains(name)) return refused();
  }
  const auto part = [&](const KeyAttribute& attribute, KeyRole role) {
    return encode_key(attribute.type, role, key.at(attribute.name), KeySource::lookup);
  };
  const auto both = [&](const KeySchema& schema, std::string& pk, std::string& sk) -> bool {
    auto pk_bytes = part(schema.partition, KeyRole::partition);
    if (!pk_bytes) return false;
    pk = std::move(*pk_bytes);
    if (!schema.sort) return true;
    auto sk_bytes = part(*schema.sort, KeyRole::sort);
    if (!sk_bytes) return false;
    sk = std::move(*sk_bytes);
    return true;
  };
  store::ItemQuery::Start start;
  if (!both(table.key, start.pk, start.sk)) return refused();
  if (index && !both(key_of(table, index), start.index_pk, start.index_sk)) return refused();
  return start;
}

Result<Json> to_last_key(const TableSpec& table, IndexPosition index, const store::ItemQuery::Start& start) {
  Json key = Json::object();
  WAYBILL_CHECK(decode_into(table.key, start.pk, start.sk, key));
  if (index) {
    WAYBILL_CHECK(decode_into(key_of(table, index), start.index_pk, start.index_sk, key));
  }
  return json_result(std::move(key));
}

Status append_page(const TableSpec& table, IndexPosition index, const store::ItemPage& rows, TablePage& page) {
  for (const store::ItemRow& row : rows.rows) {
    WAYBILL_TRY(Json item, decode_item(row));
    page.items.push_back(std::move(item));
  }
  page.last_key = nullptr;
  if (rows.next) {
    WAYBILL_TRY(page.last_key, to_last_key(table, index, *rows.next));
  }
  return {};
}

}  // namespace waybill::table
