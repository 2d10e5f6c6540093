// User tables and their items, on the writing connection.
#pragma once

#include <map>
#include <memory>

#include "store/engine.h"
#include "store/sqlite/sequence.h"
#include "store/sqlite/statement.h"

namespace waybill::store::sqlite {

class SqliteItems final : public Items {
 public:
  SqliteItems(Database& database, Sequence& sequence);
  ~SqliteItems() override;

  Status put_table(const TableSpec& spec) override;
  Status drop_table(TableId table) override;
  Status clear_table(TableId table) override;
  bool has_table(TableId table) const override { return tables_.contains(table); }
  Result<std::int64_t> version(TableId table, const std::string& pk, const std::string& sk) override;
  Result<std::int64_t> put(TableId table, const ItemRow& row) override;
  Result<std::int64_t> insert(TableId table, const ItemRow& row) override;
  Result<bool> remove(TableId table, const std::string& pk, const std::string& sk) override;
  Result<std::int64_t> sweep_expired(TableId table, std::int64_t now_seconds, int limit) override;

  std::vector<TableId> tables() const;
  // Reads the tables' shapes from the file: at the start, and after tables changed in what was rolled back.
  Status load();
  // Were tables made, changed or dropped since the last load() or forget_changes()?
  bool changed() const { return changed_; }
  void forget_changes() { changed_ = false; }

 private:
  struct Table;
  Result<Table*> find(TableId table, const ItemRow* row = nullptr);
  Result<bool> is_empty(TableId table);
  // Answers the version that the row got if the statement took it.
  Result<std::int64_t> write(Statement& statement, const ItemRow& row);

  Database& database_;
  Sequence& sequence_;
  std::map<TableId, std::unique_ptr<Table>> tables_;
  bool changed_ = false;
};

}  // namespace waybill::store::sqlite
