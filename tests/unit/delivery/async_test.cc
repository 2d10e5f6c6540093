// Attempts that wait for others without a worker, and those that their target puts off.
#include <doctest/doctest.h>

#include "delivery/dispatcher.h"
#include "support/pipeline.h"

using namespace waybill;
using namespace waybill::testing;
using delivery::Attempt;
using delivery::AttemptResult;
using delivery::DeliveryProbe;
using std::chrono::seconds;

namespace {

const std::string kNoRetry = R"(,"RetryPolicy":{"MaximumRetryAttempts":0})";

// One worker, and a target whose attempts are asynchronous.
struct AsyncPipeline : Pipeline {
  explicit AsyncPipeline(const std::string& target_extra = "") : Pipeline(one_rule(target_extra), options()) {
    invoker.async = true;
  }
  static delivery::DispatcherOptions options() {
    delivery::DispatcherOptions options;
    options.workers = 1;
    options.max_async = 2;
    return options;
  }
  void put_and_run(int count) {
    put(std::vector<bus::Entry>(static_cast<std::size_t>(count), entry()));
    run_ready();
  }
  void pass(Millis by) {
    wall.advance(by);
    steady.advance(by);
    dispatcher->tick();
    run_ready();
  }
};

AttemptResult postponed(Millis by) {
  AttemptResult result;
  result.postponed = by;
  return result;
}

}  // namespace

TEST_CASE("an asynchronous attempt holds no worker while it waits, and is settled when its result comes") {
  AsyncPipeline pipeline;
  pipeline.put_and_run(2);
  CHECK(pipeline.invoker.held.size() == 2);
  CHECK_FALSE(pipeline.dispatcher->quiet());
  CHECK(pipeline.stored()->deliveries.size() == 2);
  pipeline.invoker.end_held();
  pipeline.run_ready();
  CHECK(pipeline.stored()->deliveries.size() == 1);
  pipeline.invoker.end_held(FakeInvoker::failed(delivery::FailureClass::permanent));
  pipeline.run_ready();
  CHECK(pipeline.stored()->deliveries.empty());
  CHECK(pipeline.stored()->dead_letters.size() == 1);
  CHECK(pipeline.probe.count(DeliveryProbe::Outcome::delivered) == 1);
  CHECK(pipeline.dispatcher->quiet());
}

TEST_CASE("no more asynchronous attempts are in flight at one target than max_async") {
  AsyncPipeline pipeline;
  pipeline.put_and_run(5);
  for (int left = 5; left > 0; --left) {
    CHECK(pipeline.invoker.held.size() == std::min<std::size_t>(2, static_cast<std::size_t>(left)));
    pipeline.invoker.end_held();
    pipeline.run_ready();
  }
  CHECK(pipeline.invoker.calls.size() == 5);
  CHECK(pipeline.dispatcher->quiet());
}

TEST_CASE("an asynchronous attempt may end before the call that begins it returns") {
  AsyncPipeline pipeline;
  pipeline.invoker.act = [](const Attempt&) { return AttemptResult{}; };
  pipeline.put_and_run(5);
  CHECK(pipeline.stored()->deliveries.empty());
  CHECK(pipeline.dispatcher->quiet());
}

TEST_CASE("an asynchronous attempt past its deadline is a timeout, costs no thread and frees its place") {
  AsyncPipeline pipeline(kNoRetry);
  pipeline.put_and_run(3);
  pipeline.pass(seconds{31});
  REQUIRE(pipeline.stored()->dead_letters.size() == 2);
  CHECK(pipeline.stored()->dead_letters.begin()->second.error_code == "TIMEOUT");
  CHECK(pipeline.callers.empty());
  CHECK(pipeline.invoker.held.size() == 3);
  pipeline.invoker.end_held();  // both come too late
  pipeline.invoker.end_held();
  pipeline.invoker.end_held();
  pipeline.run_ready();
  CHECK(pipeline.probe.count(DeliveryProbe::Outcome::fenced) == 2);
  CHECK(pipeline.probe.count(DeliveryProbe::Outcome::delivered) == 1);
  CHECK(pipeline.dispatcher->quiet());
}

TEST_CASE("after a stop what is in flight is settled, and nothing more begins") {
  AsyncPipeline pipeline;
  pipeline.put_and_run(3);
  pipeline.dispatcher->stop();
  pipeline.invoker.end_held();
  pipeline.invoker.end_held(postponed(seconds{1}));
  pipeline.run_ready();
  CHECK(pipeline.dispatcher->quiet());
  CHECK(pipeline.invoker.calls.size() == 2);
  CHECK(pipeline.stored()->deliveries.size() == 2);
}

TEST_CASE("a reset drops what an asynchronous attempt comes to, also when that is no attempt") {
  AsyncPipeline pipeline;
  pipeline.put_and_run(2);
  store::Changes changes;
  changes.add(store::ResetAll{});
  pipeline.journal.apply(store::Lane::internal, std::move(changes)).value();
  pipeline.dispatcher->reset();
  pipeline.invoker.end_held(FakeInvoker::failed());
  pipeline.invoker.end_held(postponed(seconds{1}));
  pipeline.run_ready();
  pipeline.pass(seconds{2});
  CHECK(pipeline.invoker.calls.size() == 2);
  CHECK(pipeline.stored()->dead_letters.empty());
  CHECK(pipeline.probe.count(DeliveryProbe::Outcome::fenced) == 1);
}

TEST_CASE("a postponed delivery waits as long as its target says, and counts no attempt") {
  AsyncPipeline pipeline(kNoRetry);
  int calls = 0;
  pipeline.invoker.act = [&](const Attempt&) { return ++calls <= 2 ? postponed(Millis{300}) : AttemptResult{}; };
  pipeline.put_and_run(1);
  pipeline.pass(Millis{299});
  CHECK(calls == 1);
  pipeline.pass(Millis{1});
  CHECK(calls == 2);
  pipeline.pass(Millis{300});
  CHECK(calls == 3);
  CHECK(pipeline.invoker.calls.back().attempts_before == 0);
  CHECK(pipeline.stored()->deliveries.empty());
  CHECK(pipeline.stored()->dead_letters.empty());
}

TEST_CASE("while a target puts off its deliveries they keep their order") {
  AsyncPipeline pipeline;
  bool full = true;
  pipeline.invoker.act = [&](const Attempt&) { return full ? postponed(Millis{100}) : AttemptResult{}; };
  for (int i = 0; i < 3; ++i) {
    pipeline.wall.advance(Millis{1});
    pipeline.put({entry(R"({"n":)" + std::to_string(i) + "}")});
  }
  pipeline.run_ready();
  full = false;
  pipeline.invoker.calls.clear();
  pipeline.pass(Millis{200});
  REQUIRE(pipeline.invoker.calls.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(pipeline.invoker.calls[i].body.find(R"({"n":)" + std::to_string(i) + "}") != std::string::npos);
  }
}

TEST_CASE("a delivery that is put off until its event is too old is dead-lettered as THROTTLING") {
  AsyncPipeline pipeline(R"(,"RetryPolicy":{"MaximumRetryAttempts":5,"MaximumEventAgeInSeconds":60})");
  pipeline.invoker.act = [](const Attempt&) { return postponed(seconds{25}); };
  pipeline.put_and_run(1);
  for (int i = 0; i < 2; ++i) pipeline.pass(seconds{25});
  CHECK(pipeline.stored()->dead_letters.empty());
  pipeline.pass(seconds{25});
  REQUIRE(pipeline.stored()->dead_letters.size() == 1);
  CHECK(pipeline.stored()->dead_letters.begin()->second.error_code == "THROTTLING");
  CHECK(pipeline.stored()->dead_letters.begin()->second.exhausted_condition == "MaximumEventAgeInSeconds");
}

TEST_CASE("a retry is made no earlier than the target asked") {
  AsyncPipeline pipeline;
  pipeline.invoker.act = [](const Attempt&) {
    AttemptResult result = FakeInvoker::failed();
    result.retry_after = seconds{120};
    return result;
  };
  pipeline.put_and_run(1);
  pipeline.pass(seconds{119});
  CHECK(pipeline.invoker.calls.size() == 1);
  pipeline.pass(seconds{1});
  CHECK(pipeline.invoker.calls.size() == 2);
  CHECK(pipeline.invoker.calls.back().attempts_before == 1);
}
