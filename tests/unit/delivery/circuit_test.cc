// A target that is down is left alone but for probes; nobody else has to wait for it.
#include "delivery/circuit.h"

#include <doctest/doctest.h>

#include "delivery/dispatcher.h"
#include "support/pipeline.h"

using namespace waybill;
using namespace waybill::testing;
using delivery::AttemptResult;
using delivery::Circuit;
using delivery::CircuitPolicy;
using std::chrono::seconds;

namespace {

const CircuitPolicy kPolicy{3, seconds{1}, seconds{8}};
const WallTime kNow = from_millis(1'700'000'000'000);

Circuit::Change fail(Circuit& circuit, bool probe, WallTime now, Millis wait = Millis{0}) {
  return circuit.down(probe, kPolicy, now, wait, "CONNECTION_FAILURE", "refused");
}

Circuit opened_at(WallTime now) {
  Circuit circuit;
  for (int i = 0; i < kPolicy.failures; ++i) fail(circuit, circuit.begin(), now);
  return circuit;
}

AttemptResult down(Millis retry_after = Millis{0}) {
  AttemptResult result = FakeInvoker::failed();
  result.error_code = "CONNECTION_FAILURE";
  result.target_down = true;
  result.retry_after = retry_after;
  return result;
}

// Two rules on one bus: "gone" is a function that is down, "fine" one that works. One worker, so that a target that
// holds it would starve the other.
std::vector<Resource> two_targets(const std::string& policy) {
  const auto rule = [&](const std::string& name, const std::string& extra) {
    return resource("AWS::Events::Rule", "orders/" + name,
                    R"({"EventBusName":"orders","EventPattern":{"source":[")" + name +
                        R"("]},"Targets":[{"Id":"1","Arn":"arn:aws:lambda:us-east-1:000000000000:function:)" + name +
                        "\"" + extra + "}]}");
  };
  return {resource("AWS::Events::EventBus", "orders",
                   R"({"Arn":"arn:aws:events:us-east-1:000000000000:event-bus/orders"})"),
          resource("AWS::Lambda::Function", "gone", R"({"Handler":"test.gone","Timeout":30})"),
          resource("AWS::Lambda::Function", "fine", R"({"Handler":"test.fine","Timeout":30})"), rule("gone", policy),
          rule("fine", "")};
}

struct CircuitPipeline : Pipeline {
  explicit CircuitPipeline(const std::string& policy = "", std::size_t window = 1024)
      : Pipeline(two_targets(policy), options(window)) {
    invoker.blocking = false;  // one at a time: what waits for a caller has begun
    invoker.act = [this](const delivery::Attempt& attempt) {
      const bool gone = attempt.endpoint.target_arn.ends_with("gone");
      ++(gone ? gone_calls : fine_calls);
      return gone && is_down ? answer : AttemptResult{};
    };
  }
  static delivery::DispatcherOptions options(std::size_t window) {
    delivery::DispatcherOptions options;
    options.workers = 1;
    options.window = window;
    options.circuit = kPolicy;
    return options;
  }
  void put_some(const std::string& target, int count) {
    for (int i = 0; i < count; ++i) put({entry(R"({"n":)" + std::to_string(i) + "}", target)});
    settle();
  }
  delivery::EndpointCounts of_gone() const {
    for (auto& count : dispatcher->counts()) {
      if (count.spec->target_arn.ends_with("gone")) return count;
    }
    return {};
  }
  bool is_down = true;
  AttemptResult answer = down();
  int gone_calls = 0;
  int fine_calls = 0;
};

}  // namespace

TEST_CASE("a circuit opens after its failures in a row, and lets one probe at a time through") {
  Circuit circuit;
  CHECK(fail(circuit, circuit.begin(), kNow) == Circuit::Change::none);
  CHECK(fail(circuit, circuit.begin(), kNow) == Circuit::Change::none);
  CHECK(circuit.answered(false) == Circuit::Change::none);  // not in a row
  for (int i = 0; i < 2; ++i) fail(circuit, circuit.begin(), kNow);
  CHECK_FALSE(circuit.is_open());
  CHECK(fail(circuit, circuit.begin(), kNow) == Circuit::Change::opened);
  CHECK_FALSE(circuit.admits(kNow));
  CHECK(circuit.held_until(kNow) == kNow + seconds{1});
  CHECK(circuit.admits(kNow + seconds{1}));
  CHECK(circuit.begin());
  CHECK_FALSE(circuit.admits(kNow + seconds{1}));
  CHECK(circuit.answered(true) == Circuit::Change::closed);
  CHECK(circuit.admits(kNow + seconds{1}));
}

TEST_CASE("each probe that fails doubles the wait, up to the cap") {
  Circuit circuit = opened_at(kNow);
  WallTime now = kNow;
  for (const int wait : {1, 2, 4, 8, 8}) {
    CHECK(circuit.held_until(now) == now + seconds{wait});
    now += seconds{wait};
    REQUIRE(circuit.begin());
    CHECK(fail(circuit, true, now) == Circuit::Change::none);
  }
}

TEST_CASE("attempts that were under way when it opened do not make the next probe later") {
  Circuit circuit = opened_at(kNow);
  fail(circuit, false, kNow + Millis{500});
  CHECK(circuit.held_until(kNow + Millis{500}) == kNow + seconds{1});
}

TEST_CASE("a probe that told nothing leaves the way to the next one") {
  Circuit circuit = opened_at(kNow);
  REQUIRE(circuit.begin());
  circuit.skipped(true);
  CHECK(circuit.is_open());
  CHECK(circuit.admits(kNow + seconds{1}));
}

TEST_CASE("a delay that the target asks for holds it also while the circuit is closed") {
  Circuit circuit;
  CHECK(fail(circuit, false, kNow, seconds{120}) == Circuit::Change::none);
  CHECK_FALSE(circuit.is_open());
  CHECK(circuit.held_until(kNow) == kNow + seconds{120});
}

TEST_CASE("with no failures allowed in a row, circuits never open") {
  Circuit circuit;
  for (int i = 0; i < 50; ++i) circuit.down(false, {0, seconds{1}, seconds{8}}, kNow, Millis{0}, "TIMEOUT", "");
  CHECK_FALSE(circuit.is_open());
}

TEST_CASE("a dead target is only probed, and another one's delivery passes at once") {
  CircuitPipeline pipeline;
  pipeline.put_some("gone", 40);
  CHECK(pipeline.gone_calls == 3);
  CHECK(pipeline.of_gone().circuit_open);
  CHECK(pipeline.of_gone().next_call == pipeline.wall.now() + seconds{1});
  pipeline.put_some("fine", 5);
  CHECK(pipeline.fine_calls == 5);
  for (int i = 0; i < 15; ++i) pipeline.advance(seconds{1});
  CHECK(pipeline.gone_calls == 3 + 4);  // after 1, 3, 7 and 15 seconds
  CHECK(pipeline.stored()->deliveries.size() == 40);
  CHECK(pipeline.probe.open_circuits == 1);
}

TEST_CASE("once the target answers, all that waited goes out, in order, with the attempts it had") {
  CircuitPipeline pipeline(R"(,"RetryPolicy":{"MaximumRetryAttempts":1})");
  pipeline.put_some("gone", 40);
  for (int i = 0; i < 60; ++i) pipeline.advance(seconds{1});
  CHECK(pipeline.stored()->deliveries.size() > 25);  // most were never tried
  CHECK(pipeline.stored()->dead_letters.size() < 12);
  pipeline.is_down = false;
  pipeline.invoker.calls.clear();
  pipeline.advance(seconds{8});
  pipeline.advance(seconds{2});
  CHECK(pipeline.stored()->deliveries.empty());
  CHECK_FALSE(pipeline.of_gone().circuit_open);
  CHECK(pipeline.probe.open_circuits == 0);
  int last = -1;
  for (const auto& call : pipeline.invoker.calls) {
    if (call.attempts_before > 0) continue;
    const int number = std::stoi(call.body.substr(call.body.find(R"({"n":)") + 5));
    CHECK(last < number);
    last = number;
  }
}

TEST_CASE(
    "what gets too old while it waits is dead-lettered with the target's last failure, and no attempt is counted") {
  CircuitPipeline pipeline(R"(,"RetryPolicy":{"MaximumEventAgeInSeconds":60})", 16);
  pipeline.put_some("gone", 3);
  pipeline.wall.advance(seconds{5});
  pipeline.put_some("gone", 40);  // more than the window holds
  const int calls = pipeline.gone_calls;
  pipeline.wall.advance(seconds{59});
  pipeline.dispatcher->tick();
  pipeline.settle();
  CHECK(pipeline.gone_calls <= calls + 1);
  for (int i = 0; i < 12; ++i) pipeline.advance(seconds{1});
  CHECK(pipeline.stored()->deliveries.empty());
  REQUIRE(pipeline.stored()->dead_letters.size() == 43);
  int uncounted = 0;
  for (const auto& [id, letter] : pipeline.stored()->dead_letters) {
    CHECK(letter.error_code == "CONNECTION_FAILURE");
    CHECK(letter.exhausted_condition == "MaximumEventAgeInSeconds");
    if (letter.attempts == 0) ++uncounted;
  }
  CHECK(uncounted >= 36);
  CHECK(pipeline.of_gone().pending == 0);
}

TEST_CASE("the delay that a target asks for holds all its deliveries") {
  CircuitPipeline pipeline;
  pipeline.answer = down(seconds{30});
  pipeline.put_some("gone", 4);
  CHECK(pipeline.gone_calls == 1);
  pipeline.is_down = false;
  pipeline.advance(seconds{29});
  CHECK(pipeline.gone_calls == 1);
  pipeline.advance(seconds{1});
  CHECK(pipeline.gone_calls == 5);
  CHECK(pipeline.stored()->deliveries.empty());
}

TEST_CASE("failures of a function on its events open no circuit") {
  CircuitPipeline pipeline(R"(,"RetryPolicy":{"MaximumRetryAttempts":0})");
  pipeline.answer = FakeInvoker::failed();
  pipeline.put_some("gone", 20);
  CHECK(pipeline.gone_calls == 20);
  CHECK(pipeline.stored()->dead_letters.size() == 20);
  CHECK_FALSE(pipeline.of_gone().circuit_open);
}

TEST_CASE("attempts at a remote target that get no answer in time open its circuit") {
  CircuitPipeline pipeline;
  pipeline.invoker.act = nullptr;
  pipeline.invoker.async = true;
  pipeline.put(std::vector<bus::Entry>(10, entry("{}", "gone")));
  pipeline.run_ready();
  REQUIRE(pipeline.invoker.held.size() == 10);
  pipeline.wall.advance(seconds{31});
  pipeline.steady.advance(seconds{31});
  pipeline.dispatcher->tick();
  pipeline.run_ready();
  CHECK(pipeline.of_gone().circuit_open);
  CHECK(pipeline.invoker.held.size() == 10);
}
