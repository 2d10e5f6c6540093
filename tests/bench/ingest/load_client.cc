#include "ingest/load_client.h"

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <cstring>
#include <memory>
#include <netinet/tcp.h>
#include <optional>
#include <stdexcept>
#include <sys/epoll.h>
#include <sys/prctl.h>
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

  // Its latency counts from `due`.
  void send(const std::string& text, Clock::time_point due) {
    answer_.clear();
    sent_at_ = due;
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

class Load {
 public:
  explicit Load(const LoadPlan& plan) : plan_(plan), poll_(::epoll_create1(0)) {
    for (int i = 0; i < plan.connections; ++i) {
      connections_.push_back(std::make_unique<Connection>(plan.port));
      epoll_event event{};
      event.events = EPOLLIN;
      event.data.ptr = connections_.back().get();
      ::epoll_ctl(poll_, EPOLL_CTL_ADD, connections_.back()->socket(), &event);
      idle_.push_back(connections_.back().get());
    }
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;
  ~Load() { ::close(poll_); }

  LoadResult run() {
    // Else a paced request leaves up to 0.05 ms late, which would count as the daemon's.
    ::prctl(PR_SET_TIMERSLACK, 1);
    began_ = Clock::now();
    while (true) {
      const auto next_send = send_what_is_due();
      if (sent_ >= plan_.events && idle_.size() == connections_.size()) break;
      wait_until(next_send);
    }
    result_.seconds = std::chrono::duration<double>(Clock::now() - began_).count();
    std::sort(latencies_.begin(), latencies_.end());
    result_.p50_ms = percentile(latencies_, 0.50);
    result_.p99_ms = percentile(latencies_, 0.99);
    return result_;
  }

 private:
  // When the next request is due; none while that depends on an answer.
  std::optional<Clock::time_point> send_what_is_due() {
    while (sent_ < plan_.events && !idle_.empty()) {
      const auto now = Clock::now();
      const auto due = plan_.paced_rate > 0 ? due_time() : now;
      if (due > now) return due;
      idle_.back()->send(request_text(plan_.entries_per_request, sent_), due);
      idle_.pop_back();
      sent_ += plan_.entries_per_request;
    }
    return std::nullopt;
  }

  Clock::time_point due_time() const {
    const double number = static_cast<double>(sent_) / plan_.entries_per_request;
    return began_ +
           std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(number / plan_.paced_rate));
  }

  void wait_until(std::optional<Clock::time_point> next_send) {
    constexpr std::chrono::nanoseconds kMostPatience = std::chrono::seconds{10};
    const auto wait = next_send ? std::max<std::chrono::nanoseconds>(*next_send - Clock::now(), {}) : kMostPatience;
    const timespec timeout{static_cast<time_t>(wait.count() / 1'000'000'000), wait.count() % 1'000'000'000};
    epoll_event events[64];
    const int count = ::epoll_pwait2(poll_, events, 64, &timeout, nullptr);
    if (count < 0 || (count == 0 && !next_send)) throw std::runtime_error("no answer within ten seconds");
    for (int i = 0; i < count; ++i) receive(*static_cast<Connection*>(events[i].data.ptr));
  }

  void receive(Connection& connection) {
    if (!connection.receive()) return;
    idle_.push_back(&connection);
    latencies_.push_back(connection.milliseconds());
    if (connection.good()) {
      result_.acknowledged += plan_.entries_per_request;
    } else {
      ++result_.refused;
    }
  }

  const LoadPlan plan_;
  const int poll_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<Connection*> idle_;
  std::vector<double> latencies_;
  Clock::time_point began_;
  std::int64_t sent_ = 0;
  LoadResult result_;
};

}  // namespace

LoadResult drive(const LoadPlan& plan) { return Load(plan).run(); }

}  // namespace waybill::bench
