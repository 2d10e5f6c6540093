// Tables of a test, as a handler reads them.
#pragma once

#include <map>
#include <optional>
#include <stdexcept>
#include <string>

#include "waybill/handler.h"

namespace waybill::testing {

class MemoryTables final : public TableReader {
 public:
  // Items by the text of their key.
  std::map<std::string, Json> items;
  TablePage page;
  mutable std::optional<TableQuery> asked;

  std::optional<Json> get(const std::string& table, const Json& key) const override {
    if (table == "wrong") throw std::runtime_error("there is no table wrong");
    const auto found = items.find(key.dump());
    return found == items.end() ? std::nullopt : std::optional<Json>(found->second);
  }
  TablePage query(const TableQuery& query) const override {
    asked = query;
    return page;
  }
};

}  // namespace waybill::testing
