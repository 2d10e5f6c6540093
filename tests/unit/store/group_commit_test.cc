#include "store/group_commit.h"

#include <doctest/doctest.h>

#include "store/apply.h"
#include "support/failing_engine.h"
#include "support/fake_clock.h"
#include "unit/store/journal_fixture.h"

namespace waybill::testing {

namespace {

// Counts savepoints and transactions of a model engine, and fails where the plan says.
class GroupFixture {
 public:
  GroupFixture() {
    REQUIRE(group.load().has_value());
    run({changes_of(make_table(), insert_delivery(1), insert_delivery(2))});
    plan->calls = 0;
  }

  GroupOutcome run(std::vector<Changes> units) {
    std::vector<Journal::Unit> all;
    for (auto& changes : units) all.push_back({std::move(changes), nullptr});
    return group.run(all, Durability::unsynced);
  }
  bool has_setting(const std::string& name) const { return disk->state()->settings.contains(name); }

  std::shared_ptr<ModelDisk> disk = std::make_shared<ModelDisk>();
  std::shared_ptr<FailurePlan> plan = std::make_shared<FailurePlan>();
  std::unique_ptr<Engine> engine = make_failing_engine(std::make_unique<ModelEngine>(disk), plan);
  CountingProbe probe;
  FakeSteadyClock clock;
  GroupCommit group{*engine, probe, clock};
};

using Groups = std::vector<std::size_t>;

}  // namespace

TEST_CASE_FIXTURE(GroupFixture, "units of a group share one transaction") {
  const auto outcome = run({changes_of(put_setting("a")), changes_of(put_setting("b"), put_setting("c"))});
  CHECK(outcome.applied.size() == 2);
  CHECK(outcome.applied[1]->size() == 2);
  CHECK_FALSE(outcome.poison.has_value());
  CHECK(probe.counts().groups == Groups{1, 2});
  CHECK(plan->calls == 5);  // begin, three settings, commit
}

TEST_CASE_FIXTURE(GroupFixture, "a refused unit leaves no trace, its group commits") {
  const auto outcome = run({changes_of(put_setting("first")), changes_of(put_setting("trace"), finish(99)),
                            changes_of(put_setting("last"), finish(1))});
  REQUIRE(outcome.applied.size() == 3);
  CHECK(outcome.applied[0].has_value());
  CHECK(reason_of(outcome.applied[1]) == Refusal::Reason::fenced);
  CHECK(outcome.applied[1].error().change == 1);
  CHECK(outcome.applied[2].has_value());
  CHECK(has_setting("first"));
  CHECK_FALSE(has_setting("trace"));
  CHECK(has_setting("last"));
  CHECK(probe.counts().groups == Groups{1, 2});
}

TEST_CASE_FIXTURE(GroupFixture, "a unit refused by its first change costs no savepoint") {
  run({changes_of(finish(99), put_setting("a")), changes_of(finish(1), put_setting("b"))});
  CHECK(plan->calls == 5);  // begin, finish, finish, setting, commit
  CHECK_FALSE(has_setting("a"));
  CHECK(has_setting("b"));
}

TEST_CASE_FIXTURE(GroupFixture, "a unit alone is its own savepoint") {
  const auto outcome = run({changes_of(put_setting("trace"), finish(99))});
  CHECK(reason_of(outcome.applied.at(0)) == Refusal::Reason::fenced);
  CHECK_FALSE(has_setting("trace"));
  CHECK(plan->calls == 3);  // begin, setting, finish; nothing to commit
}

TEST_CASE_FIXTURE(GroupFixture, "a unit refused after writing without a savepoint costs its group a second run") {
  // The engine refuses the second payload, which no rule could foresee.
  const auto twice = changes_of(insert_payload(7), insert_payload(7));
  REQUIRE_FALSE(needs_savepoint(twice));
  const auto outcome = run({changes_of(put_setting("first")), twice, changes_of(put_setting("last"))});
  REQUIRE(outcome.applied.size() == 3);
  CHECK(outcome.applied[0].has_value());
  CHECK(reason_of(outcome.applied[1]) == Refusal::Reason::invalid_effect);
  CHECK(outcome.applied[1].error().change == 1);
  CHECK(outcome.applied[2].has_value());
  CHECK(has_setting("first"));
  CHECK(has_setting("last"));
  CHECK(disk->state()->payloads.empty());
  CHECK(probe.counts().groups == Groups{1, 1, 1});
}

TEST_CASE_FIXTURE(GroupFixture, "what belongs behind a logged unit for which there is no room is not tried before it") {
  plan->kind = FailurePlan::Kind::stays_full;
  plan->fail_at = 2;  // after begin; the unit alone does not come so far
  plan->works_again_at = 4;
  std::vector<Journal::Unit> units;
  units.push_back({changes_of(insert_payload(7)), nullptr, 1, true});
  units.push_back({changes_of(ResetAll{}), nullptr, 0, true});
  const auto outcome = group.run(units, Durability::unsynced);
  REQUIRE(outcome.applied.size() == 2);
  CHECK(reason_of(outcome.applied[0]) == Refusal::Reason::unavailable);
  CHECK(reason_of(outcome.applied[1]) == Refusal::Reason::unavailable);
  CHECK(plan->calls == 3);
}

TEST_CASE_FIXTURE(GroupFixture, "a full disk refuses only the units that it hits when they are alone") {
  plan->kind = FailurePlan::Kind::disk_full;
  plan->fail_at = 3;  // begin, first setting, second setting
  const auto outcome = run({changes_of(put_setting("a")), changes_of(put_setting("b"))});
  REQUIRE(outcome.applied.size() == 2);
  CHECK(outcome.applied[0].has_value());
  CHECK(outcome.applied[1].has_value());
  CHECK(has_setting("a"));
  CHECK(has_setting("b"));
}

TEST_CASE_FIXTURE(GroupFixture, "a disk that stays full refuses all as unavailable, with what the engine said") {
  plan->kind = FailurePlan::Kind::stays_full;
  plan->fail_at = 3;
  const auto outcome = run({changes_of(put_setting("a")), changes_of(put_setting("b"))});
  REQUIRE(outcome.applied.size() == 2);
  CHECK(reason_of(outcome.applied[0]) == Refusal::Reason::unavailable);
  CHECK(reason_of(outcome.applied[1]) == Refusal::Reason::unavailable);
  CHECK(outcome.applied[1].error().message == "nothing was stored: injected: the disk is full");
  CHECK_FALSE(outcome.poison.has_value());
  CHECK_FALSE(has_setting("a"));
}

TEST_CASE_FIXTURE(GroupFixture, "a failed sync is poison: of the group nothing is told as applied") {
  plan->kind = FailurePlan::Kind::failed_sync;
  plan->fail_at = 4;  // begin, two settings, commit
  const auto outcome = run({changes_of(put_setting("a")), changes_of(put_setting("b"))});
  CHECK(outcome.applied.empty());
  REQUIRE(outcome.poison.has_value());
  CHECK(outcome.poison->message == "injected: the sync failed");
}

TEST_CASE_FIXTURE(GroupFixture, "poison in the second run keeps what was committed before it") {
  const auto twice = changes_of(insert_payload(7), insert_payload(7));
  plan->kind = FailurePlan::Kind::failed_sync;
  plan->fail_at = 10;  // begin, a, two payloads | begin, a, commit | begin, two payloads
  const auto outcome = run({changes_of(put_setting("a")), twice, changes_of(put_setting("b"))});
  REQUIRE(outcome.poison.has_value());
  REQUIRE(outcome.applied.size() == 1);
  CHECK(outcome.applied[0].has_value());
  CHECK(has_setting("a"));
  CHECK_FALSE(has_setting("b"));
}

TEST_CASE_FIXTURE(GroupFixture, "a reset counts for the units after it, and only when it is committed") {
  const auto outcome = run({changes_of(finish(1)), changes_of(ResetAll{}), changes_of(finish(2)),
                            changes_of(insert_delivery(3)), changes_of(finish(3, 2))});
  CHECK(outcome.applied[0].has_value());
  CHECK(reason_of(outcome.applied[2]) == Refusal::Reason::fenced);
  CHECK(outcome.applied[4].has_value());
  CHECK(group.generation() == 2);

  const auto undone = run({changes_of(put_setting("a")), changes_of(ResetAll{}, finish(99))});
  CHECK(reason_of(undone.applied[1]) == Refusal::Reason::fenced);
  CHECK(group.generation() == 2);

  plan->kind = FailurePlan::Kind::stays_full;
  plan->fail_at = plan->calls + 5;  // after the reset has raised it
  CHECK(reason_of(run({changes_of(ResetAll{}, put_setting("b"))}).applied[0]) == Refusal::Reason::unavailable);
  CHECK(group.generation() == 2);
}

}  // namespace waybill::testing
