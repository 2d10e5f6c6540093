#include "ingest/load_client.h"

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstring>
#include <memory>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace waybill::bench {

namespace {

using Clock = std::chrono::steady_clock;

std::string request_text(int entries, std::int64_t number) {
  std::string body = R"({"Entries":[)";
  for (int i = 0; i < entries; ++i) {
    const std::string id = std::to_string(number + i);
    if (i > 0) body += ",";
    body += R"({"Source":"logistics.shipment","DetailType":"Shipment Created","EventBusName":"logistics-events-dev",)"
            R"("Detail":"{\"shipment_id\":\"SHIP-)" +
            id +
            R"(\",\"status\":\"pending\",\"metadata\":{\"origin\":\"New York\",\"destination\":\"Los Angeles\",)"
            R"(\"carrier\":\"FastShip\",\"estimated_days\":3}}"})";
  }
  body += "]}";
  return "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\n"
         "X-Amz-Target: AWSEvents.PutEvents\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

class Connection {
 public:
  explicit Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("connect failed");
    }
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { ::close(socket_); }

  void send(const std::string& text) {
    answer_.clear();
    sent_at_ = Clock::now();
    for (std::size_t at = 0; at < text.size();) {
      const ssize_t written = ::send(socket_, text.data() + at, text.size() - at, MSG_NOSIGNAL);
      if (written <= 0) throw std::runtime_error("send failed");
      at += static_cast<std::size_t>(written);
    }
  }

  // True when the answer is whole.
  bool receive() {
    char buffer[16384];
    const ssize_t got = ::recv(socket_, buffer, sizeof buffer, 0);
    if (got <= 0) throw std::runtime_error("the daemon closed a connection");
    answer_.append(buffer, static_cast<std::size_t>(got));
    const std::size_t head = answer_.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    const char* length = ::strcasestr(answer_.c_str(), "content-length:");
    if (!length) throw std::runtime_error("an answer without a length");
    return answer_.size() >= head + 4 + std::strtoul(length + 15, nullptr, 10);
  }

  bool good() const {
    return answer_.compare(9, 3, "200") == 0 && answer_.find("\"FailedEntryCount\":0") != std::string::npos;
  }
  double milliseconds() const { return std::chrono::duration<double, std::milli>(Clock::now() - sent_at_).count(); }
  int socket() const { return socket_; }

 private:
  int socket_;
  std::string answer_;
  Clock::time_point sent_at_;
};

double percentile(std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(share * static_cast<double>(sorted.size())))];
}

}  // namespace

LoadResult drive(const LoadPlan& plan) {
  const int poll = ::epoll_create1(0);
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < plan.connections; ++i) {
    connections.push_back(std::make_unique<Connection>(plan.port));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = connections.back().get();
    ::epoll_ctl(poll, EPOLL_CTL_ADD, connections.back()->socket(), &event);
  }
  LoadResult result;
  std::vector<double> latencies;
  std::int64_t sent = 0;
  int waiting = 0;
  const auto began = Clock::now();
  const auto next = [&](Connection& connection) {
    if (sent >= plan.events) return;
    connection.send(request_text(plan.entries_per_request, sent));
    sent += plan.entries_per_request;
    ++waiting;
  };
  for (auto& connection : connections) next(*connection);
  while (waiting > 0) {
    epoll_event events[64];
    const int count = ::epoll_wait(poll, events, 64, 10'000);
    if (count <= 0) throw std::runtime_error("no answer within ten seconds");
    for (int i = 0; i < count; ++i) {
      auto& connection = *static_cast<Connection*>(events[i].data.ptr);
      if (!connection.receive()) continue;
      --waiting;
      latencies.push_back(connection.milliseconds());
      if (connection.good()) {
        result.acknowledged += plan.entries_per_request;
      } else {
        ++result.refused;
      }
      next(connection);
    }
  }
  result.seconds = std::chrono::duration<double>(Clock::now() - began).count();
  ::close(poll);
  std::sort(latencies.begin(), latencies.end());
  result.p50_ms = percentile(latencies, 0.50);
  result.p99_ms = percentile(latencies, 0.99);
  return result;
}

}  // namespace waybill::bench
