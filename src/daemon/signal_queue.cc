#include "daemon/signal_queue.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utility>

namespace waybill {

namespace {

constexpr int kImpatientExitCode = 130;  // what shells show of a process that Ctrl-C ended

}  // namespace

Result<SignalQueue> SignalQueue::take() {
  sigset_t set;
  ::sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&set, signal);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  const int signals = ::signalfd(-1, &set, SFD_CLOEXEC);
  const int wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  SignalQueue queue(signals, wake);
  if (signals < 0 || wake < 0) return Error{ErrorCode::io, std::string("signalfd: ") + std::strerror(errno)};
  return queue;
}

SignalQueue::SignalQueue(SignalQueue&& other) noexcept
    : signals_(std::exchange(other.signals_, -1)), wake_(std::exchange(other.wake_, -1)) {}

SignalQueue::~SignalQueue() {
  if (signals_ >= 0) ::close(signals_);
  if (wake_ >= 0) ::close(wake_);
}

int SignalQueue::wait() {
  for (;;) {
    std::array<pollfd, 2> files{{{wake_, POLLIN, 0}, {signals_, POLLIN, 0}}};
    if (::poll(files.data(), files.size(), -1) < 0 && errno != EINTR) return SIGTERM;
    std::uint64_t count = 0;
    if ((files[0].revents & POLLIN) != 0 && ::read(wake_, &count, sizeof count) > 0) return kWoken;
    signalfd_siginfo info{};
    if ((files[1].revents & POLLIN) != 0 && ::read(signals_, &info, sizeof info) == sizeof info) {
      return static_cast<int>(info.ssi_signo);
    }
  }
}

void SignalQueue::wake() const {
  const std::uint64_t one = 1;
  // It cannot fail but when the count is at its limit, and then the waiter wakes anyway.
  [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
}

ImpatientExit::ImpatientExit(SignalQueue& signals)
    : signals_(signals), thread_([&signals] {
        for (int signal = signals.wait(); signal != SignalQueue::kWoken; signal = signals.wait()) {
          if (signal != SIGHUP) std::_Exit(kImpatientExitCode);
        }
      }) {}

ImpatientExit::~ImpatientExit() {
  signals_.wake();
  thread_.join();
}

}  // namespace waybill
