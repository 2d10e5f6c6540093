// Fails the n-th write or sync of a short run, for every n: nothing acknowledged may be lost, and what is refused is
// refused cleanly.
#include <algorithm>
#include <functional>

#include <doctest/doctest.h>

#include "crash/shipment_run.h"
#include "support/fault_vfs.h"
#include "support/temp_dir.h"

using namespace waybill;
using namespace waybill::testing;
using Reason = store::Refusal::Reason;

namespace {

constexpr RunPlan kPlan{.submitters = 1, .shipments = 10, .checkpoint_wal_bytes = 64 << 10};

struct Trial {
  bool opened = false;
  bool struck = false;
  RunOutcome outcome;
};

struct Extent {
  int writes = 0;
  int syncs = 0;
  std::size_t promises = 0;
};

Trial run_with(FaultVfs& vfs, const std::filesystem::path& directory) {
  Trial trial;
  auto opened = store::sqlite::Store::open(directory.string(), {.vfs = vfs.name(), .log_segment_bytes = 0});
  trial.opened = opened.has_value();
  if (opened) {
    trial.outcome = run_shipments(**opened, kPlan);
  } else {
    CHECK_FALSE(opened.error().message.empty());
  }
  trial.struck = vfs.struck() > 0;
  return trial;
}

Extent run_without_fault() {
  const TempDir directory;
  FaultVfs vfs({});
  const Trial trial = run_with(vfs, directory.path());
  REQUIRE(trial.opened);
  CHECK(trial.outcome.refusals.empty());
  CHECK(broken_promises(directory.path(), trial.outcome.promises).empty());
  return {vfs.writes(), vfs.syncs(), trial.outcome.promises.size()};
}

// Runs with the fault at every place where it can strike, and opens what is left with the platform's own file layer.
void at_every_place(Fault fault, const std::function<void(const Trial&, const Extent&)>& check) {
  const Extent extent = run_without_fault();
  const int places = fault.kind == Fault::Kind::sync_error ? extent.syncs : extent.writes;
  CHECK(places > 20);
  int struck = 0;
  for (fault.at = 1; fault.at <= places; ++fault.at) {
    CAPTURE(fault.at);
    const TempDir directory;
    FaultVfs vfs(fault);
    const Trial trial = run_with(vfs, directory.path());
    struck += trial.struck ? 1 : 0;
    if (trial.opened) check(trial, extent);
    for (const std::string& what : broken_promises(directory.path(), trial.outcome.promises)) FAIL_CHECK(what);
  }
  CHECK(struck > places * 9 / 10);  // truncations count as places, but no disk is too full for one
}

// Nobody knows what reached the disk: the Journal takes nothing more.
void check_poisoned(const Trial& trial, const Extent& extent) {
  if (!trial.struck) return;
  CHECK(trial.outcome.poisoned);
  // All of them, when it struck in the checkpoint that stop() makes.
  CHECK(trial.outcome.promises.size() <= extent.promises);
  CHECK(std::ranges::all_of(trial.outcome.refusals, [](Reason reason) { return reason == Reason::poisoned; }));
}

}  // namespace

TEST_CASE("a write that fails poisons the Journal and loses nothing acknowledged") {
  at_every_place({Fault::Kind::write_error}, check_poisoned);
}

TEST_CASE("a disk that fails every write from some moment on loses nothing acknowledged") {
  at_every_place({.kind = Fault::Kind::write_error, .stays = true}, check_poisoned);
}

TEST_CASE("a sync that fails poisons the Journal and loses nothing acknowledged") {
  at_every_place({Fault::Kind::sync_error}, check_poisoned);
}

TEST_CASE("a disk that is full for a moment costs one unit at most, and the Journal goes on") {
  at_every_place({Fault::Kind::disk_full}, [](const Trial& trial, const Extent&) {
    CHECK_FALSE(trial.outcome.poisoned);
    CHECK(trial.outcome.refusals.size() <= 1);
    CHECK(std::ranges::all_of(trial.outcome.refusals, [](Reason reason) { return reason == Reason::unavailable; }));
  });
}

TEST_CASE("a disk that stays full refuses everything and poisons nothing") {
  at_every_place({.kind = Fault::Kind::disk_full, .stays = true}, [](const Trial& trial, const Extent&) {
    CHECK_FALSE(trial.outcome.poisoned);
    CHECK(std::ranges::all_of(trial.outcome.refusals, [](Reason reason) { return reason == Reason::unavailable; }));
  });
}
