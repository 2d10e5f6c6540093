#include "delivery/dispatcher.h"

#include <doctest/doctest.h>

#include "support/pipeline.h"

using namespace waybill;
using namespace waybill::testing;
using delivery::Attempt;
using delivery::AttemptResult;
using delivery::DeliveryProbe;

namespace {

delivery::DispatcherOptions with_workers(std::size_t workers) {
  delivery::DispatcherOptions options;
  options.workers = workers;
  return options;
}

delivery::DispatcherOptions with_window(std::size_t window) {
  delivery::DispatcherOptions options;
  options.window = window;
  return options;
}

}  // namespace

TEST_CASE("an event that matches is delivered once and leaves nothing pending") {
  Pipeline pipeline(one_rule());
  const auto results = pipeline.put({entry()});
  REQUIRE(results.at(0).ok());
  CHECK(pipeline.stored()->deliveries.size() == 1);
  const EndpointId endpoint = pipeline.stored()->deliveries.begin()->first.endpoint;
  CHECK(pipeline.dispatcher->pending(endpoint) == 1);
  pipeline.settle();
  CHECK(pipeline.dispatcher->pending(endpoint) == 0);
  CHECK(pipeline.dispatcher->pending(EndpointId{endpoint.value + 1}) == 0);
  REQUIRE(pipeline.invoker.calls.size() == 1);
  CHECK(pipeline.invoker.calls[0].body.find(results[0].event_id) != std::string::npos);
  CHECK(pipeline.stored()->deliveries.empty());
  CHECK(pipeline.probe.count(DeliveryProbe::Outcome::delivered) == 1);
  CHECK(pipeline.dispatcher->counts().at(0).pending == 0);
}

TEST_CASE("an event that matches nothing is not stored") {
  Pipeline pipeline(one_rule());
  CHECK(pipeline.put({entry("{}", "other")}).at(0).ok());
  CHECK(pipeline.stored()->payloads.empty());
}

TEST_CASE("a failing target is retried as its policy says, then dead-lettered with the reason") {
  Pipeline pipeline(one_rule(R"(,"RetryPolicy":{"MaximumRetryAttempts":2,"MaximumEventAgeInSeconds":3600})"));
  pipeline.invoker.act = [](const Attempt&) { return FakeInvoker::failed(); };
  pipeline.put({entry()});
  pipeline.settle();
  for (int i = 0; i < 5; ++i) pipeline.advance(std::chrono::minutes{1});
  CHECK(pipeline.invoker.calls.size() == 3);
  REQUIRE(pipeline.stored()->dead_letters.size() == 1);
  const DeadLetter& letter = pipeline.stored()->dead_letters.begin()->second;
  CHECK(letter.attempts == 3);
  CHECK(letter.exhausted_condition == "MaximumRetryAttempts");
  CHECK(letter.error_code == "ERROR_FROM_TARGET");
  CHECK(letter.rule_arn == "arn:aws:events:us-east-1:000000000000:rule/orders/all");
  CHECK(pipeline.dead_letters.routed.size() == 1);
  CHECK(pipeline.stored()->deliveries.empty());
}

TEST_CASE("a permanent failure is dead-lettered at once") {
  Pipeline pipeline(one_rule());
  pipeline.invoker.act = [](const Attempt&) { return FakeInvoker::failed(delivery::FailureClass::permanent); };
  pipeline.put({entry()});
  pipeline.settle();
  CHECK(pipeline.invoker.calls.size() == 1);
  CHECK(pipeline.stored()->dead_letters.size() == 1);
}

TEST_CASE("a retry waits for its due time and asks to be woken for it") {
  Pipeline pipeline(one_rule());
  bool fail = true;
  pipeline.invoker.act = [&](const Attempt&) {
    return std::exchange(fail, false) ? FakeInvoker::failed() : AttemptResult{};
  };
  pipeline.put({entry()});
  pipeline.settle();
  REQUIRE(pipeline.stored()->deliveries.size() == 1);
  CHECK(pipeline.stored()->deliveries.begin()->second.attempts == 1);
  CHECK(pipeline.wakes.with([](const auto& wakes) { return !wakes.empty(); }));
  pipeline.advance(std::chrono::seconds{2});
  CHECK(pipeline.stored()->deliveries.empty());
  CHECK(pipeline.invoker.calls.size() == 2);
}

TEST_CASE("an attempt past its deadline is settled as a timeout and its late result is dropped") {
  Pipeline pipeline(one_rule(R"(,"RetryPolicy":{"MaximumRetryAttempts":0})"));
  pipeline.invoker.act = [&](const Attempt&) {
    pipeline.wall.advance(std::chrono::seconds{31});
    pipeline.steady.advance(std::chrono::seconds{31});
    pipeline.dispatcher->tick();  // the watchdog looks while the handler hangs
    return AttemptResult{};
  };
  pipeline.put({entry()});
  pipeline.settle();
  REQUIRE(pipeline.stored()->dead_letters.size() == 1);
  CHECK(pipeline.stored()->dead_letters.begin()->second.error_code == "TIMEOUT");
  CHECK(pipeline.probe.count(DeliveryProbe::Outcome::fenced) == 1);
  CHECK(pipeline.probe.count(DeliveryProbe::Outcome::delivered) == 0);
}

TEST_CASE("a function runs no more invocations at once than it reserves") {
  Pipeline pipeline(one_rule("", R"(,"ReservedConcurrentExecutions":1)"), with_workers(8));
  pipeline.put({entry(), entry(), entry()});
  int running = 0, most = 0;
  pipeline.invoker.act = [&](const Attempt&) {
    most = std::max(most, ++running);
    while (pipeline.run_one()) {  // other tasks get their chance meanwhile
    }
    --running;
    return AttemptResult{};
  };
  pipeline.settle();
  CHECK(most == 1);
  CHECK(pipeline.invoker.calls.size() == 3);
}

TEST_CASE("more deliveries than the window holds all arrive, in order of due time") {
  Pipeline pipeline(one_rule(), with_window(16));
  for (int i = 0; i < 30; ++i) {
    pipeline.wall.advance(Millis{1});
    pipeline.put({entry(R"({"n":)" + std::to_string(i) + "}")});
  }
  pipeline.settle();
  REQUIRE(pipeline.invoker.calls.size() == 30);
  for (std::size_t i = 0; i < 30; ++i) {
    CHECK(pipeline.invoker.calls[i].body.find(R"({"n":)" + std::to_string(i) + "}") != std::string::npos);
  }
}

TEST_CASE("deliveries that were pending at a stop are made at the next start") {
  const auto disk = std::make_shared<ModelDisk>();
  {
    Pipeline first(one_rule(), {}, disk);
    first.dispatcher->stop();
    first.put({entry(), entry()});
  }
  CHECK(disk->state()->deliveries.size() == 2);
  Pipeline second(one_rule(), {}, disk);
  second.settle();
  CHECK(second.invoker.calls.size() == 2);
  CHECK(disk->state()->deliveries.empty());
}

TEST_CASE("a delivery whose rule was deleted is dead-lettered as NO_RESOURCE") {
  Pipeline pipeline(one_rule());
  pipeline.dispatcher->stop();  // so that it stays pending
  pipeline.put({entry()});
  Pipeline later({}, {}, std::make_shared<ModelDisk>());
  pipeline.settle();
  const auto disk = std::make_shared<ModelDisk>();
  disk->set(pipeline.stored());
  Pipeline without({}, {}, disk);
  without.settle();
  CHECK(without.invoker.calls.empty());
  REQUIRE(disk->state()->dead_letters.size() == 1);
  CHECK(disk->state()->dead_letters.begin()->second.error_code == "NO_RESOURCE");
}

TEST_CASE("a version conflict asks the handler again and counts no attempt") {
  Pipeline pipeline(one_rule());
  store::Changes table;
  table.add(store::PutTable{{TableId{1}, "t", "arn", {{"id", KeyType::string}, {}}, {}, ""}});
  pipeline.journal.apply(store::Lane::internal, std::move(table)).value();
  int calls = 0;
  pipeline.invoker.act = [&](const Attempt&) {
    AttemptResult result;
    store::PutItem put{TableId{1}, {"k", "", "{}", {}, {}, 0}, {}, store::OnConditionFailed::fail_attempt, nullptr};
    put.condition.version = ++calls < 3 ? 99 : 0;  // twice it decided on something that is no longer so
    result.consequences.changes.add(std::move(put));
    return result;
  };
  pipeline.put({entry()});
  pipeline.settle();
  CHECK(calls == 3);
  CHECK(pipeline.invoker.calls.back().attempts_before == 0);
  CHECK(pipeline.probe.count(DeliveryProbe::Outcome::conflicted) == 2);
  CHECK(pipeline.probe.count(DeliveryProbe::Outcome::delivered) == 1);
}

TEST_CASE("effects that cannot be applied are a failed attempt without them") {
  Pipeline pipeline(one_rule(R"(,"RetryPolicy":{"MaximumRetryAttempts":0})"));
  pipeline.invoker.act = [](const Attempt&) {
    AttemptResult result;
    result.consequences.changes.add(store::PutItem{TableId{77}, {"k", "", "{}", {}, {}, 0}, {}, {}, nullptr});
    return result;
  };
  pipeline.put({entry()});
  pipeline.settle();
  CHECK(pipeline.stored()->dead_letters.size() == 1);
  CHECK(pipeline.probe.count(DeliveryProbe::Outcome::dead_lettered) == 1);
}

TEST_CASE("a delivery that 16 others caused is dead-lettered instead of feeding itself for ever") {
  Pipeline pipeline(one_rule());
  pipeline.invoker.act = [&](const Attempt& attempt) {
    AttemptResult result;
    auto prepared = pipeline.acceptor.prepare({entry()}, attempt.delivery.depth + 1);
    result.consequences = {std::move(prepared.changes), std::move(prepared.deliveries)};
    return result;
  };
  pipeline.put({entry()});
  pipeline.settle();
  CHECK(pipeline.invoker.calls.size() == 17);
  REQUIRE(pipeline.stored()->dead_letters.size() == 1);
  CHECK(pipeline.stored()->dead_letters.begin()->second.error_code == "RECURSION_LIMIT");
}

TEST_CASE("a reset forgets what was pending, also what was in flight") {
  Pipeline pipeline(one_rule());
  pipeline.invoker.act = [&](const Attempt&) {
    store::Changes changes;
    changes.add(store::ResetAll{});
    pipeline.journal.apply(store::Lane::internal, std::move(changes)).value();
    pipeline.dispatcher->reset();
    return FakeInvoker::failed();
  };
  pipeline.put({entry()});
  pipeline.settle();
  CHECK(pipeline.stored()->deliveries.empty());
  CHECK(pipeline.stored()->dead_letters.empty());
  CHECK(pipeline.probe.count(DeliveryProbe::Outcome::fenced) == 1);
}

TEST_CASE("a dead letter ends also when what it causes cannot be applied") {
  Pipeline pipeline(one_rule());
  pipeline.invoker.act = [](const Attempt&) { return FakeInvoker::failed(delivery::FailureClass::permanent); };
  pipeline.dead_letters.act = [] {
    delivery::Consequences row;  // of a table that is gone
    row.changes.add(store::PutItem{TableId{77}, {"k", "", "{}", {}, {}, 0}, {}, {}, nullptr});
    return row;
  };
  pipeline.put({entry()});
  pipeline.settle();
  for (int i = 0; i < 200 && pipeline.stored()->dead_letters.empty(); ++i) pipeline.advance(std::chrono::hours{1});
  CHECK(pipeline.stored()->dead_letters.size() == 1);
  CHECK(pipeline.stored()->deliveries.empty());
}

TEST_CASE("a slot that was taken before a reload is given back after it") {
  const std::string one_at_once = R"(,"ReservedConcurrentExecutions":1)";
  Pipeline pipeline(one_rule("", one_at_once));
  bool reloaded = false;
  pipeline.invoker.act = [&](const Attempt&) {
    if (!std::exchange(reloaded, true)) pipeline.configure({});  // the rule goes while its function runs
    return AttemptResult{};
  };
  pipeline.put({entry()});
  pipeline.settle();
  pipeline.configure(one_rule("", one_at_once));
  pipeline.put({entry(), entry()});
  pipeline.settle();
  CHECK(pipeline.invoker.calls.size() == 3);
  CHECK(pipeline.stored()->deliveries.empty());
}

TEST_CASE("notifications of a subscription that goes are ended as NO_RESOURCE") {
  const std::string topic = Place{}.topic("alerts");
  const std::vector<Resource> with{
      resource("AWS::SNS::Topic", "alerts", R"({"Arn":")" + topic + "\"}"),
      resource("AWS::SNS::Subscription", "t/S",
               R"({"TopicArn":")" + topic + R"(","Protocol":"email","Endpoint":"a@example.com"})")};
  Pipeline pipeline(with);
  const EndpointId endpoint = pipeline.topology.get()->topic(topic)->subscriptions[0].endpoint;
  const auto payload = std::make_shared<const Payload>(Payload{
      PayloadId{pipeline.journal.next_sequence()}, PayloadKind::notification, pipeline.wall.now(), topic, "{}"});
  const Delivery waiting{{endpoint, pipeline.wall.now(), DeliveryId{pipeline.journal.next_sequence()}},
                         payload->id,
                         0,
                         0,
                         pipeline.wall.now(),
                         ""};
  store::Changes changes;
  changes.add(store::InsertPayload{payload});
  changes.add(store::InsertDelivery{waiting});
  pipeline.journal.apply(store::Lane::internal, std::move(changes)).value();
  pipeline.committed({{waiting, payload}});
  pipeline.settle();
  CHECK(pipeline.stored()->deliveries.size() == 1);
  pipeline.configure({});
  pipeline.settle();
  CHECK(pipeline.stored()->deliveries.empty());
  REQUIRE(pipeline.stored()->dead_letters.size() == 1);
  CHECK(pipeline.stored()->dead_letters.begin()->second.error_code == "NO_RESOURCE");
}

TEST_CASE("an endpoint that is configured no longer is forgotten with its last delivery") {
  Pipeline pipeline(one_rule());
  pipeline.put({entry()});
  pipeline.settle();
  CHECK(pipeline.dispatcher->counts().size() == 1);
  pipeline.configure({});
  CHECK(pipeline.dispatcher->counts().empty());
  pipeline.configure(one_rule());
  pipeline.invoker.async = true;
  pipeline.put({entry()});
  pipeline.run_ready();
  pipeline.configure({});
  REQUIRE(pipeline.dispatcher->counts().size() == 1);
  CHECK(pipeline.dispatcher->counts()[0].pending == 1);
  pipeline.invoker.end_held();
  pipeline.run_ready();
  CHECK(pipeline.dispatcher->counts().empty());
  pipeline.configure(one_rule());
  pipeline.invoker.async = false;
  pipeline.put({entry()});
  pipeline.settle();
  CHECK(pipeline.stored()->deliveries.empty());
  CHECK(pipeline.invoker.calls.size() == 3);
}

TEST_CASE("a start takes no notice of endpoints that were configured once and have nothing pending") {
  const auto disk = std::make_shared<ModelDisk>();
  { Pipeline first(one_rule(), {}, disk); }
  Pipeline second({}, {}, disk);
  CHECK(second.dispatcher->counts().empty());
}
