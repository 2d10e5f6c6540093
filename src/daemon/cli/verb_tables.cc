#include <iostream>

#include <nlohmann/json.hpp>

#include "daemon/cli/input.h"
#include "daemon/cli/item_pages.h"
#include "daemon/cli/item_table.h"
#include "daemon/cli/verbs.h"

namespace waybill::cli {

namespace {

using nlohmann::json;

struct TablesOptions {
  std::string endpoint;
  bool as_json = false;
};

struct ItemsOptions {
  ItemsRequest items;
  std::string endpoint;
  bool as_json = false;
};

Result<json> list_tables(const DaemonClient& daemon) {
  WAYBILL_TRY(const std::string body, daemon.get("/_waybill/tables"));
  const json answer = json::parse(body, nullptr, false);
  if (!answer.is_object() || !answer.contains("tables")) return Error{ErrorCode::io, "the answer is no list of tables"};
  return Result<json>(boost::system::in_place_value, answer["tables"]);
}

std::string key_text(const json& key) {
  std::string text;
  for (const json& part : key) {
    text += (text.empty() ? "" : ", ") + part.value("name", "") + " " + part.value("type", "");
  }
  return text;
}

Result<int> run_tables(const TablesOptions& options) {
  WAYBILL_TRY(const json tables, list_tables(DaemonClient(options.endpoint)));
  if (options.as_json) {
    for (const json& table : tables) std::cout << table.dump() << "\n";
    return kOk;
  }
  if (tables.empty()) {
    std::cout << "there are no tables\n";
    return kOk;
  }
  TextTable shown{{{"TABLE", false, true}, {"INDEX", false, true}, {"KEY"}, {"TTL"}, {"ITEMS", true}}, {}};
  for (const json& table : tables) {
    shown.add({table.value("name", ""), "", key_text(table.value("key", json::array())), table.value("ttl", ""),
               std::to_string(table.value("items", std::int64_t{0}))});
    const json indexes = table.value("indexes", json::object());
    for (const auto& [name, key] : indexes.items()) shown.add({"", name, key_text(key), "", ""});
  }
  std::cout << layout(shown, terminal_width());
  return kOk;
}

// The table's key, then that of the index: what a reader looks for first. None when the list cannot be had: it only
// orders the columns.
std::vector<std::string> key_attributes(const DaemonClient& daemon, const ItemsRequest& request) {
  std::vector<std::string> names;
  const auto tables = list_tables(daemon);
  if (!tables) return names;
  for (const json& table : *tables) {
    if (table.value("name", "") != request.table && table.value("arn", "") != request.table) continue;
    for (const json& part : table.value("key", json::array())) names.push_back(part.value("name", ""));
    const json indexes = table.value("indexes", json::object());
    if (!request.index || !indexes.contains(*request.index)) continue;
    for (const json& part : indexes[*request.index]) names.push_back(part.value("name", ""));
  }
  return names;
}

Result<int> run_items(const ItemsOptions& options) {
  const DaemonClient daemon(options.endpoint);
  if (options.as_json) {
    WAYBILL_CHECK(each_item(daemon, options.items, [](std::string_view item) { std::cout << item << '\n'; }));
    return kOk;
  }
  std::vector<std::string> items;
  WAYBILL_CHECK(each_item(daemon, options.items, [&](std::string_view item) { items.emplace_back(item); }));
  if (items.empty()) {
    std::cout << "no items\n";
    return kOk;
  }
  std::cout << layout(item_table(items, key_attributes(daemon, options.items)), terminal_width());
  return kOk;
}

void add_common(CLI::App& verb, ItemsOptions& options) {
  verb.add_option("TABLE", options.items.table, "Name or ARN of the table")->required()->type_name("");
  verb.add_option("--limit", options.items.limit, "At most so many items; default all")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 40).description(""));
  verb.add_flag("--json", options.as_json, "One complete JSON item a line");
  add_endpoint(verb, options.endpoint);
}

constexpr const char* kQueryExamples =
    R"(Prints the items of one partition in the order of their sort key, of the table or of an index. Long
values are cut in the table; --json prints them whole.

Examples:
  waybill query shipments --key SHIP-1
  waybill query shipments --index status-index --key pending --reverse --limit 10
  waybill query readings --key sensor-7 --from 100 --to 200 --json)";

constexpr const char* kScanExamples = R"(Prints the items of a table, ordered by partition.

Examples:
  waybill scan shipments --limit 20
  waybill scan shipments --json > shipments.jsonl)";

}  // namespace

void add_tables(CLI::App& root, Choice& choice) {
  const auto tables = std::make_shared<TablesOptions>();
  CLI::App* verb = add_verb(root, choice, "tables", "List the tables", tables, run_tables);
  verb->add_flag("--json", tables->as_json, "One JSON object a line");
  add_endpoint(*verb, tables->endpoint);

  const auto query = std::make_shared<ItemsOptions>();
  verb = add_verb(root, choice, "query", "Print the items of a partition of a table or index", query, run_items);
  verb->footer(kQueryExamples);
  verb->add_option("--key", query->items.key, "Value of the partition key")->required()->type_name("VALUE");
  verb->add_option("--index", query->items.index, "Query this index instead of the table")->type_name("NAME");
  verb->add_option("--from", query->items.from, "Least value of the sort key")->type_name("VALUE");
  verb->add_option("--to", query->items.to, "Greatest value of the sort key")->type_name("VALUE");
  verb->add_flag("--reverse", query->items.reverse, "Greatest sort key first");
  add_common(*verb, *query);

  const auto scan = std::make_shared<ItemsOptions>();
  verb = add_verb(root, choice, "scan", "Print all items of a table", scan, run_items);
  verb->footer(kScanExamples);
  add_common(*verb, *scan);
}

}  // namespace waybill::cli
