#include "api/admin_tables.h"

#include "api/answers.h"
#include "base/json_tree.h"
#include "net/url.h"
#include "table/item_codec.h"
#include "table/key_encoding.h"
#include "table/store_table_reader.h"
#include "table/table_query.h"

namespace waybill::api {

namespace {

using nlohmann::json;

json key_json(const KeySchema& key) {
  json shown = json::array();
  shown.push_back({{"name", key.partition.name}, {"type", table::type_name(key.partition.type)}});
  if (key.sort) shown.push_back({{"name", key.sort->name}, {"type", table::type_name(key.sort->type)}});
  return shown;
}

struct ItemsRequest {
  TableQuery query;
  bool scan = false;
};

std::string text_of(const net::QueryPairs& pairs, std::string_view name) {
  return std::string(net::find_query(pairs, name).value_or(""));
}

Result<json> key_value(const KeyAttribute& attribute, const net::QueryPairs& pairs, std::string_view name) {
  const auto text = net::find_query(pairs, name);
  if (!text) return Result<json>(boost::system::in_place_value, nullptr);
  auto value = table::parse_key_text(attribute.type, *text);
  if (!value) return invalid(std::string(name) + ": " + value.error().message);
  return value;
}

Result<ItemsRequest> read_request(const TableSpec& spec, const std::string& query_string) {
  WAYBILL_TRY(const net::QueryPairs pairs, net::parse_query(query_string));
  ItemsRequest request;
  TableQuery& query = request.query;
  query.table = spec.arn;
  query.index = text_of(pairs, "index");
  WAYBILL_TRY(const table::IndexPosition index, table::index_position(spec, query.index));
  const KeySchema& key = table::key_of(spec, index);
  WAYBILL_TRY(query.partition, key_value(key.partition, pairs, "key"));
  request.scan = query.partition.is_null();
  if (key.sort) {
    WAYBILL_TRY(query.from, key_value(*key.sort, pairs, "from"));
    WAYBILL_TRY(query.to, key_value(*key.sort, pairs, "to"));
  } else if (net::find_query(pairs, "from") || net::find_query(pairs, "to")) {
    return invalid("from and to need a sort key, and " + (query.index.empty() ? spec.name : query.index) + " has none");
  }
  query.newest_first = text_of(pairs, "reverse") == "true";
  if (const auto limit = net::find_query(pairs, "limit")) {
    constexpr std::int64_t kMost = 1000;
    WAYBILL_TRY(const std::int64_t number, number_parameter("limit", *limit, 1, kMost));
    query.limit = static_cast<int>(number);
  }
  if (const auto start = net::find_query(pairs, "start")) {
    query.start = parse_json(*start);
    if (query.start.is_discarded()) return invalid("start is no JSON; give the \"next\" of the page before");
  }
  if (request.scan && !query.index.empty()) return invalid("index needs key: which partition of the index is wanted?");
  if (request.scan && query.newest_first) return invalid("reverse needs key: a scan has no order to turn round");
  return request;
}

Result<TablePage> scan(store::Reader& reader, const TableSpec& spec, const TableQuery& query) {
  std::optional<store::ItemQuery::Start> start;
  if (!query.start.is_null()) {
    WAYBILL_TRY(start, table::to_start(spec, std::nullopt, query.start));
  }
  WAYBILL_TRY(const store::ItemPage rows, reader.scan(spec.id, query.limit, start));
  TablePage page;
  WAYBILL_CHECK(table::append_page(spec, std::nullopt, rows, page));
  return page;
}

Result<TablePage> run(store::Reader& reader, const table::TableCatalogPtr& tables, const TableSpec& spec,
                      const ItemsRequest& request) {
  if (request.scan) return scan(reader, spec, request.query);
  try {
    return table::StoreTableReader(reader, tables).query(request.query);
  } catch (const std::runtime_error& error) {
    return invalid(error.what());
  }
}

}  // namespace

net::HttpResponse TablesApi::list() const {
  auto reader = ports_.readers.lend();
  if (!reader) return error_answer(reader.error());
  json list = json::array();
  const auto tables = ports_.tables.get();
  for (const table::TablePtr& spec : tables->tables()) {
    json shown{{"name", spec->name}, {"arn", spec->arn}, {"key", key_json(spec->key)}, {"indexes", json::object()}};
    for (const IndexSpec& index : spec->indexes) shown["indexes"][index.name] = key_json(index.key);
    if (!spec->ttl_attribute.empty()) shown["ttl"] = spec->ttl_attribute;
    const auto count = (*reader)->count_items(spec->id);
    if (!count) return error_answer(count.error());
    shown["items"] = *count;
    list.push_back(std::move(shown));
  }
  return json_answer({{"tables", std::move(list)}});
}

net::HttpResponse TablesApi::items(const std::string& table, const std::string& query) const {
  const auto tables = ports_.tables.get();
  const auto spec = tables->get(table);
  if (!spec) return error_answer(spec.error());
  const auto request = read_request(**spec, query);
  if (!request) return error_answer(request.error());
  auto reader = ports_.readers.lend();
  if (!reader) return error_answer(reader.error());
  auto page = run(**reader, tables, **spec, *request);
  if (!page) return error_answer(page.error());
  json body{{"items", std::move(page->items)}};
  if (!page->last_key.is_null()) body["next"] = page->last_key;
  return json_answer(body);
}

}  // namespace waybill::api
