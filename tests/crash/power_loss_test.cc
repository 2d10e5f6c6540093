// Loses power on paper: a run is recorded, and at many moments of it every kind of disk that a power loss may leave is
// built and opened. What was acknowledged by then must be there.
#include <algorithm>
#include <random>

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
  std::vector<std::string> broken;
};

void record_run(RecordingVfs& vfs, Synchronous synchronous) {
  const TempDir directory;
  auto opened = store::sqlite::Store::open(directory.path().string(), {.vfs = vfs.name(), .synchronous = synchronous});
  REQUIRE(opened.has_value());
  vfs.mark("opened", 0);
  const auto outcome = run_shipments(**opened, {.submitters = 3, .shipments = 24},
                                     [&](const Promise& promise) { vfs.mark(promise.what, promise.number); });
  CHECK_FALSE(outcome.poisoned);
  CHECK(outcome.refusals.empty());
  CHECK(outcome.promises.size() > 140);
}

// The moments to try: right after marks, where a promise is freshest, and any others.
std::vector<std::size_t> moments(const std::vector<DiskOperation>& operations, std::size_t count) {
  std::vector<std::size_t> after_marks;
  std::size_t opened = 0;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (operations[i].kind != DiskOperation::Kind::mark) continue;
    if (operations[i].file == "opened") opened = i;
    after_marks.push_back(i + 1);
  }
  std::mt19937_64 random(7);
  std::vector<std::size_t> chosen;
  std::sample(after_marks.begin(), after_marks.end(), std::back_inserter(chosen), count / 2, random);
  while (chosen.size() < count) chosen.push_back(opened + 1 + random() % (operations.size() - opened));
  std::ranges::sort(chosen);
  return chosen;
}

Verdict lose_power(const std::vector<DiskOperation>& operations, std::size_t moment_count, std::uint64_t seeds) {
  Verdict verdict;
  DiskImage image(operations);
  std::vector<Promise> promises;
  std::size_t position = 0;
  for (const std::size_t moment : moments(operations, moment_count)) {
    for (; position < moment; ++position) {
      const DiskOperation& operation = operations[position];
      image.advance(position);
      if (operation.kind != DiskOperation::Kind::mark || operation.file == "opened") continue;
      ++verdict.marks;
      verdict.early_marks += image.unsynced("waybill.db-wal") ? 1 : 0;
      promises.push_back({operation.file, operation.number});
    }
    image.advance(moment);
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      const TempDir directory;
      image.write_to(directory.path(), seed);
      ++verdict.images;
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

}  // namespace

TEST_CASE("what was acknowledged survives a power loss at any moment") {
  RecordingVfs vfs;
  record_run(vfs, Synchronous::full);
  const auto& operations = vfs.operations();
  // The run is worth something only if the log was copied and started anew on the way.
  CHECK(count_of(operations, DiskOperation::Kind::sync, "waybill.db") > 3);
  CHECK(count_of(operations, DiskOperation::Kind::sync, "waybill.db-wal") > 40);

  const Verdict verdict = lose_power(operations, 300, 8);
  CHECK(verdict.images == 2400);
  CHECK(verdict.marks > 140);
  CHECK_MESSAGE(verdict.early_marks == 0, "acknowledgements must come after the sync that covers them");
  for (const std::string& what : verdict.broken) FAIL_CHECK(what);
}

TEST_CASE("this test notices when commits are not synced") {
  for (const Synchronous synchronous : {Synchronous::normal, Synchronous::off}) {
    CAPTURE(static_cast<int>(synchronous));
    RecordingVfs vfs;
    record_run(vfs, synchronous);
    const Verdict verdict = lose_power(vfs.operations(), 30, 4);
    CHECK(verdict.early_marks > 0);
    CHECK(verdict.broken.size() > 20);
  }
}
