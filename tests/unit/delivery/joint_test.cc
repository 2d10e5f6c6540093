// Joint attempts: one asynchronous attempt for several deliveries of one endpoint.
#include <doctest/doctest.h>

#include "delivery/dispatcher.h"
#include "support/pipeline.h"

using namespace waybill;
using namespace waybill::testing;
using delivery::AttemptResult;
using delivery::DeliveryProbe;
using std::chrono::seconds;

namespace {

struct JointPipeline : Pipeline {
  explicit JointPipeline(std::size_t joint, const std::string& target_extra = "")
      : Pipeline(one_rule(target_extra), options()) {
    invoker.async = true;
    invoker.joint = joint;
  }
  static delivery::DispatcherOptions options() {
    delivery::DispatcherOptions options;
    options.workers = 1;
    options.max_async = 1;
    return options;
  }
  void put_and_run(std::size_t count) {
    put(std::vector<bus::Entry>(count, entry()));
    run_ready();
  }
  void end(AttemptResult result = {}) {
    invoker.end_held(std::move(result));
    run_ready();
  }
  void pass(Millis by) {
    wall.advance(by);
    steady.advance(by);
    dispatcher->tick();
    run_ready();
  }
};

}  // namespace

TEST_CASE("a joint attempt carries what is due, up to the limit, and its success delivers each of them") {
  JointPipeline pipeline(4);
  pipeline.put_and_run(6);
  CHECK(pipeline.invoker.joint_sizes.size() + pipeline.invoker.held.size() >= 1);
  while (!pipeline.invoker.held.empty()) pipeline.end();
  CHECK(pipeline.invoker.calls.size() == 6);
  REQUIRE_FALSE(pipeline.invoker.joint_sizes.empty());
  for (const std::size_t size : pipeline.invoker.joint_sizes) CHECK((size >= 2 && size <= 4));
  CHECK(pipeline.stored()->deliveries.empty());
  CHECK(pipeline.probe.count(DeliveryProbe::Outcome::delivered) == 6);
  CHECK(pipeline.dispatcher->quiet());
}

TEST_CASE("the failure of a joint attempt counts for each delivery, and each waits by its own policy") {
  JointPipeline pipeline(10);
  pipeline.put_and_run(1);  // holds the target's only place while the others gather
  pipeline.put_and_run(5);
  pipeline.end();
  REQUIRE(pipeline.invoker.joint_sizes == std::vector<std::size_t>{5});
  pipeline.end(FakeInvoker::failed());
  REQUIRE(pipeline.stored()->deliveries.size() == 5);
  for (const auto& [key, delivery] : pipeline.stored()->deliveries) CHECK(delivery.attempts == 1);
  pipeline.pass(seconds{5});
  while (!pipeline.invoker.held.empty()) pipeline.end();
  CHECK(pipeline.stored()->deliveries.empty());
  CHECK(pipeline.stored()->dead_letters.empty());
}

TEST_CASE("a permanent failure of a joint attempt makes a dead letter of each delivery") {
  JointPipeline pipeline(10);
  pipeline.put_and_run(1);
  pipeline.put_and_run(3);
  pipeline.end();
  pipeline.end(FakeInvoker::failed(delivery::FailureClass::permanent));
  CHECK(pipeline.stored()->deliveries.empty());
  CHECK(pipeline.stored()->dead_letters.size() == 3);
  CHECK(pipeline.dead_letters.routed.size() == 3);
}

TEST_CASE("a postponed joint attempt puts all its deliveries back, uncounted") {
  JointPipeline pipeline(10);
  pipeline.put_and_run(1);
  pipeline.put_and_run(3);
  pipeline.end();
  AttemptResult postponed;
  postponed.postponed = seconds{2};
  pipeline.end(std::move(postponed));
  CHECK(pipeline.stored()->deliveries.size() == 3);
  pipeline.pass(seconds{1});
  CHECK(pipeline.invoker.held.empty());
  pipeline.pass(seconds{1});
  REQUIRE(pipeline.invoker.joint_sizes == std::vector<std::size_t>{3, 3});
  CHECK(pipeline.invoker.calls.back().attempts_before == 0);
  pipeline.end();
  CHECK(pipeline.stored()->deliveries.empty());
}

TEST_CASE("a joint attempt past its deadline is a timeout of each delivery, and its late result is dropped") {
  JointPipeline pipeline(10, R"(,"RetryPolicy":{"MaximumRetryAttempts":0})");
  pipeline.put_and_run(1);
  pipeline.put_and_run(3);
  pipeline.end();
  pipeline.pass(seconds{31});
  CHECK(pipeline.stored()->dead_letters.size() == 3);
  CHECK(pipeline.stored()->dead_letters.begin()->second.error_code == "TIMEOUT");
  pipeline.end();
  CHECK(pipeline.probe.count(DeliveryProbe::Outcome::delivered) == 1);
  CHECK(pipeline.dispatcher->quiet());
}

TEST_CASE("what takes the place of a joint attempt's deliveries comes in the unit that ends them all, and is sent") {
  JointPipeline pipeline(10);
  pipeline.put_and_run(1);
  pipeline.put_and_run(3);
  pipeline.end();
  REQUIRE(pipeline.invoker.joint_sizes == std::vector<std::size_t>{3});
  const Delivery model = pipeline.stored()->deliveries.begin()->second;
  auto payload = std::make_shared<const Payload>(
      Payload{PayloadId{9000}, PayloadKind::notification, model.ingested_at, "topic", "joined"});
  Delivery joined = model;
  joined.key.id = DeliveryId{9001};
  joined.payload = payload->id;
  AttemptResult instead;
  instead.consequences.changes.add(store::InsertPayload{payload});
  instead.consequences.changes.add(store::InsertDelivery{joined});
  instead.consequences.deliveries.push_back({joined, payload});
  SUBCASE("all of them") {
    pipeline.end(std::move(instead));
    REQUIRE(pipeline.stored()->deliveries.size() == 1);
    CHECK(pipeline.stored()->deliveries.begin()->first.id == DeliveryId{9001});
    CHECK(pipeline.invoker.calls.back().body == "joined");
    CHECK(pipeline.dispatcher->pending(model.key.endpoint) == 1);
    pipeline.end();
    CHECK(pipeline.stored()->deliveries.empty());
    CHECK(pipeline.dispatcher->quiet());
  }
  SUBCASE("none, when one of them has moved on; the others are found again") {
    store::Changes gone;
    gone.add(store::FinishDelivery{{model.key, 0, pipeline.journal.generation()}});
    pipeline.journal.submit(store::Lane::outcome, std::move(gone), [](const store::Applied&) {});
    pipeline.end(std::move(instead));
    CHECK(pipeline.stored()->payloads.count(PayloadId{9000}) == 0);
    CHECK(pipeline.stored()->deliveries.size() == 2);
    CHECK(pipeline.invoker.joint_sizes == std::vector<std::size_t>{3, 2});
    pipeline.end();
    CHECK(pipeline.stored()->deliveries.empty());
  }
}
