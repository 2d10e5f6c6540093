#include "store/sqlite/user_table.h"

#include <algorithm>
#include <vector>

#include <spdlog/fmt/fmt.h>

#include "store/sqlite/statement.h"
#include "store/sqlite/table_spec_json.h"

namespace waybill::store::sqlite {

namespace {

std::string doubled(std::string_view text, char quote) {
  std::string result;
  for (const char c : text) {
    if (c == quote) result += quote;
    result += c;
  }
  return result;
}

const char* type_letter(KeyType type) { return type == KeyType::number ? "N" : type == KeyType::binary ? "B" : "S"; }

// The value of a typed attribute as an SQL expression; "" when SQLite's JSON paths cannot name the attribute.
std::string attribute_expression(std::string_view name, const char* type) {
  const bool plain = !name.empty() && std::ranges::none_of(name, [](char c) {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
  });
  if (!plain) return "";
  return fmt::format("json_extract(body, '$.\"{}\".{}')", doubled(name, '\''), type);
}

// Key attributes of the table and its indexes, each once.
std::vector<KeyAttribute> key_attributes(const TableSpec& spec) {
  std::vector<KeyAttribute> result;
  const auto add = [&](const KeySchema& key) {
    for (const auto* attribute : {&key.partition, key.sort ? &*key.sort : nullptr}) {
      if (attribute && std::ranges::find(result, attribute->name, &KeyAttribute::name) == result.end()) {
        result.push_back(*attribute);
      }
    }
  };
  add(spec.key);
  for (const IndexSpec& index : spec.indexes) add(index.key);
  return result;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), text.begin(), [](char a, char b) {
           return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b);
         });
}

// The user's name where SQLite and we have no use for it ourselves. SQLite knows no case in names, AWS does.
Result<std::string> free_view_name(Database& database, const TableSpec& spec) {
  const bool usable = !spec.name.empty() && spec.name.find('\0') == std::string::npos &&
                      !starts_with_ignoring_case(spec.name, "sqlite_") &&
                      !starts_with_ignoring_case(spec.name, "item_");
  if (usable) {
    Statement taken(database, "SELECT 1 FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE");
    auto execution = taken.with(spec.name);
    WAYBILL_TRY(const bool exists, execution.next());
    if (!exists) return spec.name;
  }
  // A space cannot be part of a user's table name, so this one is free.
  return fmt::format("table {} ({})", spec.id.value, spec.name.substr(0, spec.name.find('\0')));
}

Result<std::string> create_view(Database& database, const TableSpec& spec) {
  WAYBILL_TRY(std::string name, free_view_name(database, spec));
  std::string columns;
  for (const KeyAttribute& attribute : key_attributes(spec)) {
    const std::string expression = attribute_expression(attribute.name, type_letter(attribute.type));
    if (!expression.empty()) columns += fmt::format("{} AS {}, ", expression, quoted_identifier(attribute.name));
  }
  WAYBILL_CHECK(database.execute(fmt::format("CREATE VIEW {} AS SELECT {}version, expires, body FROM {}",
                                             quoted_identifier(name), columns, item_table(spec.id))));
  return name;
}

Status create_ttl_index(Database& database, TableId id) {
  return database.execute(
      fmt::format("CREATE INDEX {0}_expires ON {0} (expires) WHERE expires IS NOT NULL", item_table(id)));
}

Status change_ttl(Database& database, const TableSpec& before, const TableSpec& after) {
  const std::string table = item_table(after.id);
  // First without an index on what is about to change everywhere.
  if (!before.ttl_attribute.empty()) WAYBILL_CHECK(database.execute(fmt::format("DROP INDEX {}_expires", table)));
  const std::string value = attribute_expression(after.ttl_attribute, "N");
  WAYBILL_CHECK(database.execute(fmt::format(
      "UPDATE {} SET expires = {}", table,
      value.empty() ? "NULL" : fmt::format("CASE WHEN json_valid(body) THEN CAST({} AS INTEGER) END", value))));
  if (!after.ttl_attribute.empty()) WAYBILL_CHECK(create_ttl_index(database, after.id));
  return {};
}

Status drop_view(Database& database, TableId id) {
  Statement find(database, "SELECT view FROM tables WHERE id = ?1");
  std::string name;
  {
    auto execution = find.with(id.value);
    WAYBILL_TRY(const bool found, execution.next());
    if (found) name = execution.text(0);
  }
  return database.execute("DROP VIEW IF EXISTS " + quoted_identifier(name));
}

Result<std::vector<TableSpec>> stored_specs(Database& database) {
  std::vector<TableSpec> specs;
  Statement select(database, "SELECT spec FROM tables ORDER BY id");
  auto execution = select.with();
  while (true) {
    WAYBILL_TRY(const bool row, execution.next());
    if (!row) return specs;
    WAYBILL_TRY(auto spec, table_spec_from_json(execution.text(0)));
    specs.push_back(std::move(spec));
  }
}

}  // namespace

std::string item_table(TableId id) { return fmt::format("item_{}", id.value); }

std::string item_index(TableId id, std::size_t position) { return fmt::format("item_{}_x{}", id.value, position); }

std::string quoted_identifier(std::string_view name) { return '"' + doubled(name, '"') + '"'; }

Status create_user_table(Database& database, const TableSpec& spec) {
  const std::string table = item_table(spec.id);
  std::string columns;
  for (std::size_t i = 0; i < spec.indexes.size(); ++i) columns += fmt::format(", x{0}_pk BLOB, x{0}_sk BLOB", i);
  WAYBILL_CHECK(
      database.execute(fmt::format("CREATE TABLE {0} (id INTEGER PRIMARY KEY, pk BLOB NOT NULL, sk BLOB NOT NULL,"
                                   " version INTEGER NOT NULL, expires INTEGER, body TEXT NOT NULL{1}) STRICT;"
                                   "CREATE UNIQUE INDEX {0}_key ON {0} (pk, sk)",
                                   table, columns)));
  for (std::size_t i = 0; i < spec.indexes.size(); ++i) {
    WAYBILL_CHECK(
        database.execute(fmt::format("CREATE INDEX {0} ON {1} (x{2}_pk, x{2}_sk, pk, sk) WHERE x{2}_pk IS NOT NULL",
                                     item_index(spec.id, i), table, i)));
  }
  if (!spec.ttl_attribute.empty()) WAYBILL_CHECK(create_ttl_index(database, spec.id));
  WAYBILL_TRY(const std::string view, create_view(database, spec));
  Statement insert(database, "INSERT INTO tables (id, name, view, indexes, spec) VALUES (?1, ?2, ?3, ?4, ?5)");
  const std::string json = to_json(spec);
  return insert.with(spec.id.value, spec.name, view, static_cast<std::int64_t>(spec.indexes.size()), json).run();
}

Status drop_user_table(Database& database, TableId id) {
  WAYBILL_CHECK(drop_view(database, id));
  return database.execute(fmt::format("DROP TABLE {}; DELETE FROM tables WHERE id = {}", item_table(id), id.value));
}

Status change_user_table(Database& database, const TableSpec& before, const TableSpec& after) {
  if (before.ttl_attribute != after.ttl_attribute) WAYBILL_CHECK(change_ttl(database, before, after));
  std::string view;
  if (before.name == after.name) {
    WAYBILL_TRY(view, database.text(fmt::format("SELECT view FROM tables WHERE id = {}", after.id.value)));
  } else {
    WAYBILL_CHECK(drop_view(database, after.id));
    WAYBILL_TRY(view, create_view(database, after));
  }
  Statement update(database, "UPDATE tables SET name = ?2, view = ?3, spec = ?4 WHERE id = ?1");
  const std::string json = to_json(after);
  return update.with(after.id.value, after.name, view, json).run();
}

Status drop_all_views(Database& database) {
  std::vector<std::string> names;
  {
    Statement select(database, "SELECT name FROM sqlite_schema WHERE type = 'view'");
    auto execution = select.with();
    while (true) {
      WAYBILL_TRY(const bool row, execution.next());
      if (!row) break;
      names.emplace_back(execution.text(0));
    }
  }
  for (const std::string& name : names) WAYBILL_CHECK(database.execute("DROP VIEW " + quoted_identifier(name)));
  return {};
}

Status create_all_views(Database& database) {
  WAYBILL_TRY(const auto specs, stored_specs(database));
  Statement update(database, "UPDATE tables SET view = ?2 WHERE id = ?1");
  for (const TableSpec& spec : specs) {
    WAYBILL_TRY(const std::string view, create_view(database, spec));
    WAYBILL_CHECK(update.with(spec.id.value, view).run());
  }
  return {};
}

}  // namespace waybill::store::sqlite
