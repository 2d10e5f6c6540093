#include "pattern/ip_address.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "base/ascii.h"

namespace waybill::pattern {
namespace {

constexpr std::size_t kMaxIpv4Length = 15;

// Four runs of digits between dots, whatever their values.
bool looks_like_ipv4(std::string_view text) {
  int parts = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t start = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    if (at == start) return false;
    ++parts;
    if (at == text.size()) return parts == 4;
    if (text[at] != '.') return false;
  }
  return false;
}

bool looks_like_ipv6(std::string_view text) {
  return text.find(':') != text.npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_hex(c) || c == ':'; });
}

// REQUIRES: looks_like_ipv4(text).
std::optional<IpAddress> read_ipv4(std::string_view text) {
  if (text.size() > kMaxIpv4Length) return std::nullopt;
  IpAddress address;
  std::size_t at = 0;
  for (std::size_t part = 0; part < 4; ++part, ++at) {
    unsigned value = 0;
    for (; at < text.size() && is_digit(text[at]); ++at) value = value * 10 + unsigned(text[at] - '0');
    if (value > 255) return std::nullopt;
    address.bytes[part] = static_cast<std::uint8_t>(value);
  }
  return address;
}

// One side of "::": groups of hexadecimal digits between single colons. False if it is not that.
bool read_groups(std::string_view text, std::vector<std::uint16_t>& groups) {
  if (text.empty()) return true;
  for (std::size_t at = 0;; ++at) {
    unsigned value = 0;
    const std::size_t start = at;
    for (; at < text.size() && is_hex(text[at]); ++at) {
      value = value * 16 + hex_digit(text[at]);
      if (value > 0xFFFF) return false;
    }
    if (at == start) return false;
    groups.push_back(static_cast<std::uint16_t>(value));
    if (groups.size() > 8) return false;
    if (at == text.size()) return true;
  }
}

// REQUIRES: looks_like_ipv6(text).
std::optional<IpAddress> read_ipv6(std::string_view text) {
  std::vector<std::uint16_t> head;
  std::vector<std::uint16_t> tail;
  const std::size_t gap = text.find("::");
  const bool has_gap = gap != text.npos;
  if (!read_groups(text.substr(0, gap), head) || (has_gap && !read_groups(text.substr(gap + 2), tail))) {
    return std::nullopt;
  }
  const std::size_t count = head.size() + tail.size();
  if (has_gap ? count > 7 : count != 8) return std::nullopt;
  head.resize(8 - tail.size());
  head.insert(head.end(), tail.begin(), tail.end());

  IpAddress address;
  address.size = 16;
  for (std::size_t i = 0; i < 8; ++i) {
    address.bytes[2 * i] = static_cast<std::uint8_t>(head[i] >> 8);
    address.bytes[2 * i + 1] = static_cast<std::uint8_t>(head[i] & 0xFF);
  }
  const bool is_mapped_ipv4 =
      std::all_of(head.begin(), head.begin() + 5, [](std::uint16_t group) { return group == 0; }) && head[5] == 0xFFFF;
  if (!is_mapped_ipv4) return address;
  IpAddress mapped;
  std::copy_n(address.bytes.begin() + 12, 4, mapped.bytes.begin());
  return mapped;
}

// The mask as Java's Integer.parseInt takes it: an optional sign and digits, within 32 bits.
std::optional<int> read_mask(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return std::nullopt;
  }
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (looks_like_ipv4(text)) return read_ipv4(text);
  if (looks_like_ipv6(text)) return read_ipv6(text);
  return std::nullopt;
}

Result<CidrBlock> CidrBlock::parse(std::string_view text) {
  // Empty parts at the end do not count: the service splits at '/' as Java does ("10.0.0.0/8/" is accepted).
  const std::size_t last = text.find_last_not_of('/');
  const std::string_view trimmed = last == text.npos ? std::string_view() : text.substr(0, last + 1);
  const std::size_t slash = trimmed.find('/');
  if (slash == trimmed.npos || trimmed.find('/', slash + 1) != trimmed.npos) {
    return invalid("Malformed CIDR, one '/' required");
  }
  const std::optional<int> mask = read_mask(trimmed.substr(slash + 1));
  if (!mask) return invalid("Malformed CIDR, mask bits must be an integer");
  if (*mask < 0) return invalid("Malformed CIDR, mask bits must not be negative");

  const std::string_view ip = trimmed.substr(0, slash);
  if (!looks_like_ipv4(ip) && !looks_like_ipv6(ip)) return invalid("Nonstandard IP address: " + std::string(ip));
  const std::optional<IpAddress> base = IpAddress::parse(ip);
  if (!base) return invalid("Invalid IP address: " + std::string(ip));
  if (base->size == 4 && *mask > 31) return invalid("IPv4 mask bits must be < 32");
  if (base->size == 16 && *mask > 127) return invalid("IPv6 mask bits must be < 128");

  CidrBlock block;
  block.base_ = *base;
  block.mask_bits_ = *mask;
  return block;
}

bool CidrBlock::contains(const IpAddress& address) const {
  if (address.size != base_.size) return false;
  const std::size_t whole = static_cast<std::size_t>(mask_bits_) / 8;
  const int rest = mask_bits_ % 8;
  if (!std::equal(base_.bytes.begin(), base_.bytes.begin() + whole, address.bytes.begin())) return false;
  if (rest == 0) return true;
  return (base_.bytes[whole] ^ address.bytes[whole]) >> (8 - rest) == 0;
}

}  // namespace waybill::pattern
