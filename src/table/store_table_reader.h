// The TableReader that a handler gets: committed items, and a memory of which versions were read.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/reader.h"
#include "table/table_catalog.h"
#include "waybill/handler.h"

namespace waybill::table {

struct ItemAddress {
  TableId table;
  std::string pk;  // key bytes
  std::string sk;
  auto operator<=>(const ItemAddress&) const = default;
};

// Owner/Thread: one invocation, on one thread. It throws what TableReader says it throws.
class StoreTableReader final : public TableReader {
 public:
  // AWS: a Query answers at most 1 MB; a page ends with the items that reach it, and last_key says where to go on.
  static constexpr std::size_t kPageBytes = 1 << 20;

  // May the function do this ("dynamodb:GetItem", "dynamodb:Query") with the table or index of that ARN? The error's
  // message is what the handler gets.
  using Permission = std::function<Status(std::string_view action, const std::string& arn)>;

  // reader must outlive this; no permission given: all is allowed.
  StoreTableReader(store::Reader& reader, TableCatalogPtr catalog, Permission permission = {});

  std::optional<Json> get(const std::string& table, const Json& key) const override;
  TablePage query(const TableQuery& query) const override;

  // The version of every item that was got or came with a query; 0 for one that was not there. Of several reads of an
  // item the first counts, so that a change between them is a conflict. That an item was absent from a query is not
  // remembered.
  const std::map<ItemAddress, std::int64_t>& reads() const { return reads_; }
  // Empty when the item was not read.
  std::optional<std::int64_t> version_read(TableId table, const std::string& pk, const std::string& sk) const;

 private:
  Status check_permission(std::string_view action, const std::string& arn) const;
  Result<std::optional<Json>> try_get(const std::string& table, const Json& key) const;
  Result<TablePage> try_query(const TableQuery& query) const;
  void remember(TableId table, const std::string& pk, const std::string& sk, std::int64_t version) const;

  store::Reader& reader_;
  const TableCatalogPtr catalog_;
  const Permission permission_;
  mutable std::map<ItemAddress, std::int64_t> reads_;
};

}  // namespace waybill::table
