#include "net/http_server.h"

#include <optional>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include "base/log.h"
#include "net/connection.h"
#include "net/response_writer.h"
#include "net/server_core.h"

namespace waybill::net {

namespace {

using boost::system::error_code;

constexpr std::chrono::seconds kAcceptLogPause{10};
constexpr std::chrono::milliseconds kRefusalDeadline{1'000};
constexpr std::size_t kMaxRefusalInput = 64 * 1024;

HttpProbe& null_probe() {
  static HttpProbe probe;
  return probe;
}

std::string refusal_text(ServerCore& core) {
  HttpResponse response = core.options.error_response(
      503, "ServiceUnavailable", "The server has as many connections as it may have. Try again later.", nullptr);
  response.headers.emplace_back("Retry-After", std::to_string(core.options.retry_after.count()));
  const std::string request_id = uuid_v4(core.random);
  std::string text;
  append_head(text, response, {request_id, false, 11});
  return text + response.body;
}

// Answers at once, without reading the request, and then reads until the client closes: a reset would take the answer
// away from it. Bounded in time, bytes and number.
Task<void> refuse_connection(std::shared_ptr<Socket> socket, std::shared_ptr<ServerCore> core) {
  error_code error;
  socket->non_blocking(true, error);
  const std::string text = refusal_text(*core);
  socket->write_some(asio::buffer(text), error);
  socket->shutdown(Socket::shutdown_send, error);
  SteadyTimer timer(socket->get_executor());
  timer.expires_after(kRefusalDeadline);
  timer.async_wait([socket](const error_code& wait_error) {
    error_code ignored;
    if (!wait_error) socket->cancel(ignored);
  });
  std::array<char, 1024> discarded;
  for (std::size_t left = kMaxRefusalInput; !error && left >= discarded.size();) {
    left -= co_await socket->async_read_some(asio::buffer(discarded), asio::redirect_error(kAwait, error));
  }
  socket->close(error);
  --core->refusals;
}

void admit(Socket socket, const std::shared_ptr<ServerCore>& core) {
  if (core->connections.size() < core->options.max_connections) {
    std::make_shared<Connection>(std::move(socket), core)->start();
    return;
  }
  core->probe.connection_refused();
  if (core->refusals >= core->options.max_refusals) return;
  ++core->refusals;
  auto refused = std::make_shared<Socket>(std::move(socket));
  asio::co_spawn(refused->get_executor(), refuse_connection(refused, core), asio::detached);
}

// The accept loop keeps nothing of another io_context, which may be gone before its own is. Nothing when the connection
// is broken already.
std::optional<Socket> place(Socket accepted, ServerCore& core) {
  error_code error;
  const auto protocol = accepted.local_endpoint(error).protocol();
  const auto descriptor = error ? -1 : accepted.release(error);
  if (error) return std::nullopt;
  Socket placed(asio::make_strand(core.place()));
  placed.assign(protocol, descriptor, error);
  if (!error) return placed;
  ::close(descriptor);
  return std::nullopt;
}

// Says so when accepting fails, but not once per try.
class AcceptLog {
 public:
  void failed(const error_code& error) {
    ++unsaid_;
    const auto now = std::chrono::steady_clock::now();
    if (now < next_) return;
    spdlog::error("http: cannot accept connections: {} ({} failures); trying again", error.message(), unsaid_);
    next_ = now + kAcceptLogPause;
    unsaid_ = 0;
  }

 private:
  std::chrono::steady_clock::time_point next_{};
  std::size_t unsaid_ = 0;
};

Task<void> accept_loop(std::shared_ptr<Acceptor> acceptor, std::shared_ptr<ServerCore> core) {
  AcceptLog log;
  SteadyTimer pause(core->strand);
  while (acceptor->is_open()) {
    Socket socket(core->strand);
    error_code error;
    co_await acceptor->async_accept(socket, asio::redirect_error(kAwait, error));
    if (!error) {
      if (auto placed = place(std::move(socket), *core)) admit(std::move(*placed), core);
      continue;
    }
    if (!acceptor->is_open()) break;
    if (error == asio::error::connection_aborted) continue;
    // Mostly no file descriptors: a further try at once would only burn the processor.
    core->probe.accept_failed();
    log.failed(error);
    pause.expires_after(core->options.accept_backoff);
    co_await pause.async_wait(asio::redirect_error(kAwait, error));
  }
}

Result<asio::ip::tcp::endpoint> resolve(asio::io_context& io, const std::string& host, std::uint16_t port) {
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (!error) return asio::ip::tcp::endpoint(address, port);
  asio::ip::tcp::resolver resolver(io);
  const auto found = resolver.resolve(host, std::to_string(port), asio::ip::tcp::resolver::passive, error);
  if (error || found.empty()) return invalid("cannot listen on '" + host + "': " + error.message());
  return found.begin()->endpoint();
}

std::string show(const asio::ip::tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

void finish_drain(const std::shared_ptr<ServerCore>& core) {
  core->drain_timer.cancel();
  if (auto done = std::exchange(core->drained, nullptr)) done();
}

void begin_drain(const std::shared_ptr<ServerCore>& core, UniqueFunction<void()> done) {
  core->drained = std::move(done);
  for (const auto& acceptor : core->acceptors) {
    error_code ignored;
    acceptor->close(ignored);
  }
  core->drain_timer.expires_after(core->options.drain_limit);
  core->drain_timer.async_wait([core](const error_code& error) {
    if (error) return;
    const auto left = core->connections.all();
    spdlog::warn("http: drain limit reached, {} connections are cut", left.size());
    for (const auto& connection : left) connection->cut();
    finish_drain(core);
  });
  core->connections.close([core] { asio::post(core->strand, [core] { finish_drain(core); }); });
  for (const auto& connection : core->connections.all()) connection->drain();
}

}  // namespace

bool ConnectionSet::add(Connection* connection, std::weak_ptr<Connection> handle) {
  const std::lock_guard lock(mutex_);
  if (closed_) return false;
  members_.emplace(connection, std::move(handle));
  return true;
}

void ConnectionSet::remove(Connection* connection) {
  UniqueFunction<void()> empty;
  {
    const std::lock_guard lock(mutex_);
    members_.erase(connection);
    if (members_.empty()) empty = std::exchange(on_empty_, nullptr);
  }
  if (empty) empty();
}

void ConnectionSet::close(UniqueFunction<void()> on_empty) {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    if (!members_.empty()) {
      on_empty_ = std::move(on_empty);
      return;
    }
  }
  on_empty();
}

void ConnectionSet::forget_callback() {
  UniqueFunction<void()> forgotten;
  const std::lock_guard lock(mutex_);
  closed_ = true;
  forgotten = std::exchange(on_empty_, nullptr);
}

std::vector<std::shared_ptr<Connection>> ConnectionSet::all() const {
  std::vector<std::shared_ptr<Connection>> found;
  const std::lock_guard lock(mutex_);
  for (const auto& [pointer, handle] : members_) {
    if (auto connection = handle.lock()) found.push_back(std::move(connection));
  }
  return found;
}

std::size_t ConnectionSet::size() const {
  const std::lock_guard lock(mutex_);
  return members_.size();
}

ServerCore::ServerCore(asio::io_context& io_in, HttpServerOptions options_in, HttpHandler handler_in, Random& random_in,
                       HttpProbe& probe_in, IoPlace place_in)
    : io(io_in),
      place(place_in ? std::move(place_in) : [this]() -> asio::io_context& { return io; }),
      options(std::move(options_in)),
      handler(std::move(handler_in)),
      hosts(options.allowed_hosts),
      random(random_in),
      probe(probe_in),
      strand(asio::make_strand(io_in)),
      drain_timer(strand) {}

HttpServer::HttpServer(asio::io_context& io, HttpServerOptions options, HttpHandler handler, Random& random,
                       HttpProbe* probe, IoPlace place)
    : core_(std::make_shared<ServerCore>(io, std::move(options), std::move(handler), random,
                                         probe ? *probe : null_probe(), std::move(place))) {}

HttpServer::~HttpServer() {
  core_->stopped = true;
  core_->connections.forget_callback();
  core_->drained = nullptr;
  core_->drain_timer.cancel();
  for (const auto& acceptor : core_->acceptors) {
    error_code ignored;
    acceptor->close(ignored);
  }
  for (const auto& connection : core_->connections.all()) connection->abandon();
}

Result<std::uint16_t> HttpServer::listen(const std::string& host, std::uint16_t port) {
  WAYBILL_CHECK(HostPolicy::check(core_->options.allowed_hosts));
  WAYBILL_TRY(const asio::ip::tcp::endpoint endpoint, resolve(core_->io, host, port));
  auto acceptor = std::make_shared<Acceptor>(core_->strand);
  error_code error;
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (error) return Error{ErrorCode::io, "cannot listen on " + show(endpoint) + ": " + error.message()};
  const std::uint16_t bound = acceptor->local_endpoint(error).port();
  asio::dispatch(core_->strand, [core = core_, acceptor] {
    if (core->draining) return;
    core->acceptors.push_back(acceptor);
    asio::co_spawn(core->strand, accept_loop(acceptor, core), asio::detached);
  });
  return bound;
}

void HttpServer::drain(UniqueFunction<void()> done) {
  core_->draining = true;
  asio::post(core_->strand, [core = core_, done = std::move(done)]() mutable { begin_drain(core, std::move(done)); });
}

std::size_t HttpServer::open_connections() const { return core_->connections.size(); }

}  // namespace waybill::net
