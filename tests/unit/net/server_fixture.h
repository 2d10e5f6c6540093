// The real server on a free port, with plain blocking sockets for clients. A client waits for what the server does and
// never for time; its receive timeout only turns a hanging test into a failing one.
#pragma once

#include <arpa/inet.h>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "net/http_server.h"

namespace waybill::testing {

struct RawResponse {
  unsigned status = 0;  // 0: the connection ended instead
  std::string head;
  std::string body;

  std::string header(const std::string& name) const {
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const std::size_t start = at + name.size() + 4;
    return head.substr(start, head.find("\r\n", start) - start);
  }
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port, int receive_buffer = 0) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{5, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (receive_buffer > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawClient() { close(); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }
  // False when the server has closed in between.
  bool send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void finish_sending() { ::shutdown(socket_, SHUT_WR); }
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }

  void forget_buffer() { std::string().swap(buffer_); }

  RawResponse receive(bool has_body = true) {
    RawResponse response;
    std::size_t end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!read_more()) return response;
    }
    response.head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    response.status = static_cast<unsigned>(std::stoul(response.head.substr(9, 3)));
    const std::string length = response.header("Content-Length");
    const std::size_t size = has_body && !length.empty() ? std::stoul(length) : 0;
    while (buffer_.size() < size) {
      if (!read_more()) return {};
    }
    response.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return response;
  }
  // Whether the server closes cleanly (no reset, nothing more sent).
  bool sees_end() { return buffer_.empty() && !read_more() && last_error_ == 0; }
  // Whether the connection is gone, however.
  bool is_cut() {
    while (read_more()) {
    }
    return last_error_ != EAGAIN;
  }

 private:
  bool read_more() {
    char chunk[16384];
    const ssize_t size = ::recv(socket_, chunk, sizeof chunk, 0);
    last_error_ = size < 0 ? errno : 0;
    if (size <= 0) return false;
    buffer_.append(chunk, static_cast<std::size_t>(size));
    return true;
  }

  int socket_;
  bool connected_ = false;
  int last_error_ = 0;
  std::string buffer_;
};

// An event that one thread waits for and another makes happen.
class Signal {
 public:
  void raise() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  // False after 5 s.
  bool wait(int count = 1) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(5), [&] { return count_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

class CountingProbe final : public net::HttpProbe {
 public:
  void connection_opened() override { opened.raise(); }
  void connection_closed() override { closed.raise(); }
  void connection_refused() override { refused.raise(); }
  void accept_failed() override { accept_failures.raise(); }
  void request_refused(unsigned status) override { last_refusal = status; }

  Signal opened, closed, refused, accept_failures;
  std::atomic<unsigned> last_refusal{0};
};

class TestServer {
 public:
  explicit TestServer(net::HttpHandler handler, net::HttpServerOptions options = {}, int threads = 2)
      : guard_(io.get_executor()), server(std::in_place, io, std::move(options), std::move(handler), random_, &probe) {
    const auto listening = server->listen("127.0.0.1", 0);
    port = listening ? *listening : std::uint16_t{0};
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { io.run(); });
  }
  ~TestServer() { stop(); }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  // As the daemon does it: threads end first, then the server goes, then the io_context.
  void stop() {
    guard_.reset();
    io.stop();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    server.reset();
  }

 private:
  SystemRandom random_;

 public:
  CountingProbe probe;
  boost::asio::io_context io;

 private:
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;

 public:
  std::optional<net::HttpServer> server;
  std::uint16_t port = 0;

 private:
  std::vector<std::thread> threads_;
};

inline net::HttpResponse text_response(std::string body) {
  net::HttpResponse response;
  response.content_type = "text/plain";
  response.body = std::move(body);
  return response;
}

// Answers with what it got: method, target and body.
inline void echo(net::HttpRequest request, net::Reply reply) {
  reply(text_response(request.method + " " + request.target + " " + request.body));
}

// A handler that keeps its latest reply.
struct Held {
  net::HttpHandler handler() {
    return [this](net::HttpRequest, net::Reply given) {
      reply = std::move(given);
      arrived.raise();
    };
  }
  net::Reply reply;
  Signal arrived;
};

inline std::string get(const std::string& target, const std::string& headers = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
}

inline std::string post(const std::string& body, const std::string& headers = "") {
  return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + headers +
         "\r\n" + body;
}

}  // namespace waybill::testing
