#include "delivery/crash_log.h"

#include <csignal>
#include <cstdlib>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "support/temp_dir.h"

namespace waybill::delivery {

namespace {

std::unique_ptr<CrashLog> open_log(const std::string& file) {
  auto log = CrashLog::open(file);
  REQUIRE(log.has_value());
  return std::move(*log);
}

// Runs `end` in a process of its own that has the deliveries under way, the last one on the thread that ends it.
template <class F>
int ended(const std::string& file, const std::vector<DeliveryId>& under_way, F end) {
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    note_crashes();
    auto log = CrashLog::open(file);
    if (!log) ::_exit(99);
    std::vector<std::unique_ptr<CrashLog::Mark>> marks;
    for (const DeliveryId delivery : under_way) marks.push_back(std::make_unique<CrashLog::Mark>(**log, delivery));
    end();
    ::_exit(98);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

TEST_CASE("a crash is put down to what its thread was doing, and ends the process as it would have") {
  const testing::TempDir directory;
  const std::string file = directory.path() / "in_flight";
  CHECK(ended(file, {{7}, {8}}, [] { std::abort(); }) == -SIGABRT);
  CHECK(ended(file, {{8}}, [] { std::raise(SIGSEGV); }) == -SIGSEGV);
  CHECK(ended(file, {{8}}, [] { std::exit(3); }) == 3);
  const auto log = open_log(file);
  CHECK(log->crashes({8}) == 3);
  CHECK(log->crashes({7}) == 0);
}

TEST_CASE("a queue whose batch crashed stays suspected until it is forgotten, over restarts") {
  const testing::TempDir directory;
  const std::string file = directory.path() / "in_flight";
  const DeliveryId batch = CrashLog::batch_of(QueueId{5});
  CHECK(ended(file, {batch}, [] { std::abort(); }) == -SIGABRT);
  CHECK(open_log(file)->crashes(batch) == 1);
  {
    const auto log = open_log(file);
    CHECK(log->crashes(batch) == 1);
    CHECK(log->crashes(CrashLog::batch_of(QueueId{6})) == 0);
    log->forget(batch);
    CHECK(log->crashes(batch) == 0);
  }
  CHECK(open_log(file)->crashes(batch) == 0);
}

TEST_CASE("a process that is killed blames nobody") {
  const testing::TempDir directory;
  const std::string file = directory.path() / "in_flight";
  CHECK(ended(file, {{7}}, [] { ::kill(::getpid(), SIGKILL); }) == -SIGKILL);
  CHECK(open_log(file)->crashes({7}) == 0);
}

TEST_CASE("only crashes in a row count: an attempt that ends clears its delivery") {
  const testing::TempDir directory;
  const std::string file = directory.path() / "in_flight";
  CHECK(ended(file, {{7}}, [] { std::abort(); }) == -SIGABRT);
  {
    const auto log = open_log(file);
    CHECK(log->crashes({7}) == 1);
    { const CrashLog::Mark mark(*log, {7}); }
    CHECK(log->crashes({7}) == 0);
  }
  CHECK(ended(file, {{7}}, [] { std::abort(); }) == -SIGABRT);
  CHECK(open_log(file)->crashes({7}) == 1);
}

TEST_CASE("a suspicion outlives the crashes of others and stops in between") {
  const testing::TempDir directory;
  const std::string file = directory.path() / "in_flight";
  CHECK(ended(file, {{7}}, [] { std::abort(); }) == -SIGABRT);
  CHECK(ended(file, {{8}}, [] { std::abort(); }) == -SIGABRT);       // 7 was not even tried
  CHECK(ended(file, {{7}, {8}}, [] { std::abort(); }) == -SIGABRT);  // 7 was under way
  { const auto stopped = open_log(file); }
  const auto log = open_log(file);
  CHECK(log->crashes({7}) == 1);
  CHECK(log->crashes({8}) == 2);
}

TEST_CASE("more suspicions than the file has room for forget the oldest") {
  const testing::TempDir directory;
  const std::string file = directory.path() / "in_flight";
  for (std::int64_t i = 1; i <= 140; ++i) CHECK(ended(file, {{i}}, [] { std::abort(); }) == -SIGABRT);
  const auto log = open_log(file);
  CHECK(log->crashes({1}) == 0);
  CHECK(log->crashes({140}) == 1);
}

TEST_CASE("a log without a file works, and more attempts than it has room for are made all the same") {
  const auto log = open_log("");
  std::vector<std::unique_ptr<CrashLog::Mark>> marks;
  for (std::int64_t i = 1; i <= 600; ++i) marks.push_back(std::make_unique<CrashLog::Mark>(*log, DeliveryId{i}));
  CHECK(log->crashes({1}) == 0);
}

TEST_CASE("a file that cannot be made is named") {
  const auto log = CrashLog::open("/nowhere/in_flight");
  REQUIRE_FALSE((log).has_value());
  CHECK(log.error().message.find("/nowhere/in_flight") != std::string::npos);
}

}  // namespace waybill::delivery
