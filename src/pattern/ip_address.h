// IP addresses and blocks, as patterns read them.
//
// AWS: an exact string that is an IP literal is compared as an address; `cidr` takes IPv4 masks 0..31 and IPv6
// masks 0..127 over any address of the block. Addresses are read as Java reads literals: four decimal parts
// (leading zeros allowed, at most 15 characters) or IPv6 without dotted part or zone; a v4-mapped IPv6 address
// is that IPv4 address.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace waybill::pattern {

struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};  // the first `size` count
  std::uint8_t size = 4;                 // 4 or 16

  static std::optional<IpAddress> parse(std::string_view text);
  bool operator==(const IpAddress&) const = default;
};

class CidrBlock {
 public:
  // Error: invalid, with the service's reason ("Malformed CIDR, one '/' required", …).
  static Result<CidrBlock> parse(std::string_view text);
  // A block holds addresses of its own family only.
  bool contains(const IpAddress& address) const;

  const IpAddress& base() const { return base_; }
  int mask_bits() const { return mask_bits_; }

 private:
  IpAddress base_;
  int mask_bits_ = 0;
};

}  // namespace waybill::pattern
