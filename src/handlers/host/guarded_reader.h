#pragma once

#include "handlers/host/permissions.h"
#include "table/table_catalog.h"
#include "waybill/handler.h"

namespace waybill {

// Reads that the function may do; others throw with IAM's text, which becomes the failed attempt's reason.
class GuardedReader final : public TableReader {
 public:
  GuardedReader(const TableReader& reader, const Topology& topology, const table::TableCatalog& tables,
                const FunctionSpec& function)
      : reader_(reader), topology_(topology), tables_(tables), function_(function) {}

  std::optional<Json> get(const std::string& table, const Json& key) const override {
    require("dynamodb:GetItem", table, "");
    return reader_.get(table, key);
  }
  TablePage query(const TableQuery& query) const override {
    require("dynamodb:Query", query.table, query.index);
    return reader_.query(query);
  }

 private:
  // An index is allowed by its own ARN, or by that of its table.
  void require(const char* action, const std::string& table, const std::string& index) const {
    const auto spec = tables_.find(table);
    if (!spec) return;  // the read itself says that there is no such table
    if (is_allowed(topology_, function_, action, spec->arn)) return;
    const std::string index_arn = spec->arn + "/index/" + index;
    if (!index.empty() && is_allowed(topology_, function_, action, index_arn)) return;
    throw std::runtime_error(not_allowed(function_, action, index.empty() ? spec->arn : index_arn));
  }

  const TableReader& reader_;
  const Topology& topology_;
  const table::TableCatalog& tables_;
  const FunctionSpec& function_;
};

}  // namespace waybill
