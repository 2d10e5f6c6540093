#include "store/sqlite/items.h"

#include <spdlog/fmt/fmt.h>

#include "store/sqlite/table_spec_json.h"
#include "store/sqlite/user_table.h"

namespace waybill::store::sqlite {

namespace {

// INSERT with the columns of every index; parameters 1-5: pk, sk, version, expires, body, then a pair for each index.
std::string insert_sql(const TableSpec& spec) {
  std::string columns = "pk, sk, version, expires, body";
  std::string values = "?1, ?2, ?3, ?4, ?5";
  for (std::size_t i = 0; i < spec.indexes.size(); ++i) {
    columns += fmt::format(", x{0}_pk, x{0}_sk", i);
    values += fmt::format(", ?{}, ?{}", 2 * i + 6, 2 * i + 7);
  }
  return fmt::format("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT (pk, sk) DO ", item_table(spec.id), columns, values);
}

std::string put_sql(const TableSpec& spec) {
  std::string sets = "version = excluded.version, expires = excluded.expires, body = excluded.body";
  for (std::size_t i = 0; i < spec.indexes.size(); ++i) {
    sets += fmt::format(", x{0}_pk = excluded.x{0}_pk, x{0}_sk = excluded.x{0}_sk", i);
  }
  return insert_sql(spec) + "UPDATE SET " + sets;
}

void bind_index_keys(Execution& execution, const ItemRow& row) {
  for (const auto& key : row.index_keys) {
    if (key) {
      execution.bind(Blob{key->pk});
      execution.bind(Blob{key->sk});
    } else {
      execution.bind(std::nullopt);
      execution.bind(std::nullopt);
    }
  }
}

}  // namespace

struct SqliteItems::Table {
  Table(Database& database, TableSpec table_spec)
      : spec(std::move(table_spec)),
        version(database, fmt::format("SELECT version FROM {} WHERE pk = ?1 AND sk = ?2", item_table(spec.id))),
        put(database, put_sql(spec)),
        insert(database, insert_sql(spec) + "NOTHING"),
        remove(database, fmt::format("DELETE FROM {} WHERE pk = ?1 AND sk = ?2", item_table(spec.id))),
        sweep(database, fmt::format("DELETE FROM {0} WHERE id IN (SELECT id FROM {0} WHERE expires IS NOT NULL"
                                    " AND expires <= ?1 ORDER BY expires LIMIT ?2)",
                                    item_table(spec.id))) {}

  TableSpec spec;
  Statement version;
  Statement put;
  Statement insert;
  Statement remove;
  Statement sweep;
};

SqliteItems::SqliteItems(Database& database, Sequence& sequence) : database_(database), sequence_(sequence) {}

SqliteItems::~SqliteItems() = default;

Result<SqliteItems::Table*> SqliteItems::find(TableId table, const ItemRow* row) {
  const auto found = tables_.find(table);
  if (found == tables_.end()) return not_found(fmt::format("there is no table {}", table.value));
  const TableSpec& spec = found->second->spec;
  if (row && row->index_keys.size() != spec.indexes.size()) {
    return invalid(fmt::format("an item of table {} has {} index keys; the table has {} indexes", spec.name,
                               row->index_keys.size(), spec.indexes.size()));
  }
  return found->second.get();
}

Result<bool> SqliteItems::is_empty(TableId table) {
  WAYBILL_TRY(const auto any, database_.integer(fmt::format("SELECT EXISTS (SELECT 1 FROM {})", item_table(table))));
  return any == 0;
}

Status SqliteItems::put_table(const TableSpec& spec) {
  WAYBILL_CHECK(database_.require_transaction());
  const auto found = tables_.find(spec.id);
  changed_ = true;
  if (found == tables_.end()) {
    WAYBILL_CHECK(create_user_table(database_, spec));
  } else if (const TableSpec& before = found->second->spec; before.key == spec.key && before.indexes == spec.indexes) {
    WAYBILL_CHECK(change_user_table(database_, before, spec));
  } else {
    WAYBILL_TRY(const bool empty, is_empty(spec.id));
    if (!empty) {
      return invalid(fmt::format("table {} has items: its key schema and its indexes cannot be changed", before.name));
    }
    WAYBILL_CHECK(drop_user_table(database_, spec.id));
    WAYBILL_CHECK(create_user_table(database_, spec));
  }
  tables_[spec.id] = std::make_unique<Table>(database_, spec);
  return {};
}

Status SqliteItems::drop_table(TableId table) {
  WAYBILL_CHECK(database_.require_transaction());
  if (!has_table(table)) return {};
  changed_ = true;
  tables_.erase(table);  // finalizes its statements
  return drop_user_table(database_, table);
}

Status SqliteItems::clear_table(TableId table) {
  WAYBILL_CHECK(database_.require_transaction());
  WAYBILL_CHECK(find(table));
  return database_.execute("DELETE FROM " + item_table(table));
}

Result<std::int64_t> SqliteItems::version(TableId table, const std::string& pk, const std::string& sk) {
  WAYBILL_TRY(Table * t, find(table));
  auto execution = t->version.with(Blob{pk}, Blob{sk});
  WAYBILL_TRY(const bool row, execution.next());
  return row ? execution.integer(0) : 0;
}

Result<std::int64_t> SqliteItems::put(TableId table, const ItemRow& row) {
  WAYBILL_TRY(Table * t, find(table, &row));
  return write(t->put, row);
}

Result<std::int64_t> SqliteItems::insert(TableId table, const ItemRow& row) {
  WAYBILL_TRY(Table * t, find(table, &row));
  WAYBILL_TRY(const std::int64_t version, write(t->insert, row));
  return database_.changes() == 1 ? version : 0;
}

Result<std::int64_t> SqliteItems::write(Statement& statement, const ItemRow& row) {
  const std::int64_t version = sequence_.next();
  auto execution = statement.with(Blob{row.pk}, Blob{row.sk}, version, row.expires_at, row.body);
  bind_index_keys(execution, row);
  WAYBILL_CHECK(execution.run());
  return version;
}

Result<bool> SqliteItems::remove(TableId table, const std::string& pk, const std::string& sk) {
  WAYBILL_TRY(Table * t, find(table));
  WAYBILL_CHECK(t->remove.with(Blob{pk}, Blob{sk}).run());
  return database_.changes() == 1;
}

Result<std::int64_t> SqliteItems::sweep_expired(TableId table, std::int64_t now_seconds, int limit) {
  WAYBILL_TRY(Table * t, find(table));
  WAYBILL_CHECK(t->sweep.with(now_seconds, limit).run());
  return database_.changes();
}

std::vector<TableId> SqliteItems::tables() const {
  std::vector<TableId> ids;
  for (const auto& [id, table] : tables_) ids.push_back(id);
  return ids;
}

Status SqliteItems::load() {
  tables_.clear();
  changed_ = false;
  Statement select(database_, "SELECT spec FROM tables");
  auto execution = select.with();
  while (true) {
    WAYBILL_TRY(const bool row, execution.next());
    if (!row) return {};
    WAYBILL_TRY(auto spec, table_spec_from_json(execution.text(0)));
    const TableId id = spec.id;
    tables_[id] = std::make_unique<Table>(database_, std::move(spec));
  }
}

}  // namespace waybill::store::sqlite
