#include "ingest/daemon_child.h"

#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <signal.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "net/http_client.h"

namespace waybill::bench {

DaemonChild::DaemonChild(const std::string& binary, const std::string& rules, const std::filesystem::path& data_dir) {
  const std::string port_file = data_dir / "port";
  const std::string data = data_dir / "data";
  const auto began = std::chrono::steady_clock::now();
  pid_ = ::fork();
  if (pid_ == 0) {
    const int log = ::open((data_dir / "log").c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
    ::dup2(log, 2);
    ::execl(binary.c_str(), binary.c_str(), "serve", "--listen", "127.0.0.1:0", "--data-dir", data.c_str(), "--rules",
            rules.c_str(), "--port-file", port_file.c_str(), nullptr);
    ::_exit(127);
  }
  while (port_ == 0) {
    if (std::chrono::steady_clock::now() - began > std::chrono::seconds{20} || ::waitpid(pid_, nullptr, WNOHANG) != 0) {
      throw std::runtime_error("the daemon did not get ready; see " + (data_dir / "log").string());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
    std::ifstream(port_file) >> port_;
  }
  ready_ms_ = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
}

DaemonChild::~DaemonChild() { stop(); }

void DaemonChild::stop() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

Usage DaemonChild::usage() const {
  Usage usage;
  std::ifstream stat("/proc/" + std::to_string(pid_) + "/stat");
  std::string word;
  double ticks = 0;
  for (int field = 1; stat >> word && field <= 15; ++field) {
    if (field == 14 || field == 15) ticks += std::stod(word);
  }
  usage.cpu_seconds = ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) usage.anonymous_kib = std::stoll(line.substr(8));
  }
  return usage;
}

double metric(std::uint16_t port, const std::string& name, const std::string& label) {
  net::HttpCall call;
  call.method = "GET";
  call.url = "http://127.0.0.1:" + std::to_string(port) + "/metrics";
  const auto answer = net::http_call(call);
  if (!answer) throw std::runtime_error(answer.error().message);
  double sum = 0;
  std::istringstream lines(answer->body);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(name) || line.size() <= name.size()) continue;
    const char after = line[name.size()];
    if ((after != ' ' && after != '{') || line.find(label) == std::string::npos) continue;
    sum += std::stod(line.substr(line.rfind(' ') + 1));
  }
  return sum;
}

}  // namespace waybill::bench
