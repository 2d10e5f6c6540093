// Queries as handlers and people ask them, as the store takes them, and its pages back.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "base/result.h"
#include "model/table_spec.h"
#include "store/reader.h"
#include "waybill/handler.h"

namespace waybill::table {

// A page of a table (no index) or of one of its indexes, by position.
using IndexPosition = std::optional<std::size_t>;

// "" is the table itself. AWS's text when there is no such index.
Result<IndexPosition> index_position(const TableSpec& table, const std::string& name);

// The key schema that a query of the table or index goes by.
const KeySchema& key_of(const TableSpec& table, IndexPosition index);

// Errors (invalid) name what is wrong with the query, in AWS's words where it has any, and the table.
Result<store::ItemQuery> to_item_query(const TableSpec& table, const TableQuery& query);

// A start key: a JSON object of exactly the table's key attributes and, for an index, the index's.
Result<store::ItemQuery::Start> to_start(const TableSpec& table, IndexPosition index, const nlohmann::json& key);
// The same back, as TablePage::last_key.
Result<nlohmann::json> to_last_key(const TableSpec& table, IndexPosition index, const store::ItemQuery::Start& start);

// Adds the rows' items to the page; last_key is there when more follows.
Status append_page(const TableSpec& table, IndexPosition index, const store::ItemPage& rows, TablePage& page);

}  // namespace waybill::table
