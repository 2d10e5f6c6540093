// The real daemon as a child process with a fresh data directory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/types.h>

namespace waybill::bench {

struct Usage {
  double cpu_seconds = 0;          // user and system
  std::int64_t anonymous_kib = 0;  // resident, anonymous
};

class DaemonChild {
 public:
  // Throws std::runtime_error when it does not get ready.
  DaemonChild(const std::string& binary, const std::string& rules, const std::filesystem::path& data_dir);
  ~DaemonChild();
  DaemonChild(const DaemonChild&) = delete;
  DaemonChild& operator=(const DaemonChild&) = delete;

  std::uint16_t port() const { return port_; }
  double ready_ms() const { return ready_ms_; }
  Usage usage() const;
  // SIGTERM, and waits for the end.
  void stop();

 private:
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
  double ready_ms_ = 0;
};

// Value of an unlabelled metric, or the sum over the labels that contain `label`.
double metric(std::uint16_t port, const std::string& name, const std::string& label = "");

}  // namespace waybill::bench
