#include "net/host_policy.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <optional>
#include <utility>

#include "net/http.h"

namespace waybill::net {

namespace {

// An address as 16 bytes; IPv4 in its mapped form, so that ::ffff:127.0.0.1 is 127.0.0.1.
struct Address {
  unsigned char bytes[16];
  bool is_mapped_v4() const {
    static constexpr unsigned char kPrefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    return std::memcmp(bytes, kPrefix, sizeof kPrefix) == 0;
  }
  bool is_loopback() const {
    if (is_mapped_v4()) return bytes[12] == 127;
    return bytes[15] == 1 && std::all_of(bytes, bytes + 15, [](unsigned char b) { return b == 0; });
  }
  bool operator==(const Address& other) const { return std::memcmp(bytes, other.bytes, sizeof bytes) == 0; }
};

std::optional<Address> parse_address(std::string_view text) {
  if (text.size() > INET6_ADDRSTRLEN) return std::nullopt;
  const std::string terminated(text);
  Address address{};
  if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes) == 1) return address;
  if (::inet_pton(AF_INET, terminated.c_str(), address.bytes + 12) != 1) return std::nullopt;
  address.bytes[10] = address.bytes[11] = 0xFF;
  return address;
}

// Without port, brackets and the root's dot. Nothing when it is not `host` or `host:port`.
std::optional<std::string_view> host_of(std::string_view authority) {
  std::string_view host = authority;
  std::string_view rest;
  if (!authority.empty() && authority.front() == '[') {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = authority.substr(1, end - 1);
    rest = authority.substr(end + 1);
    if (host.find(':') == std::string_view::npos) return std::nullopt;
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    host = authority.substr(0, colon);
    rest = authority.substr(colon);
    if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  }
  const bool port_is_fine =
      rest.empty() || (rest.front() == ':' && rest.size() <= 6 &&
                       std::all_of(rest.begin() + 1, rest.end(), [](char c) { return c >= '0' && c <= '9'; }));
  if (host.empty() || !port_is_fine) return std::nullopt;
  return host;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

bool is_entry(std::string_view entry) {
  if (parse_address(entry)) return true;
  if (entry.starts_with("*.")) entry.remove_prefix(2);
  return !entry.empty() && entry.front() != '.' && entry.back() != '.' &&
         std::all_of(entry.begin(), entry.end(), is_name_character);
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

std::vector<std::string> HostPolicy::default_hosts() {
  return {"localhost", "*.localhost", "localhost.localstack.cloud", "*.localhost.localstack.cloud"};
}

Status HostPolicy::check(const std::vector<std::string>& allowed) {
  for (const std::string& entry : allowed) {
    if (!is_entry(entry)) {
      return invalid("allowed_hosts has '" + entry +
                     "'; an entry is a host name or address without scheme and port, or *.suffix");
    }
  }
  return {};
}

HostPolicy::HostPolicy(const std::vector<std::string>& allowed) {
  for (const std::string& entry : allowed) {
    if (!is_entry(entry)) continue;
    if (entry.starts_with("*.")) {
      suffixes_.push_back(lower_case(std::string_view(entry).substr(1)));
    } else {
      exact_.push_back(lower_case(entry));
    }
  }
}

bool HostPolicy::allows_name(std::string_view name) const {
  const auto is_name = [&](const std::string& entry) { return equals_ignoring_case(entry, name); };
  const auto is_below = [&](const std::string& suffix) {
    return name.size() > suffix.size() && name.front() != '.' &&
           equals_ignoring_case(name.substr(name.size() - suffix.size()), suffix);
  };
  return std::any_of(exact_.begin(), exact_.end(), is_name) ||
         std::any_of(suffixes_.begin(), suffixes_.end(), is_below);
}

bool HostPolicy::allows_host(std::string_view host, std::string_view local_address) const {
  const auto name = host_of(host);
  if (!name) return false;
  if (const auto address = parse_address(*name)) {
    const auto local = parse_address(local_address);
    return address->is_loopback() || (local && *address == *local) || allows_name(*name);
  }
  return std::all_of(name->begin(), name->end(), is_name_character) && allows_name(*name);
}

bool HostPolicy::allows_origin(std::string_view origin, std::string_view local_address) const {
  const std::size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return false;
  return allows_host(origin.substr(scheme + 3), local_address);
}

}  // namespace waybill::net
