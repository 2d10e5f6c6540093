#include "redis/bare_loop.h"

#include <arpa/inet.h>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <netinet/tcp.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace waybill::bench {

namespace {

constexpr off_t kFileBytes = 8 << 20;
constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: 85\r\n\r\n"
    R"({"FailedEntryCount":0,"Entries":[{"EventId":"00000000-0000-7000-8000-000000000000"}]})";

void require(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("bare loop: ") + what + ": " + std::strerror(errno));
}

class Loop {
 public:
  Loop(int listener, const std::filesystem::path& file) : listener_(listener), poll_(::epoll_create1(0)) {
    file_ = ::open(file.c_str(), O_CREAT | O_RDWR | O_TRUNC, 0600);
    const std::string zeros(1 << 20, '\0');
    for (off_t at = 0; at < kFileBytes; at += static_cast<off_t>(zeros.size())) {
      require(::pwrite(file_, zeros.data(), zeros.size(), at) > 0, "write");
    }
    require(::fsync(file_) == 0, "fsync");
    watch(nullptr, listener_);
  }

  [[noreturn]] void run() {
    epoll_event events[64];
    while (true) {
      const int count = ::epoll_wait(poll_, events, 64, -1);
      for (int i = 0; i < count; ++i) {
        if (auto* client = static_cast<Client*>(events[i].data.ptr)) {
          receive(*client);
        } else {
          accept();
        }
      }
      if (!waiting_.empty()) answer();
    }
  }

 private:
  struct Client {
    int socket;
    std::string received;
  };

  void watch(Client* client, int descriptor) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = client;
    require(::epoll_ctl(poll_, EPOLL_CTL_ADD, descriptor, &event) == 0, "epoll");
  }

  void accept() {
    const int socket = ::accept(listener_, nullptr, nullptr);
    require(socket >= 0, "accept");
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    clients_.push_back(std::make_unique<Client>(Client{socket, ""}));
    watch(clients_.back().get(), socket);
  }

  void receive(Client& client) {
    char buffer[16384];
    const ssize_t got = ::recv(client.socket, buffer, sizeof buffer, 0);
    if (got <= 0) {
      ::close(client.socket);  // takes it out of the poll set
      return;
    }
    client.received.append(buffer, static_cast<std::size_t>(got));
    const std::size_t head = client.received.find("\r\n\r\n");
    if (head == std::string::npos) return;
    const char* length = ::strcasestr(client.received.c_str(), "content-length:");
    const std::size_t body = length ? std::strtoul(length + 15, nullptr, 10) : 0;
    if (client.received.size() < head + 4 + body) return;
    record_.append(client.received, head + 4, body);
    client.received.clear();
    waiting_.push_back(client.socket);
  }

  void answer() {
    if (end_ + static_cast<off_t>(record_.size()) > kFileBytes) end_ = 0;
    require(::pwrite(file_, record_.data(), record_.size(), end_) > 0, "write");
    require(::fdatasync(file_) == 0, "fdatasync");
    end_ += static_cast<off_t>(record_.size());
    record_.clear();
    for (int socket : waiting_) (void)::send(socket, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
    waiting_.clear();
  }

  const int listener_;
  const int poll_;
  int file_ = -1;
  off_t end_ = 0;
  std::string record_;
  std::vector<int> waiting_;
  std::vector<std::unique_ptr<Client>> clients_;
};

}  // namespace

BareLoop::BareLoop(const std::filesystem::path& directory) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* plain = reinterpret_cast<sockaddr*>(&address);
  require(::bind(listener, plain, size) == 0 && ::listen(listener, 128) == 0, "listen");
  require(::getsockname(listener, plain, &size) == 0, "getsockname");
  port_ = ntohs(address.sin_port);
  pid_ = ::fork();
  require(pid_ >= 0, "fork");
  if (pid_ > 0) {
    ::close(listener);
    return;
  }
  try {
    Loop(listener, directory / "bare-loop").run();
  } catch (const std::exception& error) {
    (void)!::write(2, error.what(), std::strlen(error.what()));
  }
  ::_exit(1);
}

BareLoop::~BareLoop() {
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

}  // namespace waybill::bench
