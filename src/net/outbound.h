// HTTP(S) calls to others that hold no thread while they wait: one thread drives all of them.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "base/function.h"
#include "base/result.h"
#include "net/http.h"
#include "net/http_call.h"

namespace waybill::net {

struct OutboundError {
  enum class Kind {
    invalid,  // the URL cannot be called
    connect,  // no such host, no connection, no TLS session
    tls,      // the server's certificate is not trusted, or the CA file cannot be read
    timeout,  // not done within the call's timeout
    broken,   // the connection was reset or ended before the whole answer, or that was no HTTP
    stopped,  // the client was stopped
  };
  Kind kind = Kind::broken;
  std::string message;  // for people; names at most host and port of the URL
};

[[noreturn]] inline void throw_exception_from_error(const OutboundError& error, const boost::source_location&) {
  throw std::runtime_error(error.message);
}

// Any status is a success here. A body beyond the call's max_response_bytes is cut there, without an error.
using OutboundResult = boost::system::result<HttpResponse, OutboundError>;

// Thread-safe.
class Outbound {
 public:
  using Callback = UniqueFunction<void(OutboundResult)>;
  virtual ~Outbound() = default;
  // `done` is called exactly once, also when the client stops. It must neither block nor throw; it may submit.
  virtual void submit(HttpCall call, Callback done) = 0;
};

struct OutboundOptions {
  std::string ca_file;             // PEM certificates trusted in place of the system's; "" for the system's
  long max_idle_connections = 64;  // kept open for further calls
};

// Over libcurl. Connections are reused, certificates verified, redirects not followed, proxies of the environment not
// used. It owns its thread, as the Journal owns its writer: made with the first call, ended by stop(). Timeouts are
// always real time, hence no clock. Callbacks run on that thread; only a call that comes after stop() is answered on
// the thread that submits, before submit() returns.
class CurlOutbound final : public Outbound {
 public:
  explicit CurlOutbound(OutboundOptions options);
  ~CurlOutbound() override;  // stop()

  void submit(HttpCall call, Callback done) override;
  // Cancels what is in flight; every callback has been called when it returns. Idempotent, from any thread but in a
  // callback.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace waybill::net
