#include "delivery/crash_signals.h"

#include <csignal>
#include <cstdlib>
#include <vector>

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

}  // namespace

void flag_crashes_in(CrashFlag* flag) {
  static thread_local const SignalStack stack;
  crash_flag = flag;
}

// SA_RESETHAND: what raised the signal raises it again when this returns, and then ends the process as usual, with its
// core dump.
void note_crashes() {
  struct sigaction action {};
  action.sa_handler = [](int) { flag_crash(); };
  action.sa_flags = static_cast<int>(SA_ONSTACK | SA_RESETHAND);
  ::sigemptyset(&action.sa_mask);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) ::sigaction(signal, &action, nullptr);
  std::atexit([] { flag_crash(); });
}

}  // namespace waybill::delivery
