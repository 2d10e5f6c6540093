#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "daemon/settings.h"

namespace waybill {

struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;
};

// "127.0.0.1:4566", "[::1]:0", "localhost:4566".
Result<ListenAddress> parse_listen(const std::string& text);

// Listening beyond loopback without authentication must be asked for.
Status check_listen(const Settings& settings);

}  // namespace waybill
