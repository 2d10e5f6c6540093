// The HTTP/1.1 server: keep-alive, pipelining (one request of a connection at a time, answers in order), chunked and
// compressed bodies, limits and deadlines on everything a client can make large or slow, Host and Origin checks, drain.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/function.h"
#include "base/random.h"
#include "base/result.h"
#include "net/host_policy.h"
#include "net/http.h"

namespace boost::asio {
class io_context;
}

namespace waybill::net {

struct HttpServerOptions {
  std::size_t max_header_bytes = 16 * 1024;          // request line and fields; more is answered 431
  std::size_t max_body_bytes = 8 * 1024 * 1024;      // as sent, and again decompressed; more is answered 413
  std::size_t max_connections = 1024;                // a further one is answered 503
  std::size_t max_refusals = 64;                     // being refused at one time; beyond it they are closed unanswered
  std::chrono::milliseconds read_deadline{10'000};   // for a whole request from its first byte; then 408
  std::chrono::milliseconds idle_deadline{75'000};   // for the first byte of the next request
  std::chrono::milliseconds write_deadline{30'000};  // for a whole answer to be taken by the client
  // After an answer to a request that was not read whole: how long, and how much, is read and thrown away so that the
  // client gets to see the answer before the connection is reset.
  std::chrono::milliseconds linger_deadline{2'000};
  std::size_t linger_bytes = 32 * 1024 * 1024;
  std::chrono::milliseconds accept_backoff{100};  // pause after a failed accept (no file descriptors left, ...)
  std::chrono::milliseconds drain_limit{10'000};  // then connections are cut
  std::chrono::seconds retry_after{1};            // told to refused connections
  std::vector<std::string> allowed_hosts = HostPolicy::default_hosts();
  ErrorResponder error_response = default_error_response;
};

// What the server tells of itself. Called on io threads; must not block.
class HttpProbe {
 public:
  virtual ~HttpProbe() = default;
  virtual void connection_opened() {}
  virtual void connection_closed() {}
  // Over the limit.
  virtual void connection_refused() {}
  virtual void accept_failed() {}
  // Answered with an error before any handler saw it.
  virtual void request_refused(unsigned /*status*/) {}
};

struct ServerCore;

// Where the next connection is to live. Called on an io thread. Must not outlive the server's own io_context.
using IoPlace = std::function<boost::asio::io_context&()>;

// Runs on the given io_context, whose threads the owner provides; each connection stays on a strand of its own, there
// or in the io_context that `place` names. Thread: listen() and drain() from any thread. The destructor closes
// everything at once: destroy it before the io_contexts, when no thread runs one any more. Replies may outlive it.
class HttpServer {
 public:
  // Deadlines are always real time, hence no clock. random, probe: must outlive the server.
  HttpServer(boost::asio::io_context& io, HttpServerOptions options, HttpHandler handler, Random& random,
             HttpProbe* probe = nullptr, IoPlace place = nullptr);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // host: an address or a name (its first address is taken); port 0 takes a free one. May be called again for further
  // addresses. Returns the port. Errors: invalid (allowed_hosts, host), io (address in use, ...).
  Result<std::uint16_t> listen(const std::string& host, std::uint16_t port);

  // Stops accepting, closes idle connections, finishes what is in flight (its answers say Connection: close). Calls
  // done on an io thread, once, when no connection is left or drain_limit has passed and the rest was cut. Call once.
  void drain(UniqueFunction<void()> done);

  std::size_t open_connections() const;

 private:
  std::shared_ptr<ServerCore> core_;
};

}  // namespace waybill::net
