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

class Tally final : public EventSourceProbe {
 public:
  void batch(const EventSourceSpec&, std::size_t messages, std::size_t failures) override {
    given += messages;
    failed += failures;
  }
  void filtered(const EventSourceSpec&, std::size_t messages) override { unwanted += messages; }
  std::size_t given = 0, failed = 0, unwanted = 0;
};

class World {
 public:
  explicit World(nlohmann::json mapping = nlohmann::json::object(), nlohmann::json queue = nlohmann::json::object(),
                 std::string queue_name = "q")
      : name(std::move(queue_name)) {
    rig.put_queue(name, std::move(queue));
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
    mapping["EventSourceArn"] = queue_arn(name);
    mapping["FunctionName"] = "work";
    rig.put(kinds::kEventSourceMapping, "m", mapping);
    if (sources) sources->reconfigure();
  }
  void send(const Strings& bodies) {
    std::vector<SendEntry> entries;
    for (const std::string& body : bodies) {
      entries.push_back(SendEntry{body});
      if (name.ends_with(".fifo")) entries.back().group_id = body.substr(body.size() - 1);
    }
    rig.service->send(queue_arn(name), std::move(entries), [](auto) {});
    rig.commit();
  }
  // What is for workers stays undone.
  void commit_alone() {
    while (rig.journal->commit_waiting()) {
    }
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
    const auto counts = rig.counts(name);
    return counts.visible + counts.in_flight + counts.delayed;
  }

  const std::string name;
  QueueRig rig;
  FakeFunction function;
  Tally probe;
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
  CHECK(world.probe.unwanted == 2);
  CHECK(world.probe.given == 1);
  world.send({"text"});
  CHECK(world.probe.given == 1);  // no batch
}

TEST_CASE("a filter sees the body as JSON where it is JSON, else as text, and nothing beside it") {
  World world(nlohmann::json{{"FilterCriteria", {{"Filters", {{{"Pattern", R"({"body":["a \"text\""]})"}}}}}}});
  world.send({R"(a "text")", R"("other"}, "x":{"a":1)", R"(0,"body":"a \"text\"")"});
  CHECK(world.function.batches == std::vector<Strings>{{R"(a "text")"}});
}

TEST_CASE("a batch that waits for a worker has all of its function's time then") {
  World world;
  world.rig.service->send(queue_arn("q"), {SendEntry{"a"}}, [](auto) {});
  world.commit_alone();
  CHECK(world.function.batches.empty());
  world.rig.steady.advance(seconds{20});
  world.sources->tick();
  CHECK_FALSE(world.sources->quiet());
  world.function.during = [&] { world.rig.steady.advance(seconds{9}); };
  world.rig.commit();
  CHECK(world.stored("a"));
  CHECK(world.left() == 0);
}

TEST_CASE("a batch that waited long and of which nothing is wanted frees its place once") {
  World world(
      nlohmann::json{{"BatchSize", 1}, {"FilterCriteria", {{"Filters", {{{"Pattern", R"({"body":["a"]})"}}}}}}});
  world.rig.service->send(queue_arn("q"), {SendEntry{"b"}}, [](auto) {});
  world.commit_alone();
  world.rig.steady.advance(seconds{20});
  world.sources->tick();
  world.rig.commit();
  CHECK(world.left() == 0);
  // Two at once, as before.
  world.rig.service->send(queue_arn("q"), {SendEntry{"a"}, SendEntry{"a"}, SendEntry{"a"}}, [](auto) {});
  world.commit_alone();
  auto reader = world.rig.readers->lend();
  const auto counts = (*reader)->message_counts(world.rig.id_of("q"), false, world.rig.wall.now());
  CHECK(counts->in_flight == 2);
  world.rig.commit();
}

TEST_CASE("a function that hangs is given up, and its place goes to the next batch") {
  World world;
  world.function.during = [&] {
    world.function.during = nullptr;
    world.rig.steady.advance(seconds{11});
    world.sources->tick();
    CHECK(world.rig.workers.replaced() == 1);
    CHECK(world.sources->quiet());
  };
  world.send({"a"});
  CHECK_FALSE(world.stored("a"));
  CHECK(world.left() == 1);
}

TEST_CASE("a mapping that is made anew while a batch of the old one runs has all of its places") {
  World world(nlohmann::json{{"BatchSize", 1}});
  world.rig.service->send(queue_arn("q"), {SendEntry{"a"}}, [](auto) {});
  world.commit_alone();
  world.rig.drop(kinds::kEventSourceMapping, "m");
  world.sources->reconfigure();
  world.put_mapping({{"BatchSize", 1}});
  world.rig.commit();
  CHECK(world.stored("a"));
  world.rig.service->send(queue_arn("q"), {SendEntry{"b"}, SendEntry{"c"}, SendEntry{"d"}}, [](auto) {});
  world.commit_alone();
  auto reader = world.rig.readers->lend();
  const auto counts = (*reader)->message_counts(world.rig.id_of("q"), false, world.rig.wall.now());
  CHECK(counts->in_flight == 2);
  world.rig.commit();
}

TEST_CASE("in a FIFO queue nothing of a group is done before what failed of it") {
  World world(nlohmann::json{{"FunctionResponseTypes", {"ReportBatchItemFailures"}}},
              {{"ContentBasedDeduplication", true}}, "q.fifo");
  world.send({"1 a", "bad a", "2 b", "3 a"});
  CHECK(world.stored("1 a"));
  CHECK(world.stored("2 b"));
  CHECK_FALSE(world.stored("3 a"));
  CHECK(world.left() == 2);
  CHECK(world.probe.failed == 2);
  world.function.act = [](const std::string&) { return RecordResult{}; };
  world.advance(seconds{30});
  CHECK(world.function.batches.back() == Strings{"bad a", "3 a"});
  CHECK(world.left() == 0);
}

TEST_CASE("in a FIFO queue an effect that cannot be stored holds its group back") {
  World world(nlohmann::json{{"FunctionResponseTypes", {"ReportBatchItemFailures"}}},
              {{"ContentBasedDeduplication", true}}, "q.fifo");
  world.function.act = [](const std::string& body) {
    RecordResult result;
    if (body == "1 a") {
      result.changes.add(store::PutItem{TableId{99}, {}, {}, store::OnConditionFailed::fail_attempt, nullptr});
    } else {
      result.changes.add(store::PutSetting{"done " + body, "1"});
    }
    return result;
  };
  world.send({"1 a", "2 b", "3 a"});
  CHECK(world.stored("2 b"));
  CHECK_FALSE(world.stored("3 a"));
  CHECK(world.left() == 2);
}

TEST_CASE("of a large batch whose messages were received again, the others are stored") {
  World world(nlohmann::json{{"BatchSize", 1000}, {"MaximumBatchingWindowInSeconds", 1}}, {{"VisibilityTimeout", 5}});
  world.function.during = [&] {
    world.function.during = nullptr;
    world.rig.wall.advance(seconds{5});
    store::ReceiveMessages receive;
    receive.queue = world.rig.id_of("q");
    receive.limit = 150;
    receive.now = world.rig.wall.now();
    receive.visible_at = receive.now + seconds{60};
    store::Changes changes;
    changes.add(receive);
    world.rig.journal->submit(store::Lane::internal, std::move(changes), [](const store::Applied&) {});
  };
  Strings bodies;
  for (int i = 0; i < 350; ++i) bodies.push_back("m" + std::to_string(i));
  world.send(bodies);
  world.advance(seconds{1});
  CHECK(world.left() == 150);
  CHECK(world.probe.failed == 150);
  CHECK_FALSE(world.stored("m149"));
  CHECK(world.stored("m150"));
  CHECK(world.stored("m349"));
  CHECK(world.function.batches.size() == 1);
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
