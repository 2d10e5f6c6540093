#include "queue/event_sources.h"

#include "batch_world.h"

using namespace waybill;
using namespace waybill::queue;
using namespace waybill::testing;
using std::chrono::seconds;
using Strings = std::vector<std::string>;
using World = BatchWorld;

TEST_CASE("messages come to the function in batches, and are gone when it is done") {
  World world;
  world.send({"a", "b", "c"});
  CHECK(world.function.batches == std::vector<Strings>{{"a", "b", "c"}});
  CHECK(world.left() == 0);
  CHECK(world.stored("a"));
  CHECK(world.stored("c"));
  CHECK(world.sources->quiet());
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
  const auto counts = (*reader)->message_counts({{world.rig.id_of("q"), false}}, world.rig.wall.now());
  CHECK(counts->front().in_flight == 2);
  world.rig.commit();
}

TEST_CASE("a function that hangs is given up, and its place goes to the next batch") {
  World world;
  world.function.during = [&] {
    world.function.during = nullptr;
    world.rig.steady.advance(seconds{11});
    world.sources->tick();
    CHECK(world.sources->quiet());
  };
  world.send({"a"});
  CHECK_FALSE(world.stored("a"));
  CHECK(world.left() == 1);
}

TEST_CASE("no more batches run at once than may hold a thread, whatever MaximumConcurrency says") {
  World world(nlohmann::json{{"BatchSize", 1}, {"ScalingConfig", {{"MaximumConcurrency", 10}}}});
  world.rig.service->send(queue_arn("q"), std::vector<SendEntry>(8, SendEntry{"a"}), [](auto) {});
  world.commit_alone();
  auto reader = world.rig.readers->lend();
  const auto counts = (*reader)->message_counts({{world.rig.id_of("q"), false}}, world.rig.wall.now());
  CHECK(counts->front().in_flight == 4);
  world.rig.commit();
  CHECK(world.left() == 0);
}

TEST_CASE("four calls that hang make a function unhealthy: nothing is received for it until one is back") {
  World world(nlohmann::json{{"BatchSize", 1}});
  int hanging = 0;
  world.function.during = [&] {
    if (++hanging > 4) return;
    world.rig.steady.advance(seconds{11});
    world.sources->tick();
    world.rig.commit();  // the next one begins, where one may
    if (hanging == 4) CHECK(world.function.batches.size() == 4);
  };
  world.send({"a", "b", "c", "d", "e", "f"});
  CHECK(world.function.batches.size() == 6);
  CHECK(world.left() == 4);  // of those that hung nothing was stored
  world.advance(seconds{31});
  CHECK(world.stored("e"));
  CHECK(world.stored("f"));
  CHECK(world.left() == 0);
}

TEST_CASE("a function that throws fails its batch, and is called again") {
  World world;
  const auto act = world.function.act;
  world.function.act = [](const std::string&) -> RecordResult { throw std::runtime_error("it broke"); };
  world.send({"a"});
  world.send({"b"});
  world.send({"c"});
  CHECK(world.left() == 3);
  CHECK(world.sources->quiet());
  world.function.act = act;
  world.advance(seconds{31});
  CHECK(world.left() == 0);
}

TEST_CASE("a message that is to be alone is: what came before it in its batch is first, then the rest") {
  World world(nlohmann::json{{"BatchSize", 10}, {"MaximumBatchingWindowInSeconds", 1}});
  world.function.lonely = "bad";
  world.send({"a", "b", "bad", "c", "d"});
  world.advance(seconds{1});
  const std::vector<std::vector<std::string>> batches{{"a", "b"}, {"bad"}, {"c", "d"}};
  CHECK(world.function.batches == batches);
  CHECK(world.left() == 1);  // though failures are not told by message: the others were none of its batch
  CHECK(world.stored("d"));
  CHECK(world.probe.given == 5);
  CHECK(world.probe.failed == 1);
}

TEST_CASE("in a FIFO queue nothing of its group comes before a message that was alone and failed") {
  World world(nlohmann::json{{"BatchSize", 10}}, {{"FifoQueue", true}, {"ContentBasedDeduplication", true}}, "q.fifo");
  world.function.lonely = "bad 1";
  world.send({"a 1", "bad 1", "c 1", "d 2"});
  CHECK(world.stored("a 1"));
  CHECK(world.stored("d 2"));
  CHECK_FALSE(world.stored("c 1"));
  CHECK(world.left() == 2);
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
  const auto counts = (*reader)->message_counts({{world.rig.id_of("q"), false}}, world.rig.wall.now());
  CHECK(counts->front().in_flight == 2);
  world.rig.commit();
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
