// Turns the bytes of a connection into requests, one after another. No I/O, so every limit and malformed input is
// tested by feeding text. The grammar is Beast's parser; the limits on its unbounded parts, the content encodings and
// the framing rules it leaves open are added here.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "net/http.h"

namespace waybill::net {

// Owned by one connection; not thread-safe.
class RequestParser {
 public:
  struct Limits {
    std::size_t max_header_bytes = 16 * 1024;
    std::size_t max_body_bytes = 8 * 1024 * 1024;  // as sent, and again after its content encoding is undone
  };
  enum class Progress {
    need_more,  // all that could be taken was taken
    head,       // the header is whole: request() has all but the body; feed again to go on
    complete,   // take() the request
    failed,     // see failure(); the connection cannot go on
  };
  struct Failure {
    unsigned status = 400;
    std::string_view code;
    std::string message;
  };

  explicit RequestParser(Limits limits);
  ~RequestParser();

  // Takes bytes from the front of data; `taken` says how many. What is left must be given again, with more behind it.
  // Each request reports `head` once, before it can be complete or its body can fail.
  Progress feed(std::string_view data, std::size_t& taken);
  // The peer will send no more. REQUIRES: started().
  const Failure& truncated();

  // Whether a byte of the current request has been seen.
  bool started() const;
  // REQUIRES: feed() said head. The client waits for "100 Continue" before it sends the body.
  bool expects_continue() const;
  bool head_is_done() const;
  const HttpRequest& request() const;
  const Failure& failure() const;
  // REQUIRES: feed() said complete. Ready for the next request afterwards.
  HttpRequest take();

 private:
  class Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace waybill::net
