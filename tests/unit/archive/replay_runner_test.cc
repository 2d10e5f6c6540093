// What a replay does: contract section 14.
#include "archive/replay_runner.h"

#include <set>

#include <doctest/doctest.h>

#include "replay_world.h"
#include "support/memory_log_file.h"

using namespace waybill;
using namespace waybill::testing;

namespace {

constexpr double kNow = 1'700'000'000;  // seconds: when a world begins

using Numbers = std::vector<int>;

}  // namespace

TEST_CASE("every archived event comes once to every rule that matches it, with a new id and the replay's name") {
  ReplayWorld world;
  world.archive_events(3);
  world.archive_events(1, "elsewhere");
  world.start("again");
  CHECK(world.state("again") == "STARTING");
  world.run_all();
  CHECK(world.numbers("one") == Numbers{1, 2, 3});
  CHECK(world.numbers("two") == Numbers{1, 2, 3});
  std::set<std::string> ids;
  for (const Json& event : world.replayed("one")) {
    CHECK(event["replay-name"] == "again");
    CHECK(event["time"] == "2023-11-14T22:13:20Z");
    ids.insert(event["id"]);
  }
  const auto archived = world.reader()->archive_events({world.archive_id("all"), {}, from_millis(INT64_MAX), {}, 100});
  for (const auto& each : archived.value()) ids.insert(Json::parse(each.body)["id"]);
  CHECK(ids.size() == 7);
  CHECK(world.told.with([](int count) { return count; }) == 12);  // 3 events, and their replay, for 2 rules each
}

TEST_CASE("what was accepted before a replay began is in it, also when it was not in the archive by then") {
  store::JournalOptions patient;
  patient.pace = std::chrono::hours{1};
  patient.group_limit_bytes = 64 << 10;
  ReplayWorld world(std::make_shared<ModelDisk>(), {{10, 1 << 20}, 100, Millis{100}}, patient, MemoryLog().open());
  world.accept_events(3);
  world.start("again",
              {{"Description", std::string(70 << 10, 'x')}});  // a group of its own: the events do not go with it
  world.run(1);
  CHECK(world.state("again") == "STARTING");
  CHECK(world.pauses == 1);
  world.archive_events(1);
  world.journal.settle(std::chrono::hours{1});
  world.runner.wake();
  world.run_all();
  CHECK(world.state("again") == "COMPLETED");
  CHECK(world.numbers("one") == Numbers{1, 2, 3, 4});
}

TEST_CASE("a replay that is done says so, when, and how far it came") {
  ReplayWorld world;
  world.archive_events(1);
  world.wall.advance(Millis{7000});
  world.archive_events(1);
  world.wall.advance(Millis{1500});
  world.start("again");
  world.run_all();
  const Json shown = world.call(control::describe_replay, {{"ReplayName", "again"}});
  CHECK(shown["State"] == "COMPLETED");
  CHECK(shown["ReplayEndTime"] == kNow + 8.5);
  CHECK(shown["EventLastReplayedTime"] == kNow + 7);
}

TEST_CASE("the range takes its start and leaves its end out, to the event") {
  ReplayWorld world;
  for (int i = 0; i < 5; ++i) {
    world.archive_events(2);
    world.wall.advance(Millis{1000});
  }
  world.start("again", {{"EventStartTime", kNow + 1}, {"EventEndTime", kNow + 3}});
  world.run_all();
  CHECK(world.numbers("one") == Numbers{3, 4, 5, 6});
  world.start("half", {{"EventStartTime", kNow + 2.001}, {"EventEndTime", kNow + 3.001}});
  world.run_all();
  CHECK(world.numbers("one") == Numbers{3, 4, 5, 6, 7, 8});
}

TEST_CASE("an empty range completes, and nothing was replayed") {
  ReplayWorld world;
  world.archive_events(1);
  world.start("again", {{"EventEndTime", 1}});
  world.run_all();
  const Json shown = world.call(control::describe_replay, {{"ReplayName", "again"}});
  CHECK(shown["State"] == "COMPLETED");
  CHECK(!shown.contains("EventLastReplayedTime"));
}

TEST_CASE("FilterArns keeps the other rules out") {
  ReplayWorld world;
  world.archive_events(25);
  world.start("again", {{"Destination", {{"Arn", world.bus}, {"FilterArns", {Place{}.rule("orders", "two")}}}}});
  world.run_all();
  CHECK(world.numbers("one").empty());
  CHECK(world.numbers("two") == ReplayWorld::sequence(1, 25));
}

TEST_CASE("an empty list of FilterArns filters nothing; a rule that is disabled gets nothing") {
  ReplayWorld world;
  world.archive_events(2);
  world.put_row(kinds::kRule, "orders/one",
                {{"EventBusName", "orders"},
                 {"EventPattern", {{"source", {"shop"}}}},
                 {"State", "DISABLED"},
                 {"Targets", {{{"Id", "1"}, {"Arn", Place{}.function("one")}}}}});
  world.start("again", {{"Destination", {{"Arn", world.bus}, {"FilterArns", Json::array()}}}});
  world.run_all();
  CHECK(world.numbers("one").empty());
  CHECK(world.numbers("two") == Numbers{1, 2});
}

TEST_CASE("a rule that asks for events without replay-name gets none") {
  ReplayWorld world;
  world.put_row(kinds::kRule, "orders/one",
                {{"EventBusName", "orders"},
                 {"EventPattern", {{"replay-name", {{{"exists", false}}}}}},
                 {"Targets", {{{"Id", "1"}, {"Arn", Place{}.function("one")}}}}});
  world.archive_events(2);
  world.start("again");
  world.run_all();
  CHECK(world.numbers("one").empty());
  CHECK(world.numbers("two").size() == 2);
}

TEST_CASE("replayed events are not archived again") {
  ReplayWorld world;
  world.archive_events(15);
  world.start("again");
  world.run_all();
  CHECK(world.totals("all").events == 15);
}

TEST_CASE("one unit a task: the row tells the progress, and the wiring is left alone") {
  ReplayWorld world;
  world.archive_events(25);
  world.start("again");
  const int wirings = world.wirings;
  world.run(1);
  CHECK(world.state("again") == "RUNNING");
  CHECK(world.numbers("one") == ReplayWorld::sequence(1, 10));
  world.run_all();
  CHECK(world.state("again") == "COMPLETED");
  CHECK(world.numbers("one") == ReplayWorld::sequence(1, 25));
  CHECK(world.wirings == wirings);
}

TEST_CASE("a unit is bounded in bytes too") {
  ReplayWorld world(std::make_shared<ModelDisk>(), {{100, 1}, 100, Millis{100}});
  world.archive_events(60);
  world.start("again");
  world.run(1);
  CHECK(world.numbers("one") == ReplayWorld::sequence(1, 25));
  world.run_all();
  CHECK(world.numbers("one") == ReplayWorld::sequence(1, 60));
}

TEST_CASE("a range that ends with a full unit completes without more events") {
  ReplayWorld world;
  world.archive_events(20);
  world.start("again");
  world.run_all();
  CHECK(world.state("again") == "COMPLETED");
  CHECK(world.numbers("two") == ReplayWorld::sequence(1, 20));
}

TEST_CASE("cancelled half-way, a replay stops there, and stays so after a restart") {
  ReplayWorld world;
  world.archive_events(25);
  world.start("again");
  world.run(1);
  CHECK(world.call(control::cancel_replay, {{"ReplayName", "again"}})["State"] == "CANCELLING");
  world.run_all();
  CHECK(world.state("again") == "CANCELLED");
  CHECK(world.row("again")->state.contains("Ended"));
  CHECK(world.numbers("one") == ReplayWorld::sequence(1, 10));
  ReplayWorld next(world.disk);
  next.runner.wake();
  next.run_all();
  CHECK(next.numbers("one") == ReplayWorld::sequence(1, 10));
}

TEST_CASE("a cancel that a crash cut short is made good at the next start") {
  const auto disk = std::make_shared<ModelDisk>();
  {
    ReplayWorld world(disk);
    world.archive_events(25);
    world.start("again");
    world.run(1);
    world.call(control::cancel_replay, {{"ReplayName", "again"}});
  }
  ReplayWorld next(disk);
  next.runner.wake();
  next.run_all();
  CHECK(next.state("again") == "CANCELLED");
  CHECK(next.numbers("one") == ReplayWorld::sequence(1, 10));
}

TEST_CASE("a crash after any unit neither loses nor repeats an event") {
  for (int units = 0; units <= 3; ++units) {
    const auto disk = std::make_shared<ModelDisk>();
    {
      ReplayWorld world(disk);
      world.archive_events(25);
      world.start("again");
      world.run(units);
    }
    ReplayWorld next(disk);
    next.runner.wake();
    next.run_all();
    CHECK(next.state("again") == "COMPLETED");
    CHECK(next.numbers("one") == ReplayWorld::sequence(1, 25));
    CHECK(next.numbers("two") == ReplayWorld::sequence(1, 25));
  }
}

TEST_CASE("events of the same second on both sides of a unit's end are all there once") {
  ReplayWorld world;
  world.archive_events(9);
  world.wall.advance(Millis{1000});
  world.archive_events(12);
  world.start("again");
  world.run_all();
  CHECK(world.numbers("one") == ReplayWorld::sequence(1, 21));
}

TEST_CASE("replays take turns") {
  ReplayWorld world;
  world.archive_events(25);
  world.start("a", {{"Destination", {{"Arn", world.bus}, {"FilterArns", {Place{}.rule("orders", "one")}}}}});
  world.start("b", {{"Destination", {{"Arn", world.bus}, {"FilterArns", {Place{}.rule("orders", "two")}}}}});
  world.run(2);
  CHECK(world.numbers("one").size() == 10);
  CHECK(world.numbers("two").size() == 10);
  world.run_all();
  CHECK(world.numbers("one") == ReplayWorld::sequence(1, 25));
  CHECK(world.numbers("two") == ReplayWorld::sequence(1, 25));
}

TEST_CASE("a replay waits while its target is behind; one to another target goes on; it can be cancelled meanwhile") {
  ReplayWorld world;
  world.archive_events(25);
  world.pending[world.endpoint("one")] = 101;
  world.start("a", {{"Destination", {{"Arn", world.bus}, {"FilterArns", {Place{}.rule("orders", "one")}}}}});
  world.start("b", {{"Destination", {{"Arn", world.bus}, {"FilterArns", {Place{}.rule("orders", "two")}}}}});
  world.run_all();
  CHECK(world.numbers("one").empty());
  CHECK(world.state("b") == "COMPLETED");
  CHECK(world.pauses == 1);
  CHECK(world.runner.quiet());
  CHECK(world.runner.waiting());
  world.pending[world.endpoint("one")] = 100;
  world.runner.wake();
  CHECK_FALSE(world.runner.quiet());
  world.run(1);
  CHECK(world.numbers("one").size() == 10);
  CHECK_FALSE(world.runner.quiet());
  CHECK_FALSE(world.runner.waiting());
  world.pending[world.endpoint("one")] = 101;
  world.call(control::cancel_replay, {{"ReplayName", "a"}});
  world.run_all();
  CHECK(world.state("a") == "CANCELLED");
  CHECK(world.numbers("one").size() == 10);
}

TEST_CASE("a replay whose archive or bus is deleted has failed, and says why") {
  ReplayWorld world;
  world.archive_events(25);
  world.start("again");
  world.run(1);
  world.delete_row(kinds::kArchive, "all");
  world.put_row(kinds::kArchive, "all", {{"EventSourceArn", world.bus}});  // another one
  world.run_all();
  Json shown = world.call(control::describe_replay, {{"ReplayName", "again"}});
  CHECK(shown["State"] == "FAILED");
  CHECK(shown["StateReason"] == "Archive all does not exist.");
  CHECK(shown.contains("ReplayEndTime"));
  world.start("more");
  world.delete_row(kinds::kEventBus, "orders");
  world.run_all();
  CHECK(world.row("more")->state["StateReason"] == "Event bus orders does not exist.");
}

TEST_CASE("after a reset a replay is forgotten, and nothing of it comes later") {
  ReplayWorld world;
  world.archive_events(25);
  world.start("again");
  world.run(1);
  world.book
      .load_after([&] {
        world.apply(store::ResetAll{});
        return Status();
      })
      .value();
  world.run_all();
  CHECK(!world.row("again"));
  CHECK(world.disk->state()->deliveries.empty());
  CHECK(world.disk->state()->payloads.empty());
}

TEST_CASE("a runner that was stopped begins nothing more") {
  ReplayWorld world;
  world.archive_events(25);
  world.start("again");
  world.run(1);
  world.runner.stop();
  world.run_all();
  world.runner.wake();
  CHECK(world.executor.empty());
  CHECK(world.state("again") == "RUNNING");
}

TEST_CASE("a store that cannot take a unit makes the replay wait, and then go on where it was") {
  ReplayWorld world;
  world.archive_events(15);
  world.start("again");
  world.run(1);
  world.journal.stop();
  world.run_all();
  CHECK(world.pauses == 1);
  ReplayWorld next(world.disk);
  next.runner.wake();
  next.run_all();
  CHECK(next.numbers("one") == ReplayWorld::sequence(1, 15));
}
