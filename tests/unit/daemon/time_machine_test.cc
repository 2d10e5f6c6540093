#include "daemon/time_machine.h"

#include <atomic>
#include <future>
#include <limits>
#include <set>
#include <thread>

#include <doctest/doctest.h>

#include "base/guarded.h"
#include "support/fake_clock.h"
#include "support/model_engine.h"

namespace waybill::testing {

namespace {

using api::ClockAdvanced;
using std::chrono::hours;
using std::chrono::minutes;

const WallTime kStart = from_millis(1'700'000'000'000);

// One part, "alarms": times at which it notes that it was called.
struct ClockWorld {
  ClockWorld() { clock.advance_to(kStart); }

  TimeMachine::Part alarms() {
    return {"alarms",
            [this] {
              return due.with([](auto& times) { return times.empty() ? std::nullopt : std::optional(*times.begin()); });
            },
            [this] { ring(); }, [this] { return is_quiet(); }};
  }
  TimeMachine& machine() {
    if (!machine_) {
      machine_ = std::make_unique<TimeMachine>(
          TimeMachine::Ports{clock,
                             steady,
                             journal,
                             {alarms()},
                             [this] { return totals.with([](const auto& counted) { return counted; }); },
                             [] { return Millis{std::chrono::seconds{30}}; }});
    }
    return *machine_;
  }
  void ring() {
    const bool is_due = due.with([&](auto& times) {
      if (times.empty() || *times.begin() > clock.now()) return false;
      times.erase(times.begin());
      return true;
    });
    if (!is_due) return;
    rung.push_back(clock.now());
    totals.with([](auto& counted) { ++counted.attempts; });
    if (at_ring) at_ring();
  }
  Result<ClockAdvanced> advance(api::ClockControl::Goal goal) {
    std::promise<Result<ClockAdvanced>> promise;
    machine().advance(goal, [&](Result<ClockAdvanced> advanced) { promise.set_value(std::move(advanced)); });
    return promise.get_future().get();
  }
  std::string stored() const {
    const auto state = disk->state();
    const auto found = state->settings.find(TimeMachine::kSetting);
    return found == state->settings.end() ? "" : found->second;
  }

  std::shared_ptr<ModelDisk> disk = std::make_shared<ModelDisk>();
  store::JournalProbe probe;
  store::Journal journal{std::make_unique<ModelEngine>(disk), {}, probe, [](const Error&) {}};
  VirtualClock clock;
  FakeSteadyClock steady;
  Guarded<std::set<WallTime>> due;
  std::vector<WallTime> rung;  // the machine's thread writes; read when an advance has answered
  Guarded<api::DeliveryTotals> totals;
  std::function<void()> at_ring;
  std::function<bool()> is_quiet = [] { return true; };

 private:
  std::unique_ptr<TimeMachine> machine_;
};

}  // namespace

TEST_CASE("the clock stops at each due time, in order, and ends where it was to go") {
  ClockWorld world;
  world.due.with([](auto& times) { times = {kStart + hours{3}, kStart + hours{1}, kStart + hours{25}}; });
  const auto advanced = world.advance(Millis{hours{24}}).value();
  CHECK(world.rung == std::vector{kStart + hours{1}, kStart + hours{3}});
  CHECK(advanced.from == kStart);
  CHECK(advanced.now == kStart + hours{24});
  CHECK(advanced.steps == 2);
  CHECK(advanced.done.attempts == 2);
  CHECK(advanced.impatient == 0);
  REQUIRE(advanced.first_steps.size() == 2);
  CHECK(advanced.first_steps[0].at == kStart + hours{1});
  CHECK(advanced.first_steps[0].due == std::vector<std::string>{"alarms"});
  CHECK(advanced.first_steps[0].done.attempts == 1);
  CHECK(world.clock.now() == kStart + hours{24});
  CHECK(world.machine().next_due() == kStart + hours{25});
  CHECK_FALSE(world.machine().going_to().has_value());
}

TEST_CASE("each time is in the store before anybody sees it") {
  ClockWorld world;
  world.due.with([](auto& times) { times = {kStart + hours{1}, kStart + hours{2}}; });
  std::vector<std::string> stored;
  world.at_ring = [&] { stored.push_back(world.stored()); };
  world.advance(kStart + hours{5}).value();
  CHECK(stored ==
        std::vector{std::to_string(to_millis(kStart + hours{1})), std::to_string(to_millis(kStart + hours{2}))});
  CHECK(world.stored() == std::to_string(to_millis(kStart + hours{5})));
}

TEST_CASE("what a stop causes is done before the clock goes on, also what comes back from the store") {
  ClockWorld world;
  world.due.with([](auto& times) { times = {kStart + hours{1}, kStart + hours{3}}; });
  world.at_ring = [&] {
    if (world.rung.size() != 1) return;
    // Two commits later there is one more due time, between the others.
    world.journal.submit(store::Lane::internal, {}, [&](const store::Applied&) {
      world.totals.with([](auto& counted) { ++counted.delivered; });
      world.journal.submit(store::Lane::internal, {}, [&](const store::Applied&) {
        world.due.with([](auto& times) { times.insert(kStart + hours{2}); });
      });
    });
  };
  const auto advanced = world.advance(Millis{hours{4}}).value();
  CHECK(world.rung == std::vector{kStart + hours{1}, kStart + hours{2}, kStart + hours{3}});
  CHECK(advanced.steps == 3);
}

TEST_CASE("what hangs holds the clock as long as it may rightly take, and no longer") {
  ClockWorld world;
  world.due.with([](auto& times) { times = {kStart + hours{1}}; });
  bool hangs = false;
  world.at_ring = [&] { hangs = true; };
  Millis waited{0};
  world.is_quiet = [&] {
    if (!hangs) return true;
    world.steady.advance(std::chrono::seconds{10});
    waited += std::chrono::seconds{10};
    return false;
  };
  const auto advanced = world.advance(Millis{hours{2}}).value();
  CHECK(advanced.now == kStart + hours{2});
  CHECK(advanced.impatient == 2);  // at the stop, and at the end
  CHECK(waited == std::chrono::seconds{60});
}

TEST_CASE("what stays due does not hold the clock") {
  ClockWorld world;
  TimeMachine machine({world.clock,
                       world.steady,
                       world.journal,
                       {{"stubborn", [&] { return std::optional(kStart); }, [] {}, [] { return true; }}},
                       [] { return api::DeliveryTotals{}; },
                       [] { return Millis{1000}; }});
  std::promise<Result<ClockAdvanced>> promise;
  machine.advance(Millis{5}, [&](Result<ClockAdvanced> advanced) { promise.set_value(std::move(advanced)); });
  const auto advanced = promise.get_future().get().value();
  CHECK(advanced.steps == 5);
  CHECK(advanced.now == kStart + Millis{5});
}

TEST_CASE("a part that is due at the next whole minute, whenever it is asked, is fired at that minute") {
  ClockWorld world;
  std::vector<WallTime> fired;
  TimeMachine machine(
      {world.clock,
       world.steady,
       world.journal,
       {{"minutes",
         [&] { return std::optional<WallTime>(std::chrono::floor<minutes>(world.clock.now()) + minutes{1}); },
         [&] { fired.push_back(world.clock.now()); }, [] { return true; }}},
       [] { return api::DeliveryTotals{}; },
       [] { return Millis{1000}; }});
  std::promise<Result<ClockAdvanced>> promise;
  machine.advance(Millis{minutes{2}}, [&](Result<ClockAdvanced> advanced) { promise.set_value(std::move(advanced)); });
  promise.get_future().get().value();
  const WallTime minute = std::chrono::floor<minutes>(kStart);
  CHECK(fired == std::vector{minute + minutes{1}, minute + minutes{2}, kStart + minutes{2}});  // and at the end
}

TEST_CASE("the clock never goes back, nor beyond what a date can say") {
  ClockWorld world;
  world.advance(Millis{hours{1}}).value();
  const auto back = world.advance(kStart);
  REQUIRE(back.has_error());
  CHECK(back.error().code == ErrorCode::invalid);
  CHECK(back.error().message.find("never goes back") != std::string::npos);
  CHECK(world.advance(Millis{std::numeric_limits<std::int64_t>::max()}).error().message.find("9999") !=
        std::string::npos);
  CHECK(world.advance(Millis{0}).value().now == kStart + hours{1});
}

TEST_CASE("halted, it stands at the stop that it was at; what waited behind it is refused, what comes later runs") {
  ClockWorld world;
  world.due.with([](auto& times) { times = {kStart + hours{1}, kStart + hours{2}}; });
  std::promise<Result<ClockAdvanced>> second;
  world.at_ring = [&] {
    world.at_ring = {};
    world.machine().advance(Millis{hours{1}}, [&](auto advanced) { second.set_value(std::move(advanced)); });
    world.machine().halt();
  };
  const auto advanced = world.advance(Millis{hours{4}}).value();
  CHECK(advanced.now == kStart + hours{1});
  CHECK(advanced.to == kStart + hours{4});
  CHECK(second.get_future().get().error().code == ErrorCode::conflict);
  CHECK(world.advance(Millis{hours{1}}).value().now == kStart + hours{2});
  CHECK(world.rung.size() == 2);
}

TEST_CASE("a stop of the daemon ends an advance at its stop, and whoever comes then is refused") {
  ClockWorld world;
  world.due.with([](auto& times) { times = {kStart + hours{1}, kStart + hours{2}}; });
  std::promise<void> rings, stopping;
  world.at_ring = [&] {
    rings.set_value();
    stopping.get_future().wait();
  };
  std::promise<Result<ClockAdvanced>> promise;
  world.machine().advance(Millis{hours{4}}, [&](auto advanced) { promise.set_value(std::move(advanced)); });
  rings.get_future().wait();
  auto stopped = std::async(std::launch::async, [&] { world.machine().stop(); });
  // Whoever comes before the stop has begun waits in line, and is refused with it.
  std::atomic<int> refused{0};
  int asked = 0;
  while (refused == 0) {
    ++asked;
    world.machine().advance(Millis{1}, [&](const Result<ClockAdvanced>& advanced) {
      if (advanced.has_error()) ++refused;
    });
    std::this_thread::yield();
  }
  stopping.set_value();
  stopped.get();
  CHECK(refused == asked);
  CHECK(promise.get_future().get().value().now == kStart + hours{1});
  CHECK(world.stored() == std::to_string(to_millis(kStart + hours{1})));
}

TEST_CASE("when its time cannot be stored, the clock stands") {
  ClockWorld world;
  world.journal.stop();
  const auto advanced = world.advance(Millis{hours{1}});
  REQUIRE(advanced.has_error());
  CHECK(advanced.error().message.find("could not be stored") != std::string::npos);
  CHECK(world.clock.now() == kStart);
}

}  // namespace waybill::testing
