#include "base/worker_pool.h"

#include <atomic>
#include <future>
#include <stdexcept>

#include <doctest/doctest.h>

using namespace waybill;

TEST_CASE("what was posted runs before the pool ends, also after a task that throws") {
  std::atomic<int> ran{0};
  WorkerPool pool(2, 0);
  pool.post([] { throw std::runtime_error("told the log"); });
  for (int i = 0; i < 100; ++i) pool.post([&] { ++ran; });
  CHECK(pool.stop() == 0);
  CHECK(ran == 100);
}

TEST_CASE("a stuck thread is replaced as often as there are spares, and left behind at the end") {
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  WorkerPool pool(1, 1);
  pool.post([released] { released.wait(); });
  CHECK(pool.replace_stuck_thread());
  CHECK_FALSE(pool.replace_stuck_thread());
  std::promise<void> other_ran;
  pool.post([&] { other_ran.set_value(); });
  other_ran.get_future().wait();
  CHECK(pool.stop(std::chrono::milliseconds{0}) >= 1);
  release.set_value();
}
