// A small SMTP server on a port of its own, without TLS: answers as the test says, and keeps what it was given.
#pragma once

#include <arpa/inet.h>
#include <functional>
#include <mutex>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace waybill::testing {

// Serves one connection after the other on one thread.
class SmtpPeer {
 public:
  static constexpr const char* kHangUp = "";
  // What to answer to a command ("" for the greeting, "." for a whole mail); nothing: what a friendly server says.
  using Answer = std::function<const char*(const std::string& command)>;

  explicit SmtpPeer(Answer answer = {}) : answer_(std::move(answer)), socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(socket_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(socket_, 8);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    thread_ = std::thread([this] {
      for (int connection = -1; (connection = ::accept(socket_, nullptr, nullptr)) >= 0; ::close(connection)) {
        {
          const std::lock_guard lock(mutex_);
          ++connections_;
          open_ = connection;
        }
        serve(connection);
        const std::lock_guard lock(mutex_);
        open_ = -1;
      }
    });
  }
  ~SmtpPeer() {
    ::shutdown(socket_, SHUT_RDWR);
    {
      const std::lock_guard lock(mutex_);
      if (open_ >= 0) ::shutdown(open_, SHUT_RDWR);
    }
    thread_.join();
    ::close(socket_);
  }

  std::vector<std::string> commands() const {
    const std::lock_guard lock(mutex_);
    return commands_;
  }
  std::vector<std::string> mails() const {  // as they were on the wire, without the dot that ends them
    const std::lock_guard lock(mutex_);
    return mails_;
  }
  int connections() const {
    const std::lock_guard lock(mutex_);
    return connections_;
  }
  std::uint16_t port = 0;

 private:
  bool say(int connection, const std::string& command, const char* friendly) {
    const char* said = answer_ ? answer_(command) : nullptr;
    const std::string reply = said ? said : friendly;
    if (reply.empty()) return false;
    const std::string line = reply + "\r\n";
    return ::send(connection, line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size());
  }

  // Empty at the end of the connection.
  std::string read_to(int connection, std::string& received, const std::string& end) const {
    std::size_t at = 0;
    while ((at = received.find(end)) == std::string::npos) {
      char piece[4096];
      const ssize_t size = ::recv(connection, piece, sizeof piece, 0);
      if (size <= 0) return "";
      received.append(piece, static_cast<std::size_t>(size));
    }
    std::string taken = received.substr(0, at + end.size());
    received.erase(0, at + end.size());
    return taken;
  }

  void serve(int connection) {
    std::string received;
    if (!say(connection, "", "220 peer")) return;
    for (std::string line; !(line = read_to(connection, received, "\r\n")).empty();) {
      line.resize(line.size() - 2);
      {
        const std::lock_guard lock(mutex_);
        commands_.push_back(line);
      }
      const bool data = line == "DATA";
      if (!say(connection, line, line.starts_with("EHLO") ? "250-peer\r\n250 SIZE" : data ? "354 go" : "250 fine"))
        return;
      if (!data || refuses(line)) continue;
      std::string mail = read_to(connection, received, "\r\n.\r\n");
      if (mail.empty()) return;
      mail.resize(mail.size() - 3);
      {
        const std::lock_guard lock(mutex_);
        mails_.push_back(std::move(mail));
      }
      if (!say(connection, ".", "250 taken")) return;
    }
  }
  bool refuses(const std::string& command) const {
    const char* said = answer_ ? answer_(command) : nullptr;
    return said && said[0] != '3';
  }

  Answer answer_;
  int socket_;
  mutable std::mutex mutex_;
  std::vector<std::string> commands_, mails_;  // guarded by mutex_
  int connections_ = 0;                        // guarded by mutex_
  int open_ = -1;                              // guarded by mutex_
  std::thread thread_;
};

}  // namespace waybill::testing
