#include "daemon/listen_address.h"

#include <charconv>

namespace waybill {

Result<ListenAddress> parse_listen(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  ListenAddress address;
  unsigned port = 0;
  bool good = colon != std::string::npos && colon > 0;
  if (good) {
    const char* end = text.data() + text.size();
    const auto [at, problem] = std::from_chars(text.data() + colon + 1, end, port);
    good = problem == std::errc() && at == end && port <= 65'535;
  }
  if (!good) return invalid("setting listen is '" + text + "'; it must be HOST:PORT, e.g. 127.0.0.1:4566");
  address.host = text.substr(0, colon);
  if (address.host.starts_with('[') && address.host.ends_with(']')) {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  address.port = static_cast<std::uint16_t>(port);
  return address;
}

Status check_listen(const Settings& settings) {
  WAYBILL_TRY(const ListenAddress address, parse_listen(settings.text("listen")));
  const bool loopback = address.host == "localhost" || address.host == "::1" || address.host.starts_with("127.");
  if (loopback || settings.flag("allow_unauthenticated_listen")) return {};
  return invalid("setting listen is '" + settings.text("listen") +
                 "', which other machines can reach, and requests are not authenticated; listen on 127.0.0.1, or say "
                 "that this is wanted with --allow-unauthenticated-listen");
}

}  // namespace waybill
