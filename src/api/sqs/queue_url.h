// Queue URLs: http://host/<account>/<name>. The host is whatever a client calls the daemon by, and is not looked at.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace waybill::api {

struct QueueAddress {
  std::string account;  // 12 digits
  std::string name;
};
// From a URL, or from its path alone. None: it ends otherwise than in /<account>/<name>.
std::optional<QueueAddress> parse_queue_url(std::string_view url);

}  // namespace waybill::api
