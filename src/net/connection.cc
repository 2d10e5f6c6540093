#include "net/connection.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include "base/log.h"
#include "net/url.h"

namespace waybill::net {

namespace {

using boost::system::error_code;

constexpr std::size_t kMinRead = 4 * 1024;
constexpr std::size_t kMaxRead = 64 * 1024;
// What a connection keeps between requests, for each direction.
constexpr std::size_t kMaxKept = 32 * 1024;
// Larger bodies are written from where they are, without a copy behind the header.
constexpr std::size_t kMaxCopiedBody = 16 * 1024;
constexpr std::size_t kMaxShownName = 200;

std::string_view text_of(const boost::beast::flat_buffer& buffer) {
  return {static_cast<const char*>(buffer.data().data()), buffer.size()};
}

std::string address_of(const asio::ip::tcp::endpoint& endpoint) { return endpoint.address().to_string(); }

}  // namespace

Connection::Connection(Socket socket, std::shared_ptr<ServerCore> core)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      core_(std::move(core)),
      gate_(std::make_shared<ReplyGate>(socket_.get_executor(), socket_.native_handle())),
      parser_({core_->options.max_header_bytes, core_->options.max_body_bytes}),
      tick_(std::min({core_->options.read_deadline, core_->options.idle_deadline, core_->options.write_deadline})) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  remote_ = address_of(socket_.remote_endpoint(ignored));
  local_ = address_of(socket_.local_endpoint(ignored));
}

Connection::~Connection() {
  gate_->detach();
  leave();
}

void Connection::leave() {
  if (std::exchange(is_member_, false)) core_->connections.remove(this);
}

void Connection::start() {
  is_member_ = core_->connections.add(this, weak_from_this());
  if (!is_member_) return;  // draining: the socket closes with this object
  core_->probe.connection_opened();
  asio::co_spawn(socket_.get_executor(), run(shared_from_this()),
                 [self = shared_from_this()](std::exception_ptr error) {
                   if (!error) return;
                   spdlog::error("http: a connection from {} ended by an exception", self->remote_);
                   self->close();
                   self->leave();
                 });
}

void Connection::drain() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    const bool written = self->phase_ == Phase::waiting && self->gate_->stop_direct();
    if (self->phase_ != Phase::idle && !written) return;
    self->expired_ = true;
    error_code ignored;
    self->socket_.cancel(ignored);
  });
}

void Connection::cut() {
  asio::post(socket_.get_executor(), [self = shared_from_this()] {
    self->gate_->close();
    self->close();
  });
}

void Connection::abandon() {
  const auto forgotten = std::exchange(resume_, nullptr);
  close();
  gate_->detach();
}

void Connection::answered() {
  if (awaits_answer_) resume();
}

Task<void> Connection::pause() {
  return asio::async_initiate<const asio::use_awaitable_t<Strand>&, void()>(
      [this](auto handler) { resume_ = [h = std::move(handler)]() mutable { std::move(h)(); }; }, kAwait);
}

void Connection::resume() {
  if (auto go_on = std::exchange(resume_, nullptr)) go_on();
}

void Connection::begin_read(std::size_t at_most) {
  reading_ = true;
  socket_.async_read_some(
      input_.prepare(at_most),
      [self = shared_from_this()](const error_code& error, std::size_t size) { self->on_read(error, size); });
}

void Connection::on_read(const error_code& error, std::size_t size) {
  reading_ = false;
  read_done_ = {error, size};
  // Without an answer yet, that one will go on with the coroutine.
  if (!awaits_answer_ || gate_->stop_direct()) resume();
}

std::size_t Connection::end_read(error_code& error) {
  const ReadDone done = *std::exchange(read_done_, std::nullopt);
  error = done.error;
  input_.commit(done.size);
  return done.size;
}

// The parameter keeps the connection alive as long as the coroutine is.
Task<void> Connection::run([[maybe_unused]] std::shared_ptr<Connection> self) {
  enter(Phase::idle, std::chrono::steady_clock::now() + core_->options.idle_deadline);
  for (bool go_on = true; go_on && !cut_;) {
    std::size_t taken = 0;
    const auto progress = parser_.feed(text_of(input_), taken);
    input_.consume(taken);
    switch (progress) {
      case RequestParser::Progress::need_more: go_on = co_await fill(); break;
      case RequestParser::Progress::head: go_on = co_await judge_head(); break;
      case RequestParser::Progress::complete: go_on = co_await serve_request(); break;
      case RequestParser::Progress::failed: {
        const auto failure = parser_.failure();
        go_on = co_await refuse(failure.status, failure.code, failure.message);
        break;
      }
    }
  }
  co_await finish();
  leave();
  if (!core_->stopped) core_->probe.connection_closed();
}

// Reads some bytes, after everything that waits to be written is out. False: no further request.
Task<bool> Connection::fill() {
  if (!output_.empty() && !co_await flush()) co_return false;
  const bool idle = !parser_.started();
  if (idle && core_->draining) co_return false;
  if (idle) {
    if (phase_ != Phase::idle) {
      if (!reading_ && !read_done_) shrink();
      enter(Phase::idle, std::chrono::steady_clock::now() + core_->options.idle_deadline);
    }
  } else {
    if (read_deadline_ == Time{}) read_deadline_ = std::chrono::steady_clock::now() + core_->options.read_deadline;
    enter(Phase::reading, read_deadline_);
  }
  error_code error = asio::error::operation_aborted;
  if (!expired_) {
    if (!reading_ && !read_done_) begin_read(room_);
    if (reading_) co_await pause();
    const std::size_t size = end_read(error);
    // A client that sends much gets larger reads, until its connection is idle again.
    if (size == room_) room_ = std::min(room_ * 4, kMaxRead);
  }
  if (!error) co_return true;
  if (idle || cut_) co_return false;
  if (expired_) {
    co_return co_await refuse(
        408, "RequestTimeout",
        "The request was not received whole within " + std::to_string(core_->options.read_deadline.count()) + " ms.");
  }
  if (error != asio::error::eof) {
    broken_ = true;
    co_return false;
  }
  const auto failure = parser_.truncated();
  co_return co_await refuse(failure.status, failure.code, failure.message);
}

// "" when the request may be served.
std::string Connection::forbidden_reason(const HttpRequest& request) {
  const auto refusal = [](std::string_view header, std::string_view value) {
    return std::string(header) + " '" + std::string(value.substr(0, kMaxShownName)) +
           "' is not served here. If it should be, add its host name to the setting allowed_hosts.";
  };
  const std::string_view authority = split_target(request.target).authority;
  if (!authority.empty() && !core_->hosts.allows_host(authority, local_)) return refusal("Host", authority);
  const std::string_view host = request.header("Host");
  const bool has_host = request.headers.count("Host") > 0;
  if (has_host && (host.empty() || host != trusted_host_)) {
    if (!core_->hosts.allows_host(host, local_)) return refusal("Host", host);
    trusted_host_ = host;
  }
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    const auto field = request.headers.at(i);
    if (!equals_ignoring_case(field.name, "Origin")) continue;
    if (!core_->hosts.allows_origin(field.value, local_)) return refusal("Origin", field.value);
  }
  return {};
}

// The checks that need no body, so that a refused client need not send it.
Task<bool> Connection::judge_head() {
  const HttpRequest& request = parser_.request();
  const std::size_t hosts = request.headers.count("Host");
  if (hosts > 1 || (hosts == 0 && request.version >= 11)) {
    co_return co_await refuse(400, "BadRequest", "An HTTP/1.1 request must have exactly one Host header.");
  }
  if (const std::string reason = forbidden_reason(request); !reason.empty()) {
    co_return co_await refuse(403, "Forbidden", reason);
  }
  // Whoever has begun to send the body does not wait for leave.
  if (parser_.expects_continue() && input_.size() == 0) {
    output_ += "HTTP/1.1 100 Continue\r\n\r\n";
  }
  co_return true;
}

void Connection::hand_out(HttpRequest request) {
  try {
    core_->handler(std::move(request), Reply(gate_));
  } catch (const std::exception& error) {
    // The reply was destroyed on the way here, which settled the gate.
    spdlog::error("http: request {} failed: {}", request_id_, error.what());
  } catch (...) {
    spdlog::error("http: request {} failed with an unknown exception", request_id_);
  }
}

Task<bool> Connection::serve_request() {
  HttpRequest request = parser_.take();
  read_deadline_ = Time{};
  request.request_id = uuid_v4(core_->random);
  request.remote = remote_;
  request_id_ = request.request_id;
  const bool head_only = request.method == "HEAD";
  ResponseFrame frame{request_id_, request.keep_alive, request.version};
  if (core_->stopped) co_return false;
  gate_->arm();
  // The handler has its own notion of time; until it answers, the connection has no deadline.
  enter(Phase::waiting, Time::max());
  hand_out(std::move(request));
  if (!gate_->settled()) {
    if (!output_.empty() && !co_await flush()) co_return false;
    enter(Phase::waiting, Time::max());
    const bool alone = frame.keep_alive && input_.size() == 0;
    if (alone) {
      shrink();
      begin_read(room_);
    }
    gate_->wait(shared_from_this(), alone && !head_only ? std::optional(frame) : std::nullopt);
    awaits_answer_ = true;
    co_await pause();
    awaits_answer_ = false;
  }
  if (cut_) co_return false;
  auto [response, written, rest] = gate_->collect();
  if (written) {
    output_ += rest;
    co_return true;
  }
  if (!response) {
    response = core_->options.error_response(500, "InternalFailure", "The request failed inside the server.", nullptr);
  }
  frame.keep_alive = frame.keep_alive && !response->close && !core_->draining;
  append_head(output_, *response, frame);
  const bool has_body = !head_only && status_has_body(response->status);
  if (has_body && response->body.size() > kMaxCopiedBody) {
    if (!co_await flush(response->body)) co_return false;
  } else if (has_body) {
    output_ += response->body;
  }
  // Answers to pipelined requests leave together, but not without bound.
  if (output_.size() > kMaxKept && !co_await flush()) co_return false;
  co_return frame.keep_alive;
}

// Answers an error that the server found itself. Always the connection's last answer.
Task<bool> Connection::refuse(unsigned status, std::string_view code, std::string message) {
  unread_ = true;
  core_->probe.request_refused(status);
  request_id_ = uuid_v4(core_->random);
  const HttpRequest* request = parser_.started() ? &parser_.request() : nullptr;
  const HttpResponse response = core_->options.error_response(status, code, message, request);
  append_head(output_, response, {request_id_, false, 11});
  if (!request || request->method != "HEAD") output_ += response.body;
  co_return false;
}

// Writes output_ and then body. Mostly the kernel takes all at once, without a turn through the event loop.
Task<bool> Connection::flush(std::string_view body) {
  std::array<asio::const_buffer, 2> buffers{asio::buffer(output_), asio::buffer(body)};
  error_code error;
  expired_ = false;
  // One buffer goes out by a cheaper call than two.
  const std::size_t written = body.empty() ? socket_.write_some(buffers[0], error) : socket_.write_some(buffers, error);
  const std::size_t total = output_.size() + body.size();
  if (error == asio::error::would_block) error = {};
  if (!error && written < total) {
    enter(Phase::writing, std::chrono::steady_clock::now() + core_->options.write_deadline);
    const std::size_t of_output = std::min(written, output_.size());
    buffers[0] += of_output;
    buffers[1] += written - of_output;
    co_await asio::async_write(socket_, buffers, asio::redirect_error(kAwait, error));
  }
  output_.clear();
  if (error || expired_) broken_ = true;
  co_return !broken_;
}

Task<void> Connection::finish() {
  if (!output_.empty() && !broken_) co_await flush();
  error_code error;
  if (!broken_ && (unread_ || input_.size() > 0 || socket_.available(error) > 0)) {
    socket_.shutdown(Socket::shutdown_send, error);
    enter(Phase::lingering, std::chrono::steady_clock::now() + core_->options.linger_deadline);
    input_.clear();
    for (std::size_t left = core_->options.linger_bytes; !error && !expired_ && left > 0;) {
      if (!reading_ && !read_done_) begin_read(std::min(left, kMaxRead));
      if (reading_) co_await pause();
      const std::size_t size = end_read(error);
      input_.consume(size);
      left -= std::min(left, size);
    }
  }
  close();
}

void Connection::close() {
  error_code ignored;
  cut_ = true;
  broken_ = true;
  gate_->let_go();
  socket_.close(ignored);
  timer_.cancel();
}

void Connection::shrink() {
  if (input_.capacity() > kMaxKept && input_.size() <= kMinRead) {
    input_.shrink_to_fit();
    room_ = kMinRead;
  }
  if (output_.capacity() > kMaxKept) std::string().swap(output_);
}

void Connection::enter(Phase phase, Time deadline) {
  phase_ = phase;
  deadline_ = deadline;
  expired_ = false;
  if (deadline_ < wake_up_) watch(std::chrono::steady_clock::now());
}

void Connection::watch(Time now) {
  wake_up_ = std::min(deadline_, now + tick_);
  timer_.expires_at(wake_up_);
  timer_.async_wait([self = shared_from_this()](const error_code& error) {
    if (!error && !self->cut_) self->on_tick();
  });
}

void Connection::on_tick() {
  const Time now = std::chrono::steady_clock::now();
  if (phase_ == Phase::waiting) {
    if (const auto written = gate_->stop_direct()) enter(Phase::idle, *written + core_->options.idle_deadline);
  }
  if (now >= deadline_) {
    expired_ = true;
    deadline_ = Time::max();
    error_code ignored;
    socket_.cancel(ignored);
  }
  watch(now);
}

}  // namespace waybill::net
