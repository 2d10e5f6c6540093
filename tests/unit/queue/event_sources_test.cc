#include "queue/event_sources.h"

#include <algorithm>

#include "support/queue_rig.h"

using namespace waybill;
using namespace waybill::queue;
using namespace waybill::testing;
using std::chrono::seconds;
using Strings = std::vector<std::string>;

namespace {

// Does what the test says, and remembers what it was given.
class FakeFunction final : public BatchInvoker {
 public:
  std::vector<RecordResult> invoke(const BatchCall& call) override {
    Strings bodies;
    for (const Received& each : call.messages) bodies.push_back(each.message->body);
    batches.push_back(bodies);
    std::vector<RecordResult> results;
    for (const std::string& body : bodies) results.push_back(act(body));
    if (during) during();
    return results;
  }
  static RecordResult failed() {
    RecordResult result;
    result.ok = false;
    result.error = "it is bad";
    return result;
  }
  std::function<RecordResult(const std::string&)> act = [](const std::string& body) {
    if (body.starts_with("bad")) return failed();
    RecordResult result;
    result.changes.add(store::PutSetting{"done " + body, "1"});
    return result;
  };
  std::function<void()> during;
  std::vector<Strings> batches;
};

class World {
 public:
  explicit World(nlohmann::json mapping = nlohmann::json::object(), nlohmann::json queue = nlohmann::json::object()) {
    rig.put_queue("q", std::move(queue));
    rig.put("AWS::Lambda::Function", "work", {{"Handler", "test.work"}, {"Timeout", 10}});
    put_mapping(std::move(mapping));
    sources = std::make_unique<EventSources>(EventSources::Ports{
        rig.topology, *rig.service, *rig.journal, function, rig.workers, rig.wall, rig.steady,
        [this](std::vector<NewDelivery> deliveries) { caused += deliveries.size(); }, [](Millis) {}, probe, 2});
    sources->reconfigure();
    rig.commit();
  }
  ~World() { sources->stop(); }

  void put_mapping(nlohmann::json mapping) {
    mapping["EventSourceArn"] = queue_arn("q");
    mapping["FunctionName"] = "work";
    rig.put(kinds::kEventSourceMapping, "m", mapping);
    if (sources) sources->reconfigure();
  }
  void send(const Strings& bodies) {
    std::vector<SendEntry> entries;
    for (const std::string& body : bodies) entries.push_back(SendEntry{body});
    rig.service->send(queue_arn("q"), std::move(entries), [](auto) {});
    rig.commit();
  }
  void advance(Millis by) {
    rig.wall.advance(by);
    rig.steady.advance(by);
    rig.service->tick();
    sources->tick();
    rig.commit();
  }
  bool stored(const std::string& body) {
    auto reader = rig.readers->lend();
    return (*(*reader)->setting("done " + body)).has_value();
  }
  std::int64_t left() {
    const auto counts = rig.counts("q");
    return counts.visible + counts.in_flight + counts.delayed;
  }

  QueueRig rig;
  FakeFunction function;
  EventSourceProbe probe;
  std::size_t caused = 0;
  std::unique_ptr<EventSources> sources;
};

}  // namespace

TEST_CASE("messages come to the function in batches, and are gone when it is done") {
  World world;
  world.send({"a", "b", "c"});
  CHECK(world.function.batches == std::vector<Strings>{{"a", "b", "c"}});
  CHECK(world.left() == 0);
  CHECK(world.stored("a"));
  CHECK(world.stored("c"));
  CHECK(world.sources->quiet());
}

TEST_CASE("one failure without item failures brings all of the batch back") {
  World world;
  world.send({"a", "bad"});
  CHECK(world.left() == 2);
  CHECK_FALSE(world.stored("a"));
  world.advance(seconds{30});
  CHECK(world.function.batches.size() == 2);
}

TEST_CASE("with item failures the failed ones alone come back, up to the dead-letter queue") {
  World world(nlohmann::json{{"FunctionResponseTypes", {"ReportBatchItemFailures"}}},
              {{"RedrivePolicy", {{"deadLetterTargetArn", queue_arn("dead")}, {"maxReceiveCount", 2}}}});
  world.rig.put_queue("dead");
  world.send({"a", "bad", "c"});
  CHECK(world.stored("a"));
  CHECK(world.stored("c"));
  CHECK(world.left() == 1);
  world.advance(seconds{30});
  CHECK(world.function.batches.back() == Strings{"bad"});
  world.advance(seconds{30});
  CHECK(world.function.batches.size() == 2);
  CHECK(world.left() == 0);
  CHECK(world.rig.bodies("dead") == Strings{"bad"});
}

TEST_CASE("a batch that is not full waits for its window") {
  World world(nlohmann::json{{"BatchSize", 3}, {"MaximumBatchingWindowInSeconds", 5}});
  world.send({"a"});
  CHECK(world.function.batches.empty());
  CHECK(world.sources->next_due() == world.rig.wall.now() + seconds{5});
  world.advance(seconds{2});
  world.send({"b"});
  world.advance(seconds{3});
  CHECK(world.function.batches == std::vector<Strings>{{"a", "b"}});
  world.send({"c", "d", "e"});
  CHECK(world.function.batches.size() == 2);  // full: at once
  CHECK(world.left() == 0);
}

TEST_CASE("what no filter wants is deleted unseen") {
  World world(nlohmann::json{{"FilterCriteria", {{"Filters", {{{"Pattern", R"({"body":{"kind":["good"]}})"}}}}}}});
  world.send({R"({"kind":"good"})", R"({"kind":"other"})", "text"});
  CHECK(world.function.batches == std::vector<Strings>{{R"({"kind":"good"})"}});
  CHECK(world.left() == 0);
}

TEST_CASE("a message that was received again meanwhile is left out, effects and all") {
  World world({}, {{"VisibilityTimeout", 5}});
  world.function.during = [&] {
    world.function.during = nullptr;
    world.rig.wall.advance(seconds{5});
    store::ReceiveMessages receive;
    receive.queue = world.rig.id_of("q");
    receive.limit = 1;
    receive.now = world.rig.wall.now();
    receive.visible_at = receive.now + seconds{60};
    store::Changes changes;
    changes.add(receive);
    world.rig.journal->submit(store::Lane::internal, std::move(changes), [](const store::Applied&) {});
  };
  world.send({"a", "b"});
  CHECK_FALSE(world.stored("a"));
  CHECK(world.stored("b"));
  CHECK(world.left() == 1);
}

TEST_CASE("an effect that cannot be stored is a failure of its message alone") {
  World world(nlohmann::json{{"FunctionResponseTypes", {"ReportBatchItemFailures"}}});
  world.function.act = [](const std::string& body) {
    RecordResult result;
    if (body == "b") {
      result.changes.add(store::PutItem{TableId{99}, {}, {}, store::OnConditionFailed::fail_attempt, nullptr});
    } else {
      result.changes.add(store::PutSetting{"done " + body, "1"});
    }
    return result;
  };
  world.send({"a", "b", "c"});
  CHECK(world.stored("a"));
  CHECK(world.stored("c"));
  CHECK(world.left() == 1);
}

TEST_CASE("an answer after the deadline counts for nothing") {
  World world;
  world.function.during = [&] { world.rig.steady.advance(seconds{11}); };
  world.send({"a"});
  CHECK_FALSE(world.stored("a"));
  CHECK(world.left() == 1);
  CHECK(world.sources->quiet());
}

TEST_CASE("a source that is disabled takes nothing until it is enabled") {
  World world;
  world.put_mapping({{"Enabled", false}});
  world.send({"a"});
  CHECK(world.function.batches.empty());
  CHECK(world.left() == 1);
  world.put_mapping({{"Enabled", true}});
  world.rig.commit();
  CHECK(world.function.batches.size() == 1);
}
