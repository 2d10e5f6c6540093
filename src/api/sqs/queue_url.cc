#include "api/sqs/queue_url.h"

#include <algorithm>

#include "base/ascii.h"

namespace waybill::api {

std::optional<QueueAddress> parse_queue_url(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t slash = url.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  const std::string_view name = url.substr(slash + 1), before = url.substr(0, slash);
  const std::size_t second = before.rfind('/');
  if (second == std::string_view::npos) return std::nullopt;
  const std::string_view account = before.substr(second + 1);
  const bool digits = account.size() == 12 && std::all_of(account.begin(), account.end(), is_digit);
  if (!digits || name.empty()) return std::nullopt;
  return QueueAddress{std::string(account), std::string(name)};
}

}  // namespace waybill::api
