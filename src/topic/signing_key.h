// The key that notifications to web servers are signed with, and the certificate that receivers check them by.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace waybill::topic {

// Made when first needed and kept in a file of mode 0600, the same from then on. Thread-safe; the first call may take
// some tenths of a second.
class SigningKey {
 public:
  // file: where it is kept; "" to keep it in memory only. The clock says from when the certificate is valid.
  SigningKey(std::string file, const WallClock& clock) : file_(std::move(file)), clock_(clock) {}
  ~SigningKey();

  struct Certificate {
    std::string id;   // 32 hexadecimal digits
    std::string pem;  // self-signed, RSA of 2048 bits
  };
  // Errors of all: io, when the file cannot be read or written; corrupt, when it holds no key and certificate.
  Result<Certificate> certificate();
  // AWS: RSA with SHA-1 (signature version 1) or SHA-256 (2), PKCS #1 v1.5, as base64.
  Result<std::string> sign(std::string_view text, int signature_version);

 private:
  struct Pair;
  Result<std::shared_ptr<const Pair>> pair();

  const std::string file_;
  const WallClock& clock_;
  std::mutex mutex_;
  std::shared_ptr<const Pair> pair_;  // guarded by mutex_
};

// Hexadecimal digits of the SHA-256 of the text.
std::string sha256_hex(std::string_view text);
// Text that cannot be guessed: hexadecimal digits of so many random bytes. Error: internal, without randomness.
Result<std::string> random_hex(std::size_t bytes);

}  // namespace waybill::topic
