// A long backlog of a dead target, over the real store: memory stays flat, others pass, and it drains in order.
#include <fstream>

#include <doctest/doctest.h>

#include "delivery/dispatcher.h"
#include "support/pipeline.h"
#include "support/sqlite_harness.h"

using namespace waybill;
using namespace waybill::testing;
using delivery::AttemptResult;
using std::chrono::seconds;

namespace {

constexpr int kRows = 200'000;
constexpr std::size_t kWindow = 1024;

std::int64_t anonymous_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::stoll(line.substr(8));
  }
  return 0;
}

std::vector<Resource> two_rules() {
  auto resources = one_rule();
  resources.push_back(resource("AWS::Lambda::Function", "other", R"({"Handler":"test.work","Timeout":30})"));
  resources.push_back(resource("AWS::Events::Rule", "orders/other",
                               R"({"EventBusName":"orders","EventPattern":{"source":["other"]},"Targets":[{"Id":"1",)"
                               R"("Arn":"arn:aws:lambda:us-east-1:000000000000:function:other"}]})"));
  return resources;
}

// The dispatcher over SQLite, with a Journal that commits when told.
struct Backlog {
  Backlog() {
    store::JournalOptions by_hand;
    by_hand.by_hand = true;
    journal = std::make_unique<store::Journal>(store->make_engine().value(), by_hand, journal_probe, nullptr);
    Topology::EndpointNumbers numbers;
    topology.set(Topology::build(catalog_of(two_rules()).value(), Place{}, numbers).value());
    store::Changes changes;
    for (const auto& [id, key] : numbers.fresh) {
      changes.add(store::PutEndpoint{id, key});
      (key.find("orders/other") == std::string::npos ? dead : fine) = id;
    }
    journal->apply(store::Lane::internal, std::move(changes)).value();
    invoker.act = [this](const delivery::Attempt& attempt) {
      AttemptResult result;
      if (attempt.endpoint.id == dead && is_down) {
        result = FakeInvoker::failed();
        result.target_down = true;
      }
      return result;
    };
  }
  // One payload for all: what is of interest here is the rows.
  void fill() {
    auto payload = std::make_shared<const Payload>(
        Payload{PayloadId{journal->next_sequence()}, PayloadKind::event, wall.now(), "", "{}"});
    for (int row = 0; row < kRows;) {
      store::Changes changes;
      if (row == 0) changes.add(store::InsertPayload{payload});
      for (const int end = row + 20'000; row < end; ++row) {
        const WallTime due = wall.now() - std::chrono::hours{1} + Millis{row};
        changes.add(store::InsertDelivery{
            {{dead, due, DeliveryId{journal->next_sequence()}}, payload->id, 0, 0, wall.now(), ""}});
      }
      journal->apply(store::Lane::internal, std::move(changes)).value();
    }
  }
  void start() {
    delivery::DispatcherOptions options;
    options.window = kWindow;
    options.workers = 1;
    dispatcher = std::make_unique<delivery::Dispatcher>(
        delivery::Dispatcher::Ports{*journal, readers, topology, invoker, dead_letters, executor, executor, wall,
                                    steady, random, probe, [](Millis) {}},
        options);
    auto reader = readers.lend();
    dispatcher->load((*reader)->endpoints().value());
  }
  void settle(std::size_t calls = SIZE_MAX) {
    while (invoker.calls.size() < calls && (executor.run_one() || journal->commit_waiting())) {
    }
  }
  void put_fine() {
    auto payload = std::make_shared<const Payload>(
        Payload{PayloadId{journal->next_sequence()}, PayloadKind::event, wall.now(), "", "{}"});
    const Delivery delivery{
        {fine, wall.now(), DeliveryId{journal->next_sequence()}}, payload->id, 0, 0, wall.now(), ""};
    store::Changes changes;
    changes.add(store::InsertPayload{payload});
    changes.add(store::InsertDelivery{delivery});
    journal->apply(store::Lane::internal, std::move(changes)).value();
    dispatcher->committed({{delivery, payload}});
  }
  std::int64_t pending(EndpointId endpoint) const { return dispatcher->pending(endpoint); }

  TempDir directory;
  std::unique_ptr<store::sqlite::Store> store = store::sqlite::Store::open(directory.path().string()).value();
  store::JournalProbe journal_probe;
  FakeWallClock wall;
  FakeSteadyClock steady;
  SeededRandom random{7};
  CountingDeliveryProbe probe;
  FakeInvoker invoker;
  FakeDeadLetters dead_letters;
  ManualExecutor executor;
  Snapshot<Topology> topology;
  store::ReaderPool readers{[this] { return store->make_reader(); }};
  std::unique_ptr<store::Journal> journal;
  std::unique_ptr<delivery::Dispatcher> dispatcher;
  EndpointId dead, fine;
  bool is_down = true;
};

}  // namespace

TEST_CASE("200,000 deliveries of a dead target: bounded memory, others pass at once, and it drains in order") {
  Backlog backlog;
  backlog.fill();
  const std::int64_t before = anonymous_kib();
  backlog.start();
  backlog.settle();
  CHECK(backlog.pending(backlog.dead) == kRows);
  CHECK(backlog.probe.open_circuits == 1);
  CHECK(backlog.invoker.calls.size() <= kWindow);  // a few, then the circuit was open
  CHECK(anonymous_kib() - before < 16 * 1024);

  backlog.invoker.calls.clear();
  backlog.put_fine();
  backlog.settle();
  REQUIRE(backlog.invoker.calls.size() == 1);
  CHECK(backlog.invoker.calls[0].target.ends_with("other"));
  CHECK(backlog.pending(backlog.fine) == 0);

  backlog.is_down = false;
  WallTime last = WallTime::min();
  int out_of_order = 0;
  backlog.invoker.act = [&](const delivery::Attempt& attempt) {
    if (attempt.delivery.attempts == 0 && attempt.delivery.key.due < last) ++out_of_order;
    if (attempt.delivery.attempts == 0) last = attempt.delivery.key.due;
    return AttemptResult{};
  };
  backlog.wall.advance(seconds{61});
  backlog.steady.advance(seconds{61});
  backlog.dispatcher->tick();
  backlog.settle(10'000);
  CHECK(out_of_order == 0);
  CHECK(backlog.invoker.calls.size() >= 10'000);
  CHECK(backlog.probe.open_circuits == 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which keep what was freed, and shadows of it
  CHECK(anonymous_kib() - before < 32 * 1024);
#endif
}
