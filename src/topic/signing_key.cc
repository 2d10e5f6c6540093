#include "topic/signing_key.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <unistd.h>
#include <vector>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "base/base64.h"

namespace waybill::topic {

template <auto free_it>
struct FreedBySsl {
  template <class T>
  void operator()(T* it) const {
    free_it(it);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, FreedBySsl<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, FreedBySsl<X509_free>>;
using BioPtr = std::unique_ptr<BIO, FreedBySsl<BIO_free>>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, FreedBySsl<EVP_MD_CTX_free>>;

namespace {

constexpr int kKeyBits = 2048;
constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kValidDays = 3650;
constexpr std::size_t kIdDigits = 32;

std::string hex_of(const unsigned char* bytes, std::size_t size) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

std::string text_in(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

X509Ptr self_signed(EVP_PKEY* key, WallTime now) {
  X509Ptr made(X509_new());
  std::array<unsigned char, 16> serial{};
  if (!made || RAND_bytes(serial.data(), static_cast<int>(serial.size())) != 1) return nullptr;
  serial[0] &= 0x7f;  // a positive number
  std::unique_ptr<BIGNUM, FreedBySsl<BN_free>> number(
      BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
  X509* const x509 = made.get();
  X509_NAME* const name = X509_get_subject_name(x509);
  const auto* const text = reinterpret_cast<const unsigned char*>("Waybill notifications");
  const bool good = X509_set_version(x509, X509_VERSION_3) == 1 && number &&
                    BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(x509)) &&
                    ASN1_TIME_set(X509_getm_notBefore(x509), to_seconds(now) - kDaySeconds) &&
                    ASN1_TIME_set(X509_getm_notAfter(x509), to_seconds(now) + kValidDays * kDaySeconds) &&
                    X509_set_pubkey(x509, key) == 1 &&
                    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1 &&
                    X509_set_issuer_name(x509, name) == 1 && X509_sign(x509, key, EVP_sha256()) > 0;
  return good ? std::move(made) : nullptr;
}

Error io_error(const std::string& what, const std::string& path) {
  return {ErrorCode::io, "the signing key " + path + " cannot be " + what + ": " + std::strerror(errno)};
}

// Whole or not at all, also when the power fails.
Status write_private(const std::string& path, const std::string& text) {
  const std::string temporary = path + ".new";
  ::unlink(temporary.c_str());
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return io_error("written", temporary);
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  const int problem = errno;
  ::close(file);
  errno = problem;
  if (!written || ::rename(temporary.c_str(), path.c_str()) != 0) return io_error("written", path);
  const int folder = ::open(path.substr(0, path.rfind('/') + 1).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
  return {};
}

}  // namespace

struct SigningKey::Pair {
  KeyPtr key;
  Certificate certificate;

  static Result<std::shared_ptr<const Pair>> of(KeyPtr key, X509Ptr x509) {
    auto pair = std::make_shared<Pair>();
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    const BioPtr out(BIO_new(BIO_s_mem()));
    if (!key || !x509 || !out || PEM_write_bio_X509(out.get(), x509.get()) != 1 ||
        X509_digest(x509.get(), EVP_sha256(), digest.data(), &size) != 1) {
      return internal("OpenSSL could not make a key and certificate for notifications");
    }
    pair->key = std::move(key);
    pair->certificate = {hex_of(digest.data(), size).substr(0, kIdDigits), text_in(out.get())};
    return std::shared_ptr<const Pair>(std::move(pair));
  }

  static Result<std::shared_ptr<const Pair>> make(WallTime now, std::string& as_text) {
    KeyPtr key(EVP_RSA_gen(static_cast<unsigned>(kKeyBits)));
    X509Ptr x509 = key ? self_signed(key.get(), now) : nullptr;
    const BioPtr out(BIO_new(BIO_s_mem()));
    if (x509 && out && PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1 &&
        PEM_write_bio_X509(out.get(), x509.get()) == 1) {
      as_text = text_in(out.get());
    }
    return of(std::move(key), std::move(x509));
  }

  static Result<std::shared_ptr<const Pair>> read(const std::string& text, const std::string& path) {
    const BioPtr in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    KeyPtr key(in ? PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr) : nullptr);
    X509Ptr x509(key ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr);
    if (!x509 || X509_check_private_key(x509.get(), key.get()) != 1) {
      return Error{ErrorCode::corrupt, path + " holds no private key with its certificate; remove it to get a new one"};
    }
    return of(std::move(key), std::move(x509));
  }
};

SigningKey::~SigningKey() = default;

Result<std::shared_ptr<const SigningKey::Pair>> SigningKey::pair() {
  const std::lock_guard lock(mutex_);
  if (pair_) return pair_;
  std::ifstream in;
  if (!file_.empty()) in.open(file_, std::ios::binary);
  if (in.is_open()) {
    std::ostringstream text;
    text << in.rdbuf();
    WAYBILL_TRY(pair_, Pair::read(text.str(), file_));
    return pair_;
  }
  if (!file_.empty() && ::access(file_.c_str(), F_OK) == 0) return io_error("read", file_);
  std::string text;
  WAYBILL_TRY(auto made, Pair::make(clock_.now(), text));
  if (!file_.empty()) WAYBILL_CHECK(write_private(file_, text));
  pair_ = std::move(made);
  return pair_;
}

Result<SigningKey::Certificate> SigningKey::certificate() {
  WAYBILL_TRY(const auto pair, this->pair());
  return pair->certificate;
}

Result<std::string> SigningKey::sign(std::string_view text, int signature_version) {
  WAYBILL_TRY(const auto pair, this->pair());
  const DigestPtr context(EVP_MD_CTX_new());
  const EVP_MD* const digest = signature_version == 2 ? EVP_sha256() : EVP_sha1();
  const auto* const bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  std::string signature;
  bool good = context && EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, pair->key.get()) == 1 &&
              EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) == 1;
  if (good) {
    signature.resize(size);
    good = EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                          text.size()) == 1;
    signature.resize(size);
  }
  if (!good) return internal("OpenSSL could not sign a notification");
  return to_base64(signature);
}

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  return hex_of(digest.data(), size);
}

Result<std::string> random_hex(std::size_t bytes) {
  std::vector<unsigned char> random(bytes);
  if (RAND_bytes(random.data(), static_cast<int>(bytes)) != 1) return internal("OpenSSL has no randomness");
  return hex_of(random.data(), bytes);
}

}  // namespace waybill::topic
