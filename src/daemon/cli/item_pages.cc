#include "daemon/cli/item_pages.h"

#include <algorithm>

#include "base/json_text.h"
#include "daemon/cli/raw_json.h"
#include "net/url.h"

namespace waybill::cli {

namespace {

constexpr std::size_t kMostPerPage = 1000;

void add_parameter(std::string& path, const char* name, std::string_view value) {
  path += path.find('?') == std::string::npos ? '?' : '&';
  path.append(name).append("=").append(net::percent_encode(value));
}

}  // namespace

Result<ItemPage> read_page(std::string_view body) {
  const std::string_view object = body.substr(std::min(body.find_first_not_of(" \t\r\n"), body.size()));
  if (is_valid_utf8(object) && is_json(object) && is_raw_object(object)) {
    const auto members = raw_members(object);
    const auto items = find_raw(members, "items");
    if (items && is_raw_array(*items)) return ItemPage{raw_elements(*items), find_raw(members, "next").value_or("")};
  }
  return Error{ErrorCode::io, "the daemon's answer is no page of items"};
}

std::string page_path(const ItemsRequest& request, std::size_t count, std::string_view start) {
  std::string path = "/_waybill/tables/" + net::percent_encode(request.table) + "/items";
  const auto add = [&](const char* name, const std::optional<std::string>& value) {
    if (value) add_parameter(path, name, *value);
  };
  add("index", request.index);
  add("key", request.key);
  add("from", request.from);
  add("to", request.to);
  if (request.reverse) add_parameter(path, "reverse", "true");
  add_parameter(path, "limit", std::to_string(count));
  if (!start.empty()) add_parameter(path, "start", start);
  return path;
}

Status each_item(const DaemonClient& daemon, const ItemsRequest& request,
                 const std::function<void(std::string_view)>& each) {
  std::string start;
  std::size_t left = request.limit;
  for (;;) {
    const std::size_t count = request.limit == 0 ? kMostPerPage : std::min(left, kMostPerPage);
    WAYBILL_TRY(const std::string body, daemon.get(page_path(request, count, start)));
    WAYBILL_TRY(const ItemPage page, read_page(body));
    for (const std::string_view item : page.items) each(item);
    left -= std::min(left, page.items.size());
    const bool enough = request.limit != 0 && left == 0;
    if (enough || page.next.empty() || page.next == start) return {};
    start = page.next;
  }
}

}  // namespace waybill::cli
