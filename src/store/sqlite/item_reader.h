// Items of user tables: by key, and in pages along a table or one of its indexes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "store/reader.h"
#include "store/sqlite/statement.h"

namespace waybill::store::sqlite {

// Owner/Thread: the reader. REQUIRES for all calls: a read transaction, so that a table's shape and its items belong
// together. Errors: not_found (no such table), invalid (no such index, a limit below 1).
class ItemReader {
 public:
  explicit ItemReader(Database& database);

  Result<std::optional<ItemRow>> get(TableId table, const std::string& pk, const std::string& sk);
  Result<ItemPage> query(const ItemQuery& query);
  Result<ItemPage> scan(TableId table, int limit, const std::optional<ItemQuery::Start>& start);
  Result<std::int64_t> count(TableId table);
  Result<std::optional<std::int64_t>> first_expiry(TableId table);

 private:
  // The statements that a table needed so far, by their SQL. Made anew when the table's number of indexes changed.
  struct Table {
    std::size_t indexes = 0;
    std::map<std::string, Statement> statements;
  };
  Result<Table*> find(TableId table);
  Statement& statement(Table& table, const std::string& sql);

  Database& database_;
  Statement shape_;
  std::map<TableId, Table> tables_;
};

}  // namespace waybill::store::sqlite
