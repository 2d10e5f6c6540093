#include "store/sqlite/item_reader.h"

#include <spdlog/fmt/fmt.h>

#include "store/sqlite/key_range.h"
#include "store/sqlite/user_table.h"

namespace waybill::store::sqlite {

namespace {

// Columns 0-4: pk, sk, body, version, expires; then the pairs of the indexes.
std::string row_columns(std::size_t indexes) {
  std::string columns = "pk, sk, body, version, expires";
  for (std::size_t i = 0; i < indexes; ++i) columns += fmt::format(", x{0}_pk, x{0}_sk", i);
  return columns;
}

ItemRow row_of(const Execution& execution, std::size_t indexes) {
  ItemRow row;
  row.pk = execution.blob(0);
  row.sk = execution.blob(1);
  row.body = execution.text(2);
  row.version = execution.integer(3);
  if (!execution.is_null(4)) row.expires_at = execution.integer(4);
  row.index_keys.resize(indexes);
  for (std::size_t i = 0; i < indexes; ++i) {
    const int column = static_cast<int>(5 + 2 * i);
    if (execution.is_null(column)) continue;
    row.index_keys[i] = {std::string(execution.blob(column)), std::string(execution.blob(column + 1))};
  }
  return row;
}

// Reads up to `limit` rows; whether there is one more tells if the page has a successor.
Result<ItemPage> page_of(Execution& execution, std::size_t indexes, const std::optional<std::size_t>& index,
                         int limit) {
  ItemPage page;
  while (true) {
    WAYBILL_TRY(const bool row, execution.next());
    if (!row) return page;
    if (page.rows.size() == static_cast<std::size_t>(limit)) break;
    page.rows.push_back(row_of(execution, indexes));
  }
  const ItemRow& last = page.rows.back();
  page.next = ItemQuery::Start{"", "", last.pk, last.sk};
  if (index) {
    page.next->index_pk = last.index_keys[*index]->pk;
    page.next->index_sk = last.index_keys[*index]->sk;
  }
  return page;
}

Status check_limit(int limit) {
  if (limit < 1) return invalid(fmt::format("limit must be at least 1, not {}", limit));
  return {};
}

// The SQL of a query. Parameters in the order in which query() binds them.
std::string query_sql(const ItemQuery& query, const KeyRange& range, std::size_t indexes) {
  const std::string table = item_table(query.table);
  const std::string x = query.index ? fmt::format("x{}_", *query.index) : "";
  const std::string source = query.index ? item_index(query.table, *query.index) : table + "_key";
  std::string sql =
      fmt::format("SELECT {} FROM {} INDEXED BY {} WHERE {}pk = ?", row_columns(indexes), table, source, x);
  if (range.lower) sql += fmt::format(" AND {}sk >= ?", x);
  if (range.upper) sql += fmt::format(" AND {}sk {} ?", x, range.upper_inclusive ? "<=" : "<");
  if (query.start) {
    const char* beyond = query.reverse ? "<" : ">";
    sql +=
        query.index ? fmt::format(" AND ({}sk, pk, sk) {} (?, ?, ?)", x, beyond) : fmt::format(" AND sk {} ?", beyond);
  }
  const char* direction = query.reverse ? " DESC" : "";
  sql += query.index ? fmt::format(" ORDER BY {0}sk{1}, pk{1}, sk{1}", x, direction)
                     : fmt::format(" ORDER BY sk{}", direction);
  return sql + " LIMIT ?";
}

}  // namespace

ItemReader::ItemReader(Database& database)
    : database_(database), shape_(database, "SELECT indexes FROM tables WHERE id = ?1") {}

Result<ItemReader::Table*> ItemReader::find(TableId id) {
  auto execution = shape_.with(id.value);
  WAYBILL_TRY(const bool found, execution.next());
  if (!found) {
    tables_.erase(id);
    return not_found(fmt::format("there is no table {}", id.value));
  }
  const auto indexes = static_cast<std::size_t>(execution.integer(0));
  Table& table = tables_[id];
  if (table.indexes != indexes) table.statements.clear();
  table.indexes = indexes;
  return &table;
}

Statement& ItemReader::statement(Table& table, const std::string& sql) {
  return table.statements.try_emplace(sql, database_, sql).first->second;
}

Result<std::optional<ItemRow>> ItemReader::get(TableId id, const std::string& pk, const std::string& sk) {
  WAYBILL_TRY(Table * table, find(id));
  auto execution = statement(*table, fmt::format("SELECT {} FROM {} WHERE pk = ? AND sk = ?",
                                                 row_columns(table->indexes), item_table(id)))
                       .with(Blob{pk}, Blob{sk});
  WAYBILL_TRY(const bool row, execution.next());
  if (!row) return std::optional<ItemRow>();
  return std::optional(row_of(execution, table->indexes));
}

Result<ItemPage> ItemReader::query(const ItemQuery& query) {
  WAYBILL_CHECK(check_limit(query.limit));
  WAYBILL_TRY(Table * table, find(query.table));
  if (query.index && *query.index >= table->indexes) {
    return invalid(fmt::format("table {} has no index {}", query.table.value, *query.index));
  }
  const KeyRange range = key_range(query);
  if (range.empty()) return ItemPage();
  auto execution = statement(*table, query_sql(query, range, table->indexes)).with(Blob{query.pk});
  if (range.lower) execution.bind(Blob{*range.lower});
  if (range.upper) execution.bind(Blob{*range.upper});
  if (query.start && query.index) {
    execution.bind(Blob{query.start->index_sk});
    execution.bind(Blob{query.start->pk});
  }
  if (query.start) execution.bind(Blob{query.start->sk});
  execution.bind(std::int64_t{query.limit} + 1);
  return page_of(execution, table->indexes, query.index, query.limit);
}

Result<ItemPage> ItemReader::scan(TableId id, int limit, const std::optional<ItemQuery::Start>& start) {
  WAYBILL_CHECK(check_limit(limit));
  WAYBILL_TRY(Table * table, find(id));
  const std::string sql =
      fmt::format("SELECT {0} FROM {1} INDEXED BY {1}_key{2} ORDER BY pk, sk LIMIT ?", row_columns(table->indexes),
                  item_table(id), start ? " WHERE (pk, sk) > (?, ?)" : "");
  auto execution = statement(*table, sql).with();
  if (start) {
    execution.bind(Blob{start->pk});
    execution.bind(Blob{start->sk});
  }
  execution.bind(std::int64_t{limit} + 1);
  return page_of(execution, table->indexes, std::nullopt, limit);
}

Result<std::int64_t> ItemReader::count(TableId id) {
  WAYBILL_TRY(Table * table, find(id));
  auto execution = statement(*table, "SELECT count(*) FROM " + item_table(id)).with();
  WAYBILL_CHECK(execution.next());
  return execution.integer(0);
}

// By the partial index on `expires`, where the table has a TTL attribute; without one no item has a time.
Result<std::optional<std::int64_t>> ItemReader::first_expiry(TableId id) {
  WAYBILL_TRY(Table * table, find(id));
  auto execution =
      statement(*table, "SELECT min(expires) FROM " + item_table(id) + " WHERE expires IS NOT NULL").with();
  WAYBILL_CHECK(execution.next());
  if (execution.is_null(0)) return std::optional<std::int64_t>();
  return std::optional<std::int64_t>(execution.integer(0));
}

}  // namespace waybill::store::sqlite
