// Loses power on paper: a run is recorded, and at many moments of it every kind of disk that a power loss may leave is
// built and opened. What was acknowledged by then must be there.
#include <algorithm>
#include <random>
#include <set>

#include <doctest/doctest.h>

#include "crash/shipment_run.h"
#include "support/disk_image.h"
#include "support/recording_vfs.h"
#include "support/temp_dir.h"

using namespace waybill;
using namespace waybill::testing;
using store::sqlite::Synchronous;

namespace {

struct Verdict {
  int images = 0;
  int marks = 0;
  int early_marks = 0;  // made while the log held bytes that no sync covered
  int amid_units = 0;   // images of moments when a batch or a move was under way
  std::vector<std::string> broken;
};

constexpr RunPlan kWholeRun{.submitters = 3, .shipments = 32};

// What marks stand for is told by their numbers: places in the list.
void record_run(RecordingVfs& vfs, const std::filesystem::path& directory, Synchronous synchronous, const RunPlan& plan,
                std::vector<Promise>& told) {
  auto opened = store::sqlite::Store::open(
      directory.string(), {.vfs = vfs.name(), .synchronous = synchronous, .log_segment_bytes = kCrashSegmentBytes});
  REQUIRE(opened.has_value());
  vfs.mark("opened", 0);
  const auto outcome = run_shipments(**opened, plan, [&](const Promise& promise) {
    vfs.mark(promise.what, static_cast<std::int64_t>(told.size()));
    told.push_back(promise);
  });
  CHECK_FALSE(outcome.poisoned);
  CHECK(outcome.refusals.empty());
}

std::vector<Promise> record_run(RecordingVfs& vfs, Synchronous synchronous) {
  const TempDir directory;
  std::vector<Promise> told;
  record_run(vfs, directory.path(), synchronous, kWholeRun, told);
  CHECK(told.size() > 700);
  return told;
}

int count_of(const std::vector<Promise>& promises, const std::string& what) {
  return static_cast<int>(std::ranges::count(promises, what, &Promise::what));
}

// The moments to try, all after the last "opened": right after marks, where a promise is freshest, and any others.
std::vector<std::size_t> moments(const std::vector<DiskOperation>& operations, std::size_t count) {
  std::vector<std::size_t> after_marks;
  std::size_t opened = 0;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (operations[i].kind != DiskOperation::Kind::mark) continue;
    if (operations[i].file == "opened") {
      opened = i;
      after_marks.clear();
    }
    after_marks.push_back(i + 1);
  }
  std::mt19937_64 random(7);
  std::vector<std::size_t> chosen;
  std::sample(after_marks.begin(), after_marks.end(), std::back_inserter(chosen), count / 2, random);
  while (chosen.size() < count) chosen.push_back(opened + 1 + random() % (operations.size() - opened));
  std::ranges::sort(chosen);
  return chosen;
}

Verdict lose_power(const std::vector<DiskOperation>& operations, const std::vector<Promise>& told,
                   std::size_t moment_count, std::uint64_t seeds) {
  Verdict verdict;
  DiskImage image(operations);
  std::vector<Promise> promises;
  std::set<std::int64_t> under_way;  // messages of batches and moves that were not answered yet
  std::size_t position = 0;
  for (const std::size_t moment : moments(operations, moment_count)) {
    for (; position < moment; ++position) {
      const DiskOperation& operation = operations[position];
      image.advance(position);
      if (operation.kind != DiskOperation::Kind::mark || operation.file == "opened") continue;
      const Promise& promise = told[static_cast<std::size_t>(operation.number)];
      promises.push_back(promise);
      under_way.erase(promise.number);
      under_way.insert(promise.together.begin(), promise.together.end());
      if (promise.is_before_the_answer()) continue;
      ++verdict.marks;
      const bool logged = promise.what == "accepted" || promise.what == "archived";
      const bool early = logged ? image.unsynced("waybill.db-ingress0") || image.unsynced("waybill.db-ingress1")
                                : image.unsynced("waybill.db-wal");
      verdict.early_marks += early ? 1 : 0;
    }
    image.advance(moment);
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      const TempDir directory;
      image.write_to(directory.path(), seed);
      ++verdict.images;
      verdict.amid_units += under_way.empty() ? 0 : 1;
      for (const std::string& what : broken_promises(directory.path(), promises)) {
        verdict.broken.push_back("power lost before operation " + std::to_string(moment) + ", seed " +
                                 std::to_string(seed) + ": " + what);
      }
    }
  }
  return verdict;
}

int count_of(const std::vector<DiskOperation>& operations, DiskOperation::Kind kind, const std::string& file) {
  return static_cast<int>(std::ranges::count_if(
      operations, [&](const DiskOperation& operation) { return operation.kind == kind && operation.file == file; }));
}

// Promises of that kind that were found broken.
int broken_of(const Verdict& verdict, const std::string& what) {
  return static_cast<int>(std::ranges::count_if(
      verdict.broken, [&](const std::string& text) { return text.find(": " + what + " ") != std::string::npos; }));
}

}  // namespace

TEST_CASE("what was acknowledged survives a power loss at any moment") {
  RecordingVfs vfs;
  const auto told = record_run(vfs, Synchronous::full);
  const auto& operations = vfs.operations();
  // The run is worth something only if the log was copied and started anew on the way.
  CHECK(count_of(operations, DiskOperation::Kind::sync, "waybill.db") > 3);
  CHECK(count_of(operations, DiskOperation::Kind::sync, "waybill.db-wal") > 40);
  for (const char* file : {"waybill.db-ingress0", "waybill.db-ingress1"}) {
    CHECK(count_of(operations, DiskOperation::Kind::sync, file) > 10);
  }
  CHECK(count_of(told, "taken") > 50);
  CHECK(count_of(told, "moved") > 30);
  CHECK(count_of(told, "stuck") == 0);

  const Verdict verdict = lose_power(operations, told, 300, 8);
  CHECK(verdict.images == 2400);
  CHECK(verdict.marks > 700);
  CHECK_MESSAGE(verdict.early_marks == 0, "acknowledgements must come after the sync that covers them");
  CHECK(verdict.amid_units > 200);
  for (const std::string& what : verdict.broken) FAIL_CHECK(what);
}

// What the killed process had written and not synced is in the page cache for the second one, and gone with the power.
TEST_CASE("what was acknowledged before a kill or after the start that follows survives a power loss then") {
  RecordingVfs first;
  const auto told_first = record_run(first, Synchronous::full);
  int images = 0;
  for (int kill = 1; kill <= 6; ++kill) {
    CAPTURE(kill);
    const std::size_t end = first.operations().size() * static_cast<std::size_t>(kill) / 7;
    std::vector<DiskOperation> operations(first.operations().begin(),
                                          first.operations().begin() + static_cast<std::ptrdiff_t>(end));
    const TempDir directory;
    {
      DiskImage as_killed(operations);
      as_killed.advance(end);
      as_killed.write_to(directory.path(), 1);
    }
    std::vector<Promise> told = told_first;
    RecordingVfs second;
    record_run(second, directory.path(), Synchronous::full, {.submitters = 1, .shipments = 12, .first_queue = 101},
               told);
    CHECK(told.size() > told_first.size() + 60);
    operations.insert(operations.end(), second.operations().begin(), second.operations().end());
    const Verdict verdict = lose_power(operations, told, 40, 4);
    images += verdict.images;
    for (const std::string& what : verdict.broken) FAIL_CHECK(what);
  }
  CHECK(images == 960);
}

TEST_CASE("this test notices when commits are not synced") {
  for (const Synchronous synchronous : {Synchronous::normal, Synchronous::off}) {
    CAPTURE(static_cast<int>(synchronous));
    RecordingVfs vfs;
    const auto told = record_run(vfs, synchronous);
    const Verdict verdict = lose_power(vfs.operations(), told, 100, 4);
    CHECK(verdict.early_marks > 0);
    CHECK(verdict.broken.size() > 20);
    for (const char* what : {"sent", "received", "taken", "moved"}) {
      CAPTURE(what);
      CHECK(broken_of(verdict, what) > 0);
    }
  }
}
