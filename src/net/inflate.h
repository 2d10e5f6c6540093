// Undoes the content encoding of a request body piece by piece, under a limit on what comes out, so that a body which
// inflates a thousandfold is refused after `max_output` bytes and not after all of them.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace waybill::net {

// Owned by one connection; not thread-safe.
class BodyInflater {
 public:
  enum class Format {
    gzip,     // one or more members
    deflate,  // RFC 9110 means the zlib format; the raw one that some clients send is told apart and read too
  };
  enum class Outcome { ok, too_large, corrupt };

  BodyInflater(Format format, std::size_t max_output);
  ~BodyInflater();
  BodyInflater(const BodyInflater&) = delete;
  BodyInflater& operator=(const BodyInflater&) = delete;

  // Appends to out, which never grows beyond max_output. After anything but ok it must not be called again.
  Outcome feed(std::string_view input, std::string& out);
  // Whether the input so far ended where its format ends.
  bool finished() const { return finished_; }

 private:
  struct Stream;
  Outcome begin(std::string_view input, std::string& out);
  Outcome inflate_all(std::string_view input, std::string& out);

  Format format_;
  std::size_t max_output_;
  std::string head_;  // the first byte of a deflate body, until the second tells its kind
  bool finished_ = false;
  std::unique_ptr<Stream> stream_;
};

}  // namespace waybill::net
