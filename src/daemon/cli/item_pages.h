// Items of a table from the daemon, page by page.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "daemon/cli/daemon_client.h"

namespace waybill::cli {

struct ItemsRequest {
  std::string table;
  std::optional<std::string> index, key, from, to;  // without key the table is scanned
  bool reverse = false;
  std::size_t limit = 0;  // 0: all of them
};

// One page: the items as spelled, and where the next one starts ("" after the last).
struct ItemPage {
  std::vector<std::string_view> items;
  std::string_view next;
};
// Views into the body. Errors: invalid, when it is no such answer.
Result<ItemPage> read_page(std::string_view body);

// The route and query of a page of at most `count` items, starting at `start`.
std::string page_path(const ItemsRequest& request, std::size_t count, std::string_view start);

// Calls `each` with every item, a JSON object as spelled, until the last or the limit.
Status each_item(const DaemonClient& daemon, const ItemsRequest& request,
                 const std::function<void(std::string_view)>& each);

}  // namespace waybill::cli
