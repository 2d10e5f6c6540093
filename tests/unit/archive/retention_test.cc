#include "archive/retention.h"

#include <doctest/doctest.h>

#include "replay_world.h"

using namespace waybill;
using namespace waybill::testing;

TEST_CASE("each archive with a retention is swept up to its age; one without is not") {
  ReplayWorld world;
  world.put_row(kinds::kArchive, "week", {{"EventSourceArn", world.bus}, {"RetentionDays", 7}});
  world.put_row(kinds::kArchive, "ever", {{"EventSourceArn", world.bus}, {"RetentionDays", 0}});
  const auto sweeps = archive::plan_archive_sweep(*world.book.get(), world.wall.now());
  REQUIRE(sweeps.size() == 1);
  CHECK(sweeps[0].archive == world.archive_id("week"));
  CHECK(sweeps[0].before == world.wall.now() - std::chrono::hours{7 * 24});
}

TEST_CASE("what is past its retention goes, to the millisecond of when it was archived") {
  ReplayWorld world;
  world.put_row(kinds::kArchive, "day", {{"EventSourceArn", world.bus}, {"RetentionDays", 1}});
  world.archive_events(2);
  world.wall.advance(std::chrono::hours{1});
  world.archive_events(3);
  const auto events_after_sweep = [&] {
    const auto book = world.book.get();
    for (auto& each : archive::plan_archive_sweep(*book, world.wall.now())) world.apply(each);
    return world.totals("day").events;
  };
  world.wall.advance(std::chrono::hours{23});
  CHECK(events_after_sweep() == 5);
  world.wall.advance(Millis{1});
  CHECK(events_after_sweep() == 3);
  CHECK(world.totals("all").events == 5);
}

TEST_CASE("events of a deleted archive go, also when another of its name came after it") {
  ReplayWorld world;
  world.archive_events(2);
  const ArchiveId old = world.archive_id("all");
  world.delete_row(kinds::kArchive, "all");
  world.put_row(kinds::kArchive, "all", {{"EventSourceArn", world.bus}});
  world.archive_events(1);
  const auto drops = archive::plan_archive_drop(world.reader()->archives().value(), *world.book.get());
  REQUIRE(drops.size() == 1);
  CHECK(drops[0].archive == old);
  world.apply(drops[0]);
  CHECK(world.totals("all").events == 1);
  CHECK(world.reader()->archives().value().size() == 1);
}

TEST_CASE("replays go 90 days after their end, and not while they run") {
  ReplayWorld world;
  world.archive_events(1);
  world.start("done");
  world.run_all();
  CHECK(archive::next_replay_drop(*world.book.get()) == world.wall.now() + archive::kReplayAge);
  world.start("running");
  world.wall.advance(archive::kReplayAge);
  archive::drop_old_replays(world.book, world.wall.now()).value();
  CHECK(world.row("done"));
  world.wall.advance(Millis{1});
  archive::drop_old_replays(world.book, world.wall.now()).value();
  CHECK(!world.row("done"));
  CHECK_FALSE(archive::next_replay_drop(*world.book.get()).has_value());
  CHECK(world.row("running"));
}
