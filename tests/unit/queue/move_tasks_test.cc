#include "queue/move_tasks.h"

#include "base/base64.h"
#include "support/queue_rig.h"

using namespace waybill;
using namespace waybill::queue;
using namespace waybill::testing;
using std::chrono::seconds;

namespace {

class MoveWorld {
 public:
  MoveWorld() {
    rig.put_queue("dead");
    rig.put_queue("other");
    rig.put_queue("q", {{"RedrivePolicy", {{"deadLetterTargetArn", queue_arn("dead")}, {"maxReceiveCount", 1}}}});
    open();
  }
  ~MoveWorld() {
    tasks->stop();
    rig.commit();
  }

  void open() {
    book = std::make_unique<control::Book>(*rig.journal, *rig.readers, rig.wall,
                                           [](const Catalog&) -> Result<control::Wiring> { return control::Wiring{}; });
    REQUIRE(book->load().has_value());
    tasks = std::make_unique<MoveTasks>(MoveTasks::Ports{*book, rig.topology, *rig.journal, *rig.readers, rig.workers,
                                                         rig.wall, random,
                                                         [this](std::vector<NewDelivery> made) {
                                                           for (auto& each : made)
                                                             deliveries.push_back(std::move(each));
                                                         },
                                                         [this](Millis delay) { wake = delay; }});
  }
  void fill(int messages) {
    for (int i = 0; i < messages; ++i) rig.send_text("q", "m" + std::to_string(i));
    for (int i = 0; i < messages; i += 10) rig.receive("q");
    rig.advance(seconds{30});
    CHECK(rig.receive("q").empty());
  }
  MoveTask only() {
    const auto list = tasks->list(queue_arn("dead"), 10);
    REQUIRE(list.has_value());
    REQUIRE(list->size() == 1);
    return list->front();
  }

  QueueRig rig;
  SeededRandom random{3};
  std::unique_ptr<control::Book> book;
  std::unique_ptr<MoveTasks> tasks;
  std::vector<NewDelivery> deliveries;
  std::optional<Millis> wake;
};

}  // namespace

TEST_CASE("messages go back to the queue they came from, as new ones") {
  MoveWorld world;
  world.fill(3);
  CHECK(world.rig.counts("dead").visible == 3);
  const auto handle = world.tasks->start(queue_arn("dead"), "", {});
  REQUIRE(handle.has_value());
  CHECK(world.only().handle == *handle);
  world.rig.commit();
  CHECK(world.rig.counts("dead").visible == 0);
  const auto back = world.rig.receive("q");
  REQUIRE(back.size() == 3);
  CHECK(back[0].receive_count == 1);
  CHECK(back[0].dead_letter_source_arn.empty());
  const MoveTask task = world.only();
  CHECK(task.status == "COMPLETED");
  CHECK(task.moved == 3);
  CHECK(task.to_move == 3);
  CHECK(task.handle.empty());
}

TEST_CASE("messages go to the queue that is named") {
  MoveWorld world;
  world.fill(2);
  REQUIRE(world.tasks->start(queue_arn("dead"), queue_arn("other"), {}).has_value());
  world.rig.commit();
  CHECK(world.rig.receive("other").size() == 2);
}

TEST_CASE("a rate makes a task take its time, and it can be cancelled meanwhile") {
  MoveWorld world;
  world.fill(20);
  const auto handle = world.tasks->start(queue_arn("dead"), "", 5);
  REQUIRE(handle.has_value());
  world.rig.commit();
  CHECK(world.only().moved == 5);
  CHECK(world.tasks->next_due() == world.rig.wall.now() + seconds{1});
  world.rig.wall.advance(seconds{1});
  world.tasks->wake();
  world.rig.commit();
  CHECK(world.only().moved == 10);
  CHECK(world.tasks->start(queue_arn("dead"), "", {}).error().code == "InvalidParameterValue");
  CHECK(*world.tasks->cancel(*handle) == 10);
  world.rig.commit();
  CHECK(world.only().status == "CANCELLED");
  CHECK(world.rig.counts("dead").visible == 10);
  CHECK(world.tasks->cancel(*handle).error().message == "Only active tasks can be cancelled.");
}

TEST_CASE("a handle that is none is told from one of no task") {
  MoveWorld world;
  const auto code = [&](const std::string& handle) { return world.tasks->cancel(handle).error().code; };
  CHECK(code("nonsense") == "InvalidParameterValue");
  CHECK(code(to_base64(R"({"taskId":5})")) == "InvalidParameterValue");
  CHECK(code(to_base64(R"({"taskId":"x","sourceArn":"y"})")) == "ResourceNotFoundException");
}

TEST_CASE("of the tasks of a queue that have ended the newest ten are known") {
  MoveWorld world;
  for (int i = 0; i < 13; ++i) {
    REQUIRE(world.tasks->start(queue_arn("dead"), queue_arn(i < 12 ? "other" : "q"), {}).has_value());
    world.rig.commit();
    world.rig.wall.advance(seconds{1});
  }
  CHECK(world.book->get()->size() == 10);
  const auto list = world.tasks->list(queue_arn("dead"), 10);
  REQUIRE(list->size() == 10);
  CHECK(list->front().destination_arn == queue_arn("q"));
}

TEST_CASE("a task goes on after a restart") {
  MoveWorld world;
  world.fill(10);
  REQUIRE(world.tasks->start(queue_arn("dead"), "", 4).has_value());
  world.rig.commit();
  world.tasks->stop();
  world.tasks.reset();
  world.book.reset();
  world.rig.crash();
  world.open();
  world.rig.wall.advance(seconds{2});
  for (int i = 0; i < 5 && world.only().status == "RUNNING"; ++i) {
    world.tasks->wake();
    world.rig.commit();
    world.rig.wall.advance(seconds{2});
  }
  CHECK(world.only().status == "COMPLETED");
  CHECK(world.rig.counts("q").visible == 10);
}

TEST_CASE("what cannot be moved is refused, or told as the task's failure") {
  MoveWorld world;
  CHECK(world.tasks->start(queue_arn("none"), "", {}).error().code == "ResourceNotFoundException");
  CHECK(world.tasks->start(queue_arn("q"), "", {}).error().code == "InvalidParameterValue");
  CHECK(world.tasks->start(queue_arn("dead"), queue_arn("none"), {}).error().code == "ResourceNotFoundException");
  CHECK(world.tasks->start(queue_arn("dead"), "", 501).error().code == "InvalidParameterValue");
  world.rig.send_text("dead", "sent here by hand");
  REQUIRE(world.tasks->start(queue_arn("dead"), "", {}).has_value());
  world.rig.commit();
  CHECK(world.only().status == "FAILED");
  CHECK(world.only().failure_reason == "CouldNotDetermineMessageSource");
  CHECK(world.rig.counts("dead").visible == 1);
}

namespace {

const std::string kLeftRule = "arn:aws:events:us-east-1:000000000000:rule/r";
const std::string kLeftTarget = "arn:aws:lambda:us-east-1:000000000000:function:work";

// A rule with a target that leaves what fails in the queue "dead", with Waybill's own record of it.
struct LeftWorld : MoveWorld {
  LeftWorld() {
    rig.put("AWS::Events::Rule", "default/r",
            {{"EventPattern", R"({"source":["x"]})"},
             {"Targets", {{{"Id", "1"}, {"Arn", kLeftTarget}, {"DeadLetterConfig", {{"Arn", queue_arn("dead")}}}}}}});
  }
  std::int64_t record(EndpointId endpoint) {
    DeadLetter letter;
    letter.id = DeadLetterId{rig.journal->next_sequence()};
    letter.endpoint = endpoint;
    store::Changes changes;
    changes.add(store::InsertDeadLetter{letter});
    rig.journal->apply(store::Lane::internal, std::move(changes)).value();
    return letter.id.value;
  }
  EndpointId endpoint() {
    const auto topology = rig.topology.get();
    for (const auto& [id, spec] : topology->endpoints()) {
      if (spec->target_arn == kLeftTarget) return id;
    }
    FAIL("no endpoint");
    return {};
  }
  void leave(const std::string& body, const std::string& code = "ERROR_FROM_TARGET", std::int64_t letter = 0) {
    SendEntry entry;
    entry.body = body;
    entry.attributes["RULE_ARN"] = {"String", kLeftRule};
    entry.attributes["TARGET_ARN"] = {"String", kLeftTarget};
    entry.attributes["ERROR_CODE"] = {"String", code};
    if (letter > 0) entry.attributes[kDeadLetterFact] = {"String", std::to_string(letter)};
    REQUIRE(rig.send("dead", entry).has_value());
  }
  HandBack::PageQuery query(const LeftFilter& filter, bool dry_run = false) {
    return {filter, dry_run, {}, tasks->newest()};
  }
  std::int64_t records() { return (*rig.readers->lend())->count_dead_letters().value(); }
};

}  // namespace

TEST_CASE("what a rule's target left goes back to the target as a delivery") {
  MoveWorld world;
  const std::string rule = "arn:aws:events:us-east-1:000000000000:rule/r";
  const std::string target = "arn:aws:lambda:us-east-1:000000000000:function:work";
  world.rig.put("AWS::Events::Rule", "default/r",
                {{"EventPattern", R"({"source":["x"]})"},
                 {"Targets", {{{"Id", "1"}, {"Arn", target}, {"DeadLetterConfig", {{"Arn", queue_arn("dead")}}}}}}});
  SendEntry entry;
  entry.body = R"({"shaped":1})";
  entry.attributes["RULE_ARN"] = {"String", rule};
  entry.attributes["TARGET_ARN"] = {"String", target};
  REQUIRE(world.rig.send("dead", entry).has_value());
  REQUIRE(world.tasks->start(queue_arn("dead"), "", {}).has_value());
  world.rig.commit();
  CHECK(world.only().status == "COMPLETED");
  REQUIRE(world.deliveries.size() == 1);
  CHECK(world.deliveries[0].payload->body == R"({"shaped":1})");
  CHECK(world.deliveries[0].payload->kind == PayloadKind::shaped_input);
  CHECK(world.rig.counts("dead").visible == 0);
}

TEST_CASE("a message of a queue that is gone ends the task") {
  MoveWorld world;
  world.fill(2);
  world.rig.drop_queue("q");
  world.rig.put_queue("q2", {{"RedrivePolicy", {{"deadLetterTargetArn", queue_arn("dead")}, {"maxReceiveCount", 1}}}});
  REQUIRE(world.tasks->start(queue_arn("dead"), "", {}).has_value());
  world.rig.commit();
  CHECK(world.only().status == "FAILED");
  CHECK(world.only().failure_reason == "CouldNotDetermineMessageSource");
  CHECK(world.rig.counts("dead").visible == 2);
}

TEST_CASE("many that a target left go back in few steps, each once, with Waybill's own records of them") {
  LeftWorld world;
  for (int i = 0; i < 60; ++i) world.leave(std::to_string(i), "TIMEOUT", world.record(world.endpoint()));
  const std::int64_t others = world.record(EndpointId{99});
  world.leave("forged", "TIMEOUT", others);  // names a record of another target
  CHECK(world.records() == 61);
  REQUIRE(world.tasks->start(queue_arn("dead"), "", {}).has_value());
  world.rig.commit();
  CHECK(world.only().status == "COMPLETED");
  CHECK(world.only().moved == 61);
  REQUIRE(world.deliveries.size() == 61);
  for (std::size_t i = 0; i < 60; ++i) CHECK(world.deliveries[i].payload->body == std::to_string(i));
  CHECK(world.records() == 1);
  CHECK(world.rig.counts("dead").visible == 0);
}

TEST_CASE("a filter picks by the facts that went with the messages, and a dry run only counts") {
  LeftWorld world;
  world.leave("a", "TIMEOUT");
  world.leave("b", "NO_RESOURCE");
  world.leave("c", "TIMEOUT");
  world.rig.send_text("dead", "sent here by hand");
  const auto would = world.tasks->pick(queue_arn("dead"), world.query({"", "", "TIMEOUT"}, true));
  CHECK(would.value().to == std::map<std::string, std::int64_t>{{kLeftTarget, 2}});
  CHECK(would->unknown == 0);
  CHECK(world.tasks->pick(queue_arn("dead"), world.query({}, true)).value().unknown == 1);
  CHECK(world.tasks->pick(queue_arn("dead"), world.query({"another rule", "", ""}, true)).value().to.empty());
  CHECK(world.rig.counts("dead").visible == 4);
  CHECK(world.deliveries.empty());

  const auto done = world.tasks->pick(queue_arn("dead"), world.query({kLeftRule, kLeftTarget, "TIMEOUT"}));
  CHECK(done.value().to == std::map<std::string, std::int64_t>{{kLeftTarget, 2}});
  CHECK_FALSE(done->next);
  CHECK(world.rig.counts("dead").visible == 2);
  REQUIRE(world.deliveries.size() == 2);
  CHECK(world.deliveries[1].payload->body == "c");
  CHECK(world.tasks->pick(queue_arn("none"), world.query({})).error().code == ErrorCode::not_found);
}

TEST_CASE("messages are picked in pages, and what arrives after the first is for another time") {
  LeftWorld world;
  for (int i = 0; i < 40; ++i) world.leave(std::to_string(i));
  HandBack::PageQuery query = world.query({});
  const auto first = world.tasks->pick(queue_arn("dead"), query);
  CHECK(first.value().looked_at == 25);
  REQUIRE(first->next);
  world.leave("failed again");
  query.after = first->next;
  const auto second = world.tasks->pick(queue_arn("dead"), query);
  CHECK(second.value().looked_at == 15);
  CHECK_FALSE(second->next);
  CHECK(world.deliveries.size() == 40);
  CHECK(world.rig.counts("dead").visible == 1);
}
