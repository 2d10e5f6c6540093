// HTTP requests and responses as plain values, and the Reply through which a handler answers. Nothing here knows
// sockets: whoever implements routes needs this header and no other of the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/function.h"

namespace waybill::net {

// ASCII only, as header names and host names are compared.
bool equals_ignoring_case(std::string_view a, std::string_view b);

// Header fields in the order they came. Their text is one block, so that a request costs two allocations for them.
class HttpHeaders {
 public:
  struct Field {
    std::string_view name;
    std::string_view value;
  };

  void add(std::string_view name, std::string_view value);
  // The first field of that name, without regard to case; "" when absent. Valid while the headers are unchanged.
  std::string_view get(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  std::size_t size() const { return spans_.size(); }
  // REQUIRES: index < size().
  Field at(std::size_t index) const;

 private:
  struct Span {
    std::uint32_t at;
    std::uint32_t name_size;
    std::uint32_t value_size;
  };
  std::string text_;
  std::vector<Span> spans_;
};

struct HttpRequest {
  std::string method;
  std::string target;      // as sent
  std::string path;        // target without scheme, authority and query; not percent-decoded
  std::string query;       // what follows the first '?', not decoded
  std::string body;        // transfer and content encodings already undone
  std::string request_id;  // lower-case UUID made by the server; the client gets it as x-amzn-RequestId
  std::string remote;      // address of the peer, without port
  // The pattern of the matched route, for metrics; "" until a Router matched. Lives as long as that Router.
  std::string_view route;
  HttpHeaders headers;
  int version = 11;  // 10 or 11
  bool keep_alive = true;

  std::string_view header(std::string_view name) const { return headers.get(name); }
};

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "application/json";  // empty: no such header
  // Content-Length, Connection, Transfer-Encoding, Server and x-amzn-RequestId are the server's and are left out here.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool close = false;  // close the connection after this answer
};

// Where a Reply goes. Thread-safe.
class ReplySink {
 public:
  virtual ~ReplySink() = default;
  virtual void answer(HttpResponse response) = 0;
  // The reply was destroyed without a call.
  virtual void drop() = 0;
  // Does the peer still listen? Must not block.
  virtual bool peer_is_there() const { return true; }
};

// Whether the client of one request still waits for the answer. A value; it may outlive the connection and the server,
// and then says no.
class Peer {
 public:
  Peer() = default;  // one that stays
  explicit Peer(std::shared_ptr<const ReplySink> sink) : sink_(std::move(sink)) {}

  // Any thread; does not block. REQUIRES: the request is not answered yet. A client that closed only its sending side
  // counts as gone: nothing tells it from one that closed both.
  bool is_there() const { return !sink_ || sink_->peer_is_there(); }

 private:
  std::shared_ptr<const ReplySink> sink_;
};

// The right to answer one request: called once, from any thread; further calls do nothing. Dropped without a call, the
// client gets a 500. It may outlive the connection and the server; calling it then does nothing.
class Reply {
 public:
  Reply() = default;
  explicit Reply(std::shared_ptr<ReplySink> sink) : sink_(std::move(sink)) {}
  // A reply to a function instead of a connection, for in-process callers, tests, and whoever watches over another
  // reply: then with that one's peer. A drop answers a 500.
  static Reply to(UniqueFunction<void(HttpResponse)> receiver, Peer peer = {});
  Reply(Reply&&) noexcept = default;
  Reply& operator=(Reply&& other) noexcept;
  ~Reply();

  void operator()(HttpResponse response);
  Peer peer() const { return Peer(sink_); }

 private:
  std::shared_ptr<ReplySink> sink_;
};

// Called on an io thread; must not block. What it throws is logged and answered with a 500.
using HttpHandler = std::function<void(HttpRequest, Reply)>;

// Forms the answer to an error that this room finds. code is a CamelCase word, message a sentence for people, request
// what is known of it or null.
using ErrorResponder =
    std::function<HttpResponse(unsigned status, std::string_view code, std::string_view message, const HttpRequest*)>;

// {"__type":code,"message":message}
HttpResponse default_error_response(unsigned status, std::string_view code, std::string_view message,
                                    const HttpRequest* request);

}  // namespace waybill::net
