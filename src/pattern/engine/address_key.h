// Hashes of IP addresses and of their first bits.
#pragma once

#include "pattern/engine/text_hash.h"
#include "pattern/ip_address.h"

namespace waybill::pattern {

inline std::uint64_t block_hash(const IpAddress& address, std::uint32_t bits) {
  IpAddress block = address;
  for (std::uint32_t byte = 0; byte < block.bytes.size(); ++byte) {
    const std::uint32_t kept = bits > byte * 8 ? bits - byte * 8 : 0;
    if (kept < 8) block.bytes[byte] &= static_cast<std::uint8_t>(0xFF00u >> kept);
  }
  const char* text = reinterpret_cast<const char*>(block.bytes.data());
  return hash_text(text, block.bytes.size()) + bits + std::uint64_t{block.size} * 256;
}

inline std::uint64_t address_hash(const IpAddress& address) { return block_hash(address, address.size * 8u); }

}  // namespace waybill::pattern
