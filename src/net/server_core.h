// What the server and its connections share. Connections keep it alive, so that they may outlive the server object
// until the io_context drops them.
#pragma once

#include <atomic>
#include <mutex>
#include <unordered_map>

#include "base/function.h"
#include "net/asio_types.h"
#include "net/http_server.h"

namespace waybill::net {

class Connection;

// Thread-safe.
class ConnectionSet {
 public:
  // False once closed: the connection must not start.
  bool add(Connection* connection, std::weak_ptr<Connection> handle);
  void remove(Connection* connection);
  // No further connections; on_empty is called once, as soon as there is none (at once, if so already).
  void close(UniqueFunction<void()> on_empty);
  // on_empty will not be called any more.
  void forget_callback();
  std::vector<std::shared_ptr<Connection>> all() const;
  std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  bool closed_ = false;
  std::unordered_map<Connection*, std::weak_ptr<Connection>> members_;
  UniqueFunction<void()> on_empty_;
};

struct ServerCore {
  ServerCore(asio::io_context& io, HttpServerOptions options_in, HttpHandler handler_in, Random& random_in,
             HttpProbe& probe_in, IoPlace place_in);

  asio::io_context& io;
  const IoPlace place;
  const HttpServerOptions options;
  const HttpHandler handler;
  const HostPolicy hosts;
  Random& random;
  HttpProbe& probe;
  ConnectionSet connections;
  std::atomic<bool> draining{false};
  std::atomic<bool> stopped{false};  // the server object is gone: no handler may be called
  std::atomic<std::size_t> refusals{0};

  // The strand of what follows.
  Strand strand;
  std::vector<std::shared_ptr<Acceptor>> acceptors;
  SteadyTimer drain_timer;
  UniqueFunction<void()> drained;
};

}  // namespace waybill::net
