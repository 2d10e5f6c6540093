#include "redis/redis_child.h"

#include <arpa/inet.h>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <signal.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace waybill::bench {

namespace {

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// redis-server takes no port 0 for "any".
int free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(probe, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("there is no free port");
  }
  ::close(probe);
  return ntohs(address.sin_port);
}

bool answers(int port) {
  const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(port);
  const bool connected = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(probe);
  return connected;
}

std::string output_of(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  if (!pipe) throw std::runtime_error("cannot run " + command);
  std::string output;
  char buffer[4096];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, got);
  if (::pclose(pipe) != 0) throw std::runtime_error("redis-benchmark failed: " + output);
  return output;
}

}  // namespace

RedisChild::RedisChild(const std::filesystem::path& directory) : port_(free_port()) {
  pid_ = ::fork();
  if (pid_ == 0) {
    const int log = ::open((directory / "redis.log").c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
    ::dup2(log, 1);
    ::execlp("redis-server", "redis-server", "--port", std::to_string(port_).c_str(), "--bind", "127.0.0.1",
             "--appendonly", "yes", "--appendfsync", "always", "--save", "", "--dir", directory.c_str(), nullptr);
    ::_exit(127);
  }
  const auto began = std::chrono::steady_clock::now();
  while (!answers(port_)) {
    if (std::chrono::steady_clock::now() - began > std::chrono::seconds{20} || ::waitpid(pid_, nullptr, WNOHANG) != 0) {
      throw std::runtime_error("redis-server did not get ready; see " + (directory / "redis.log").string());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

RedisChild::~RedisChild() {
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
}

double RedisChild::xadd_rate(int connections, std::int64_t requests, std::size_t body_bytes) const {
  const std::string output = output_of("redis-benchmark --csv -h 127.0.0.1 -p " + std::to_string(port_) + " -c " +
                                       std::to_string(connections) + " -n " + std::to_string(requests) +
                                       " XADD events '*' event " + std::string(body_bytes, 'x'));
  // "command","requests a second","average latency",…: the last line.
  const std::size_t line = output.rfind('\n', output.size() - 2) + 1;
  const std::size_t rate = output.find("\",\"", line);
  if (rate == std::string::npos) throw std::runtime_error("redis-benchmark printed no rate: " + output);
  return std::stod(output.substr(rate + 3));
}

}  // namespace waybill::bench
