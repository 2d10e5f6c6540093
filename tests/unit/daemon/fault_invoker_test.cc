#include "daemon/fault_invoker.h"

#include <doctest/doctest.h>

#include "support/pipeline.h"

namespace waybill::testing {

namespace {

using delivery::Attempt;
using delivery::AttemptResult;
using delivery::FailureClass;
using delivery::FaultSpec;

struct FaultWorld {
  FaultWorld() {
    endpoint.target_arn = "arn:aws:lambda:us-east-1:000000000000:function:work";
    behind.act = [](const Attempt&) { return AttemptResult{}; };
  }
  Attempt attempt(bool may_block = false) {
    return {endpoint, delivery, payload, from_millis(0), steady.now() + std::chrono::seconds{3}, may_block};
  }
  void add(std::function<void(FaultSpec&)> change) {
    FaultSpec spec;
    spec.target = "work";
    spec.count = 1;
    change(spec);
    faults.add(spec);
  }
  // What came of an asynchronous attempt; empty while it waits.
  std::shared_ptr<std::optional<AttemptResult>> begin() {
    auto result = std::make_shared<std::optional<AttemptResult>>();
    invoker.invoke_async(attempt(), [result](AttemptResult done) { *result = std::move(done); });
    return result;
  }
  // The time that the oldest call which waits had asked for passes.
  void pass() {
    auto [delay, call] = std::move(waits.front());
    waits.erase(waits.begin());
    steady.advance(delay);
    call();
    while (workers.run_one()) {
    }
  }

  EndpointSpec endpoint;
  Delivery delivery;
  Payload payload;
  FakeInvoker behind;
  delivery::Faults faults;
  metrics::PipelineMetrics metrics;
  FakeSteadyClock steady;
  ManualExecutor workers;
  std::vector<std::pair<Millis, UniqueFunction<void()>>> waits;
  std::vector<Millis> pauses;
  FaultInvoker invoker{
      {behind, faults, metrics, steady, workers,
       [this](Millis delay, UniqueFunction<void()> call) { waits.emplace_back(delay, std::move(call)); },
       [this](Millis delay) {
         pauses.push_back(delay);
         steady.advance(delay);
       }}};
};

}  // namespace

TEST_CASE("a fault fails the attempt before the target is asked, as the target would have failed") {
  FaultWorld world;
  world.add([](FaultSpec&) {});
  const AttemptResult failed = world.invoker.invoke(world.attempt());
  CHECK_FALSE(failed.ok);
  CHECK(failed.failure == FailureClass::retriable);
  CHECK(failed.error_code == "ERROR_FROM_TARGET");
  CHECK_FALSE(failed.target_down);
  CHECK(world.behind.calls.empty());
  CHECK(world.invoker.invoke(world.attempt()).ok);
  CHECK(world.behind.calls.size() == 1);
  CHECK(world.metrics.text({}).find("waybill_faults_total{endpoint=\"" + world.endpoint.target_arn +
                                    "\",kind=\"fail\"} 1\n") != std::string::npos);
}

TEST_CASE("a status fails as a server that answers with it") {
  FaultWorld world;
  world.add([](FaultSpec& spec) {
    spec.status = 429;
    spec.retry_after = std::chrono::seconds{30};
  });
  world.add([](FaultSpec& spec) { spec.status = 503; });
  world.add([](FaultSpec& spec) { spec.status = 400; });
  const AttemptResult throttled = world.invoker.invoke(world.attempt());
  CHECK(throttled.error_code == "THROTTLING");
  CHECK(throttled.failure == FailureClass::retriable);
  CHECK(throttled.retry_after == std::chrono::seconds{30});
  CHECK(throttled.target_down);
  const AttemptResult broken = world.invoker.invoke(world.attempt());
  CHECK(broken.error_code == "ERROR_FROM_TARGET");
  CHECK(broken.target_down);
  const AttemptResult refused = world.invoker.invoke(world.attempt());
  CHECK(refused.failure == FailureClass::permanent);
  CHECK_FALSE(refused.target_down);
}

TEST_CASE("the error may be named") {
  FaultWorld world;
  world.add([](FaultSpec& spec) {
    spec.permanent = true;
    spec.error_code = "NO_PERMISSIONS";
    spec.message = "no entry";
  });
  const AttemptResult failed = world.invoker.invoke(world.attempt());
  CHECK(failed.failure == FailureClass::permanent);
  CHECK(failed.error_code == "NO_PERMISSIONS");
  CHECK(failed.error_message == "no entry");
}

TEST_CASE("an attempt at a function that is slowed down is one that blocks, for no longer than its deadline") {
  FaultWorld world;
  const auto slow = [&](std::chrono::seconds latency, bool fails) {
    world.add([&](FaultSpec& spec) {
      spec.latency = latency;
      spec.fails = fails;
    });
  };
  CHECK_FALSE(world.invoker.blocks(world.endpoint));
  slow(std::chrono::seconds{2}, false);
  CHECK(world.invoker.blocks(world.endpoint));
  CHECK_FALSE(world.invoker.asynchronous(world.endpoint));
  CHECK(world.invoker.invoke(world.attempt()).ok);  // on a thread that nothing may hold: left for another
  CHECK(world.pauses.empty());
  CHECK(world.invoker.invoke(world.attempt(true)).ok);
  CHECK(world.behind.calls.size() == 2);
  slow(std::chrono::seconds{1}, true);
  CHECK(world.invoker.invoke(world.attempt(true)).error_code == "ERROR_FROM_TARGET");
  slow(std::chrono::seconds{5}, false);
  CHECK(world.invoker.invoke(world.attempt(true)).error_code == "TIMEOUT");
  CHECK(world.pauses == std::vector<Millis>{Millis{2000}, Millis{1000}, Millis{3000}});
  CHECK(world.behind.calls.size() == 2);
  CHECK_FALSE(world.invoker.blocks(world.endpoint));
}

TEST_CASE("an attempt that is slowed down waits without a worker, and is made then") {
  FaultWorld world;
  world.behind.async = true;
  world.add([](FaultSpec& spec) {
    spec.latency = std::chrono::seconds{2};
    spec.fails = false;
  });
  CHECK(world.invoker.asynchronous(world.endpoint));
  const auto result = world.begin();
  CHECK(world.behind.calls.empty());
  REQUIRE(world.waits.size() == 1);
  CHECK(world.waits[0].first == std::chrono::seconds{2});
  world.pass();
  REQUIRE(result->has_value());
  CHECK((*result)->ok);
  CHECK(world.behind.calls.size() == 1);
}

TEST_CASE("slowed down beyond its deadline, the target is not asked any more") {
  FaultWorld world;
  world.add([](FaultSpec& spec) {
    spec.latency = std::chrono::seconds{3};
    spec.fails = false;
  });
  const auto result = world.begin();
  world.pass();
  REQUIRE(result->has_value());
  CHECK((*result)->error_code == "TIMEOUT");
  CHECK(world.behind.calls.empty());
}

TEST_CASE("a failure may be slow, too") {
  FaultWorld world;
  world.add([](FaultSpec& spec) { spec.latency = std::chrono::seconds{1}; });
  const auto result = world.begin();
  CHECK_FALSE(result->has_value());
  world.pass();
  REQUIRE(result->has_value());
  CHECK((*result)->error_code == "ERROR_FROM_TARGET");
  CHECK(world.behind.calls.empty());
}

TEST_CASE("without a fault an asynchronous attempt goes to the target, with its failure of the server's kind") {
  FaultWorld world;
  world.behind.async = true;
  const auto result = world.begin();
  REQUIRE(result->has_value());
  CHECK((*result)->ok);
  world.add([](FaultSpec&) {});
  const auto failed = world.begin();
  REQUIRE(failed->has_value());
  CHECK((*failed)->target_down);
}

}  // namespace waybill::testing
