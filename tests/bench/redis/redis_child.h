// Debian's redis-server as a child process that syncs before it answers, and redis-benchmark against it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/types.h>

namespace waybill::bench {

class RedisChild {
 public:
  // Its append-only file lies in `directory`. Throws std::runtime_error when it does not get ready.
  explicit RedisChild(const std::filesystem::path& directory);
  ~RedisChild();
  RedisChild(const RedisChild&) = delete;
  RedisChild& operator=(const RedisChild&) = delete;

  // XADD of a body of that many bytes, one at a time on each connection; answers requests a second.
  double xadd_rate(int connections, std::int64_t requests, std::size_t body_bytes) const;

 private:
  pid_t pid_ = -1;
  int port_ = 0;
};

}  // namespace waybill::bench
