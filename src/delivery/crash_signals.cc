#include "delivery/crash_signals.h"

#include <csignal>
#include <cstdlib>
#include <unistd.h>
#include <vector>

#include <spdlog/spdlog.h>

#include "delivery/crash_log.h"

namespace waybill::delivery {

namespace {

// Read by signal handlers on its own thread only.
thread_local CrashFlag* crash_flag = nullptr;

// A handler that recurses without end leaves no stack for a signal handler to run on.
class SignalStack {
 public:
  SignalStack() : memory_(kBytes) {
    stack_t stack{};
    stack.ss_sp = memory_.data();
    stack.ss_size = memory_.size();
    ::sigaltstack(&stack, nullptr);
  }
  ~SignalStack() {
    stack_t stack{};
    stack.ss_flags = SS_DISABLE;
    ::sigaltstack(&stack, nullptr);
  }

 private:
  static constexpr std::size_t kBytes = 64 * 1024;
  std::vector<char> memory_;
};

void flag_crash() {
  if (crash_flag) crash_flag->store(1);
}

// Flags first, and only then lets the signal end the process: with SA_RESETHAND a second thread that crashes meanwhile
// could end it before the flag is set. The instruction that raised the signal raises it again when this returns. A
// signal that was sent (si_code up to 0), by raise() for one, has no such instruction: it is sent once more.
void end_with_flag(int signal, siginfo_t* info, void*) {
  flag_crash();
  std::signal(signal, SIG_DFL);
  if (info->si_code <= 0) std::raise(signal);
}

// exit() runs the destructors of what the other threads go on using. And 0 would tell a service manager that the daemon
// was done.
void end_at_once(int status, void*) {
  if (!crash_flag) return;  // the daemon itself ends
  flag_crash();
  spdlog::critical("a handler called exit({}), which ends the daemon", status);
  spdlog::default_logger()->flush();
  ::_exit(status == 0 ? EXIT_FAILURE : status);
}

}  // namespace

void flag_crashes_in(CrashFlag* flag) {
  static thread_local const SignalStack stack;
  crash_flag = flag;
}

void note_crashes() {
  struct sigaction action {};
  action.sa_sigaction = end_with_flag;
  action.sa_flags = static_cast<int>(SA_ONSTACK | SA_SIGINFO);
  ::sigemptyset(&action.sa_mask);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) ::sigaction(signal, &action, nullptr);
  ::on_exit(end_at_once, nullptr);
}

}  // namespace waybill::delivery
