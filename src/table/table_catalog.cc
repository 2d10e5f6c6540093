#include "table/table_catalog.h"

#include <utility>

namespace waybill::table {

TableCatalog::TableCatalog(std::vector<TableSpec> tables) {
  tables_.reserve(tables.size());
  for (TableSpec& spec : tables) {
    auto table = std::make_shared<const TableSpec>(std::move(spec));
    by_name_.emplace(table->name, table);
    by_name_.emplace(table->arn, table);
    by_id_.emplace(table->id, table);
    tables_.push_back(std::move(table));
  }
}

TablePtr TableCatalog::find(std::string_view name_or_arn) const {
  const auto found = by_name_.find(name_or_arn);
  return found == by_name_.end() ? nullptr : found->second;
}

TablePtr TableCatalog::find(TableId id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

Result<TablePtr> TableCatalog::get(std::string_view name_or_arn) const {
  if (auto table = find(name_or_arn)) return table;
  return not_found("Requested resource not found: Table: " + std::string(name_or_arn) + " not found");
}

}  // namespace waybill::table
