// From the function to the commit: what is stored of a batch, and what comes again.
#include "batch_world.h"
#include "queue/event_sources.h"

using namespace waybill;
using namespace waybill::queue;
using namespace waybill::testing;
using std::chrono::seconds;
using Strings = std::vector<std::string>;
using World = BatchWorld;

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

namespace {

constexpr TableId kTable{1};

// What a function makes of a message when it read an item that was not there, or did not look.
RecordResult putting(bool ok, bool looked) {
  RecordResult result;
  result.ok = ok;
  store::PutItem put{kTable, {}, {}, store::OnConditionFailed::fail_attempt, nullptr};
  put.row.pk = "k";
  put.row.body = "{}";
  if (looked) put.condition.version = 0;
  result.changes.add(std::move(put));
  return result;
}

void make_table(World& world) {
  TableSpec spec;
  spec.id = kTable;
  spec.name = "t";
  spec.key.partition = {"pk", KeyType::string};
  store::Changes changes;
  changes.add(store::PutTable{spec});
  world.rig.journal->submit(store::Lane::internal, std::move(changes), [](const store::Applied&) {});
  world.rig.commit();
}

}  // namespace

TEST_CASE("messages that change one item are stored one after the other") {
  World world;
  make_table(world);
  world.function.act = [&](const std::string&) { return putting(true, world.function.batches.size() == 1); };
  world.send({"a", "b"});
  CHECK(world.function.batches == std::vector<Strings>{{"a", "b"}, {"b"}});
  CHECK(world.left() == 0);
}

TEST_CASE("one failure keeps all of the batch, also what comes before or after a conflict") {
  World world;
  make_table(world);
  world.function.act = [&](const std::string& body) {
    if (body == "a") return RecordResult{};
    const bool again = world.function.batches.size() > 1;
    return putting(again, !again);
  };
  world.send({"a", "b", "c"});
  CHECK(world.function.batches == std::vector<Strings>{{"a", "b", "c"}, {"c"}});
  CHECK(world.left() == 3);
  CHECK(world.probe.failed == 3);
}
