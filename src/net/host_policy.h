// Which Host and Origin headers are served. A web page in a developer's browser can make it send requests to the
// loopback address, under its own name (DNS rebinding) or with its own Origin; both are refused unless allowed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace waybill::net {

// Immutable after construction, so any thread may ask.
class HostPolicy {
 public:
  // Loopback names and the public name that resolves to loopback which AWS emulator clients commonly use.
  static std::vector<std::string> default_hosts();
  // Errors: invalid, naming the entry and the rule. An entry is a host name or address without scheme and port, or
  // "*.suffix" for every name below suffix (not suffix itself).
  static Status check(const std::vector<std::string>& allowed);

  // Entries that check() refuses match nothing.
  explicit HostPolicy(const std::vector<std::string>& allowed);

  // host: the value of a Host header, with or without port. local_address: the address literal on which the request
  // came in. Allowed are the listed names, loopback addresses, and that very address.
  bool allows_host(std::string_view host, std::string_view local_address) const;
  // origin: the value of an Origin header. "null" and what has no host are refused.
  bool allows_origin(std::string_view origin, std::string_view local_address) const;

 private:
  bool allows_name(std::string_view name) const;

  std::vector<std::string> exact_;     // lower case
  std::vector<std::string> suffixes_;  // lower case, each with its leading dot
};

}  // namespace waybill::net
