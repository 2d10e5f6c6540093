#include "base/worker_pool.h"

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

#include <doctest/doctest.h>

#include "base/guarded.h"
#include "support/fake_clock.h"

using namespace waybill;

TEST_CASE("what was posted runs before the pool ends, also after a task that throws") {
  std::atomic<int> ran{0};
  WorkerPool pool(2);
  pool.post([] { throw std::runtime_error("told the log"); });
  for (int i = 0; i < 100; ++i) pool.post([&] { ++ran; });
  CHECK(pool.stop() == 0);
  CHECK(ran == 100);
}

namespace {

// Tasks that hang until the test lets them, and when the pool wants to look again.
struct Crowd {
  explicit Crowd(std::size_t spares)
      : pool(1, WorkerPool::Growth{spares, kPatience, clock,
                                   [this](Millis delay) { wakes.with([&](auto& list) { list.push_back(delay); }); }}) {}
  ~Crowd() {
    release.set_value();
    pool.stop();
  }
  // Returns once it runs.
  void hang() { begin_to_hang().wait(); }
  std::future<void> begin_to_hang() {
    auto begun = std::make_shared<std::promise<void>>();
    auto runs = begun->get_future();
    pool.post([begun, released = released] {
      begun->set_value();
      released.wait();
    });
    return runs;
  }
  std::future<void> post() {
    auto ran = std::make_shared<std::promise<void>>();
    auto future = ran->get_future();
    pool.post([ran] { ran->set_value(); });
    return future;
  }
  void pass(Millis by) {
    clock.advance(by);
    pool.tick();
  }
  std::size_t asked() const {
    return wakes.with([](const auto& list) { return list.size(); });
  }

  static constexpr Millis kPatience{100};
  testing::FakeSteadyClock clock;
  Guarded<std::vector<Millis>> wakes;
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  WorkerPool pool;
};

bool is_ready(const std::future<void>& future) {
  return future.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
}

}  // namespace

TEST_CASE("a task that runs for long keeps no other waiting") {
  Crowd crowd(8);
  crowd.hang();
  auto other = crowd.post();
  CHECK(crowd.asked() == 1);
  crowd.pass(Millis{99});
  CHECK_FALSE(is_ready(other));
  crowd.pass(Millis{1});
  other.wait();
  crowd.post().wait();  // its thread stays as long as the long one runs
}

TEST_CASE("however many hang, the next one finds a thread, up to the spares") {
  Crowd crowd(3);
  crowd.hang();
  for (int i = 0; i < 2; ++i) {
    auto runs = crowd.begin_to_hang();
    crowd.pass(Crowd::kPatience);
    runs.wait();
  }
  auto third = crowd.post();
  crowd.pass(Crowd::kPatience);
  third.wait();
  crowd.hang();  // takes the last spare
  auto late = crowd.post();
  crowd.pass(Crowd::kPatience);
  CHECK_FALSE(is_ready(late));
  crowd.release.set_value();
  crowd.release = {};
  late.wait();
}

TEST_CASE("who waits behind several that hang is looked after until it runs, without another post") {
  Crowd crowd(8);
  crowd.hang();
  auto hangs_too = crowd.begin_to_hang();
  auto last = crowd.post();
  CHECK(crowd.asked() == 1);
  crowd.pass(Crowd::kPatience);
  hangs_too.wait();
  CHECK(crowd.asked() == 2);
  crowd.pass(Crowd::kPatience);
  last.wait();
}

TEST_CASE("a pool that grew is as small as before when what ran for long has ended") {
  Crowd crowd(8);
  for (int i = 0; i < 4; ++i) {
    auto runs = crowd.begin_to_hang();
    crowd.pass(Crowd::kPatience);
    runs.wait();
  }
  CHECK(crowd.pool.threads() == 4);
  crowd.release.set_value();
  crowd.release = {};
  while (crowd.pool.threads() > 1) std::this_thread::yield();
  crowd.post().wait();
}

TEST_CASE("without growth a thread that is stuck is left behind at the end") {
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  WorkerPool pool(1);
  pool.post([released] { released.wait(); });
  CHECK(pool.stop(std::chrono::milliseconds{0}) == 1);
  release.set_value();
}
