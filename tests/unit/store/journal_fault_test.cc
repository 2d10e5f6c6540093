#include <thread>

#include <doctest/doctest.h>

#include "support/failing_engine.h"
#include "unit/store/journal_fixture.h"

namespace waybill::testing {

namespace {

struct Told {
  int times = 0;
  bool applied = false;
  std::optional<Refusal::Reason> reason;
};

// Runs the same script of units with one failure in it, and keeps what each unit was told.
class FaultRun {
 public:
  FaultRun(FailurePlan::Kind kind, std::int64_t fail_at) {
    plan->kind = kind;
    plan->fail_at = fail_at;
    journal = std::make_unique<Journal>(make_failing_engine(std::make_unique<ModelEngine>(disk), plan), options(),
                                        probe, [this](const Error& error) { poison.push_back(error.message); });
    // Waiting in between fixes which units share a group, and so the number of calls.
    submit("table", {make_table(), insert_delivery(1), insert_delivery(2), insert_delivery(3)}).wait();
    const auto gate = hold();
    submit("finish", {finish(1)});
    submit("item", {put_item("a")});
    submit("guarded", {put_item("b"), check_item("a", 1)});
    submit("fenced", {put_item("c"), finish(99)});
    submit("reschedule", {reschedule(2, 50)});
    const auto last_of_group =
        submit("payload", {insert_payload(7), InsertDeadLetter{}, AppendHistory{}, PutEndpoint{EndpointId{1}, "e"}});
    if (gate) gate->open();
    last_of_group.wait();
    submit("sweep", {SweepPayloads{PayloadId{0}, PayloadId{100}, 10}, SweepExpiredItems{kTable, 0, 10}}).wait();
    submit("last", {}).wait();
    journal->stop();
  }

  std::shared_future<void> submit(const std::string& name, std::vector<Change> list) {
    list.push_back(put_setting(name));  // the unit's mark, to be found on the disk
    names.push_back(name);
    const auto heard = std::make_shared<std::promise<void>>();
    journal->submit(Lane::internal, Changes{std::move(list)}, [this, name, heard](const Applied& applied) {
      {
        const std::lock_guard lock(mutex_);  // a unit that is not let in is told so on this thread
        Told& unit = told[name];
        ++unit.times;
        unit.applied = applied.has_value();
        if (!applied) unit.reason = applied.error().reason;
      }
      heard->set_value();
    });
    return heard->get_future().share();
  }
  bool marked(const std::string& name) const { return disk->state()->settings.contains(name); }

  std::shared_ptr<ModelDisk> disk = std::make_shared<ModelDisk>();
  std::shared_ptr<FailurePlan> plan = std::make_shared<FailurePlan>();
  CountingProbe probe;
  std::vector<std::string> poison;
  std::vector<std::string> names;
  std::map<std::string, Told> told;
  std::unique_ptr<Journal> journal;

 private:
  static JournalOptions options() {
    JournalOptions options;
    options.checkpoint_wal_bytes = 300;
    return options;
  }
  // The writer waits at the gate, unless it is poisoned: then there is none.
  std::shared_ptr<Gate> hold() {
    auto gate = std::make_shared<Gate>();
    auto held = std::make_shared<std::promise<bool>>();
    journal->submit(Lane::internal, {}, [gate, held](const Applied& applied) {
      held->set_value(applied.has_value());
      if (applied) gate->wait_until_open();
    });
    return held->get_future().get() ? gate : nullptr;
  }

  std::mutex mutex_;
};

std::int64_t calls_of_the_script() { return FaultRun(FailurePlan::Kind::disk_full, 0).plan->calls; }

}  // namespace

TEST_CASE("without a failure, all units of the script but the fenced one are applied") {
  FaultRun run(FailurePlan::Kind::disk_full, 0);
  for (const auto& name : run.names) {
    CAPTURE(name);
    CHECK(run.told[name].times == 1);
    CHECK(run.told[name].applied == (name != "fenced"));
    CHECK(run.marked(name) == (name != "fenced"));
  }
}

TEST_CASE("wherever a disk is full once, every unit hears once, and what it hears is true") {
  const QuietLog quiet;
  const std::int64_t calls = calls_of_the_script();
  REQUIRE(calls > 30);
  for (const auto kind : {FailurePlan::Kind::disk_full, FailurePlan::Kind::stays_full}) {
    for (std::int64_t n = 4; n <= calls; ++n) {  // the first three ask for generation, position and sequence
      CAPTURE(n);
      FaultRun run(kind, n);
      CHECK(run.plan->failures > 0);
      CHECK(run.poison.empty());
      CHECK_FALSE(run.journal->poisoned());
      int unavailable = 0;
      for (const auto& name : run.names) {
        CAPTURE(name);
        CHECK(run.told[name].times == 1);
        CHECK(run.told[name].applied == run.marked(name));
        unavailable += run.told[name].reason == Refusal::Reason::unavailable ? 1 : 0;
      }
      // A single failure in a group of many is gone when each has its own transaction. (One unit may then depend on
      // another that was not stored; that one is refused for its own reason.)
      if (kind == FailurePlan::Kind::disk_full) CHECK(unavailable <= 1);
    }
  }
}

TEST_CASE("wherever a sync fails, nothing is lost that was acknowledged, and the Journal takes nothing more") {
  const QuietLog quiet;
  const std::int64_t calls = calls_of_the_script();
  for (std::int64_t n = 1; n <= calls; ++n) {
    CAPTURE(n);
    FaultRun run(FailurePlan::Kind::failed_sync, n);
    CHECK(run.plan->failures == 1);  // the engine is left alone from then on
    CHECK(run.journal->poisoned());
    CHECK(run.poison == std::vector<std::string>{"injected: the sync failed"});
    bool poisoned_before = false;
    for (const auto& name : run.names) {
      CAPTURE(name);
      CHECK(run.told[name].times == 1);
      CHECK(run.told[name].applied == run.marked(name));
      if (poisoned_before) CHECK(run.told[name].reason == Refusal::Reason::poisoned);
      poisoned_before = poisoned_before || run.told[name].reason == Refusal::Reason::poisoned;
    }
    const Applied later = run.journal->apply(Lane::internal, changes_of(put_setting("later")));
    CHECK(reason_of(later) == Refusal::Reason::poisoned);
    CHECK(later.error().message == "the store has stopped after an error: injected: the sync failed");
    CHECK_FALSE(run.marked("later"));
  }
}

TEST_CASE("on_poison may ask the Journal to stop") {
  const QuietLog quiet;
  const auto plan = std::make_shared<FailurePlan>();
  plan->kind = FailurePlan::Kind::failed_sync;
  plan->fail_at = 3;
  CountingProbe probe;
  std::promise<Journal*> known;
  auto journal_of_poison = known.get_future();
  std::promise<bool> poisoned_by_then;
  Journal journal(make_failing_engine(std::make_unique<ModelEngine>(std::make_shared<ModelDisk>()), plan), {}, probe,
                  [&](const Error&) {
                    Journal* self = journal_of_poison.get();
                    self->stop();
                    poisoned_by_then.set_value(self->poisoned());
                  });
  known.set_value(&journal);
  CHECK(reason_of(journal.apply(Lane::internal, changes_of(put_setting("a")))) == Refusal::Reason::poisoned);
  CHECK(poisoned_by_then.get_future().get());
}

TEST_CASE("a checkpoint that fails is tried again after as much log as before the first") {
  const QuietLog quiet;
  const auto plan = std::make_shared<FailurePlan>();
  plan->fail_at = 3 + 6 + 1;  // three questions, two transactions of three calls, the checkpoint
  CountingProbe probe;
  JournalOptions options;
  options.checkpoint_wal_bytes = 200;
  Journal journal(make_failing_engine(std::make_unique<ModelEngine>(std::make_shared<ModelDisk>()), plan), options,
                  probe, nullptr);
  const auto commit_once = [&] { CHECK(journal.apply(Lane::internal, changes_of(put_setting("a"))).has_value()); };
  for (int i = 0; i < 3; ++i) commit_once();  // the third begins when the checkpoint after the second has failed
  CHECK(plan->failures == 1);
  CHECK(probe.counts().checkpoints == 0);
  for (int i = 0; i < 2; ++i) commit_once();
  CHECK(probe.counts().checkpoints == 1);
}

}  // namespace waybill::testing
