// The tables of this daemon as one immutable snapshot, made anew whenever a table changes.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/table_spec.h"

namespace waybill::table {

using TablePtr = std::shared_ptr<const TableSpec>;

// Thread-safe, being immutable. Of tables with one name (of several accounts or regions) the first is found by name.
class TableCatalog {
 public:
  TableCatalog() = default;
  explicit TableCatalog(std::vector<TableSpec> tables);

  // Null when there is none.
  TablePtr find(std::string_view name_or_arn) const;
  TablePtr find(TableId id) const;
  // As find; `not_found` with AWS's text when there is none.
  Result<TablePtr> get(std::string_view name_or_arn) const;
  // In the order they were given.
  const std::vector<TablePtr>& tables() const { return tables_; }

 private:
  std::vector<TablePtr> tables_;
  std::map<std::string, TablePtr, std::less<>> by_name_;  // and by ARN
  std::map<TableId, TablePtr> by_id_;
};

using TableCatalogPtr = std::shared_ptr<const TableCatalog>;

}  // namespace waybill::table
