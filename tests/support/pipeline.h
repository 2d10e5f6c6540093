// The pipeline from accepted event to settled delivery over the model engine, on clocks that stand still and an
// executor that runs when told: no thread but the Journal's, no sleep.
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/executor.h"
#include "base/guarded.h"
#include "base/random.h"
#include "bus/acceptor.h"
#include "delivery/dispatcher.h"
#include "model/topology.h"
#include "support/fake_clock.h"
#include "support/model_engine.h"

namespace waybill::testing {

class ManualExecutor final : public Executor {
 public:
  void post(UniqueFunction<void()> task) override {
    tasks_.with([&](auto& tasks) { tasks.push_back(std::move(task)); });
  }

  bool run_one() {
    auto task = tasks_.with([](auto& tasks) -> UniqueFunction<void()> {
      if (tasks.empty()) return nullptr;
      auto first = std::move(tasks.front());
      tasks.pop_front();
      return first;
    });
    if (!task) return false;
    task();
    return true;
  }
  bool empty() const {
    return tasks_.with([](const auto& tasks) { return tasks.empty(); });
  }

 private:
  Guarded<std::deque<UniqueFunction<void()>>> tasks_;
};

// Does what the test says, and remembers what it was asked.
class FakeInvoker final : public delivery::Invoker {
 public:
  struct Call {
    std::string target;
    std::string body;
    int attempts_before;
    WallTime at;
  };
  using Done = UniqueFunction<void(delivery::AttemptResult)>;
  delivery::AttemptResult invoke(const delivery::Attempt& attempt) override {
    calls.push_back({attempt.endpoint.target_arn, attempt.payload.body, attempt.delivery.attempts, attempt.now});
    return act ? act(attempt) : delivery::AttemptResult{};
  }
  bool delivers(const EndpointSpec& endpoint) const override { return endpoint.kind == EndpointKind::target; }
  bool blocks(const EndpointSpec& endpoint) const override { return endpoint.function && blocking && !async; }
  bool asynchronous(const EndpointSpec&) const override { return async; }
  void invoke_async(const delivery::Attempt& attempt, Done done) override {
    calls.push_back({attempt.endpoint.target_arn, attempt.payload.body, attempt.delivery.attempts, attempt.now});
    if (act) return done(act(attempt));
    held.push_back(std::move(done));
  }
  std::size_t joint_limit(const EndpointSpec&) const override { return joint; }
  void invoke_joint(const std::vector<delivery::Attempt>& attempts, Done done) override {
    joint_sizes.push_back(attempts.size());
    for (const delivery::Attempt& each : attempts) {
      calls.push_back({each.endpoint.target_arn, each.payload.body, each.delivery.attempts, each.now});
    }
    if (act) return done(act(attempts.front()));
    held.push_back(std::move(done));
  }
  // Ends the oldest asynchronous attempt that is held.
  void end_held(delivery::AttemptResult result = {}) {
    Done done = std::move(held.front());
    held.pop_front();
    done(std::move(result));
  }
  static delivery::AttemptResult failed(delivery::FailureClass failure = delivery::FailureClass::retriable) {
    return {false, failure, "ERROR_FROM_TARGET", "it failed", {}};
  }
  std::vector<Call> calls;
  std::function<delivery::AttemptResult(const delivery::Attempt&)> act;
  bool async = false;
  bool blocking = true;                  // where there is a function to call
  std::size_t joint = 1;                 // deliveries that one asynchronous attempt may carry
  std::vector<std::size_t> joint_sizes;  // of the joint attempts
  std::deque<Done> held;                 // asynchronous attempts that act() did not end at once
};

class FakeDeadLetters final : public delivery::DeadLetterRouter {
 public:
  delivery::Consequences route(const EndpointSpec&, const DeadLetter& letter, int) override {
    routed.push_back(letter);
    return act ? act() : delivery::Consequences{};
  }
  std::function<delivery::Consequences()> act;
  std::vector<DeadLetter> routed;
};

class CountingDeliveryProbe final : public delivery::DeliveryProbe {
 public:
  void ended(const EndpointSpec&, Outcome outcome) override {
    counts.with([&](auto& map) { ++map[outcome]; });
  }
  void circuit(const EndpointSpec&, bool open) override { open_circuits += open ? 1 : -1; }
  int count(Outcome outcome) const {
    return counts.with([&](const auto& map) {
      const auto found = map.find(outcome);
      return found == map.end() ? 0 : found->second;
    });
  }
  Guarded<std::map<Outcome, int>> counts;
  std::atomic<int> open_circuits = 0;
};

inline Resource resource(const std::string& kind, const std::string& name, const std::string& body,
                         const std::string& owner = "test") {
  return {{"000000000000", "us-east-1", kind, name}, owner, body};
}

class Pipeline : public bus::DeliverySink {
 public:
  explicit Pipeline(const std::vector<Resource>& resources, delivery::DispatcherOptions options = {},
                    std::shared_ptr<ModelDisk> disk = std::make_shared<ModelDisk>())
      : disk_(std::move(disk)),
        journal(std::make_unique<ModelEngine>(disk_), {.pace = std::chrono::microseconds{0}}, journal_probe_,
                [](const Error&) {}),
        readers([disk = disk_] { return Result<std::unique_ptr<store::Reader>>(std::make_unique<ModelReader>(disk)); }),
        acceptor(rules, journal, wall, random, bus_probe_) {
    configure(resources);
    dispatcher = std::make_unique<delivery::Dispatcher>(
        delivery::Dispatcher::Ports{journal, readers, topology, invoker, dead_letters, executor, callers, wall, steady,
                                    random, probe,
                                    [this](Millis delay) { wakes.with([&](auto& w) { w.push_back(delay); }); }},
        options);
    auto reader = readers.lend();
    dispatcher->load((*reader)->endpoints().value());
  }

  void configure(const std::vector<Resource>& resources) {
    auto built = Topology::build(catalog_of(resources).value(), Place{}, numbers_).value();
    store::Changes changes;
    for (const auto& [id, key] : std::exchange(numbers_.fresh, {})) changes.add(store::PutEndpoint{id, key});
    journal.apply(store::Lane::internal, std::move(changes)).value();
    rules.set(bus::RuleTable::build(built).value());
    topology.set(std::move(built));
    if (dispatcher) dispatcher->reconfigure();
  }

  void committed(std::vector<NewDelivery> deliveries) override { dispatcher->committed(std::move(deliveries)); }

  // Accepts, and waits for the commit.
  std::vector<bus::EntryResult> put(const std::vector<bus::Entry>& entries) {
    std::vector<bus::EntryResult> results;
    acceptor.put_events(entries, *this, [&](auto done) { results = done.value(); });
    journal.apply(store::Lane::ingress, {}).value();
    return results;
  }

  // One task: of a function, where one waits.
  bool run_one() { return callers.run_one() || executor.run_one(); }
  // Runs what is ready, though asynchronous attempts may be in flight.
  void run_ready() {
    do {
      while (run_one()) {
      }
      journal.apply(store::Lane::outcome, {}).value();
    } while (!executor.empty() || !callers.empty());
  }
  // Runs everything that can be run without time passing.
  void settle() {
    for (;;) {
      while (run_one()) {
      }
      journal.apply(store::Lane::outcome, {}).value();
      if (executor.empty() && callers.empty() && dispatcher->quiet()) return;
    }
  }
  void advance(Millis by) {
    wall.advance(by);
    steady.advance(by);
    dispatcher->tick();
    settle();
  }

  std::shared_ptr<const ModelState> stored() const { return disk_->state(); }

 private:
  std::shared_ptr<ModelDisk> disk_;
  store::JournalProbe journal_probe_;
  bus::BusProbe bus_probe_;
  Topology::EndpointNumbers numbers_;

 public:
  FakeWallClock wall;
  FakeSteadyClock steady;
  SeededRandom random{7};
  CountingDeliveryProbe probe;
  FakeInvoker invoker;
  FakeDeadLetters dead_letters;
  ManualExecutor executor, callers;
  Guarded<std::vector<Millis>> wakes;
  Snapshot<Topology> topology;
  Snapshot<bus::RuleTable> rules;
  store::Journal journal;
  store::ReaderPool readers;
  bus::Acceptor acceptor;
  std::unique_ptr<delivery::Dispatcher> dispatcher;
};

// A bus "orders" with a function "work" behind one rule.
inline std::vector<Resource> one_rule(const std::string& target_extra = "", const std::string& function_extra = "") {
  return {resource("AWS::Events::EventBus", "orders",
                   R"({"Arn":"arn:aws:events:us-east-1:000000000000:event-bus/orders"})"),
          resource("AWS::Lambda::Function", "work", R"({"Handler":"test.work","Timeout":30)" + function_extra + "}"),
          resource("AWS::Events::Rule", "orders/all",
                   R"({"EventBusName":"orders","EventPattern":{"source":["shop"]},"Targets":[{"Id":"1",)"
                   R"("Arn":"arn:aws:lambda:us-east-1:000000000000:function:work")" +
                       target_extra + "}]}")};
}

inline bus::Entry entry(const std::string& detail = R"({"n":1})", const std::string& source = "shop") {
  bus::Entry made;
  made.source = source;
  made.detail_type = "Order Placed";
  made.detail = detail;
  made.bus = "orders";
  return made;
}

}  // namespace waybill::testing
