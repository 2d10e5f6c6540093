#include "table/store_table_reader.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "table/item_codec.h"
#include "table/table_query.h"

namespace waybill::table {
namespace {

// Rows are fetched in steps, so that a large limit over large items does not fill the memory before the page is full.
constexpr int kStepRows = 100;

template <class T>
T value_or_throw(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

}  // namespace

StoreTableReader::StoreTableReader(store::Reader& reader, TableCatalogPtr catalog, Permission permission)
    : reader_(reader), catalog_(std::move(catalog)), permission_(std::move(permission)) {}

std::optional<Json> StoreTableReader::get(const std::string& table, const Json& key) const {
  return value_or_throw(try_get(table, key));
}

TablePage StoreTableReader::query(const TableQuery& query) const { return value_or_throw(try_query(query)); }

std::optional<std::int64_t> StoreTableReader::version_read(TableId table, const std::string& pk,
                                                           const std::string& sk) const {
  const auto found = reads_.find(ItemAddress{table, pk, sk});
  if (found == reads_.end()) return std::nullopt;
  return found->second;
}

Status StoreTableReader::check_permission(std::string_view action, const std::string& arn) const {
  return permission_ ? permission_(action, arn) : Status();
}

Result<std::optional<Json>> StoreTableReader::try_get(const std::string& table, const Json& key) const {
  WAYBILL_TRY(const TablePtr spec, catalog_->get(table));
  WAYBILL_CHECK(check_permission("dynamodb:GetItem", spec->arn));
  WAYBILL_TRY(const ItemKey address, encode_item_key(*spec, key));
  WAYBILL_TRY(const std::optional<store::ItemRow> row, reader_.get_item(spec->id, address.pk, address.sk));
  remember(spec->id, address.pk, address.sk, row ? row->version : 0);
  if (!row) return std::optional<Json>();
  WAYBILL_TRY(Json item, decode_item(*row));
  return Result<std::optional<Json>>(boost::system::in_place_value, std::move(item));
}

Result<TablePage> StoreTableReader::try_query(const TableQuery& query) const {
  WAYBILL_TRY(const TablePtr spec, catalog_->get(query.table));
  WAYBILL_CHECK(
      check_permission("dynamodb:Query", query.index.empty() ? spec->arn : spec->arn + "/index/" + query.index));
  WAYBILL_TRY(store::ItemQuery step, to_item_query(*spec, query));
  TablePage page;
  std::size_t bytes = 0;
  for (int left = query.limit; left > 0 && bytes < kPageBytes;) {
    step.limit = std::min(left, kStepRows);
    WAYBILL_TRY(store::ItemPage rows, reader_.query(step));
    for (const store::ItemRow& row : rows.rows) {
      bytes += row.body.size();
      remember(spec->id, row.pk, row.sk, row.version);
    }
    WAYBILL_CHECK(append_page(*spec, step.index, rows, page));
    left -= static_cast<int>(rows.rows.size());
    if (!rows.next) break;
    step.start = std::move(rows.next);
  }
  return page;
}

void StoreTableReader::remember(TableId table, const std::string& pk, const std::string& sk,
                                std::int64_t version) const {
  reads_.emplace(ItemAddress{table, pk, sk}, version);
}

}  // namespace waybill::table
