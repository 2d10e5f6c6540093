#include "store/ingress_log.h"

#include <doctest/doctest.h>

#include "support/memory_log_file.h"
#include "unit/store/journal_fixture.h"

using namespace waybill;
using namespace waybill::testing;

namespace {

constexpr std::int64_t kIdentity = 42;
constexpr std::int64_t kSegment = 1'000;

using Found = std::vector<std::pair<std::int64_t, std::int64_t>>;  // number of the unit, id of its payload

Result<Found> recovered(IngressLog& log, std::int64_t stored, std::int64_t identity = kIdentity, std::int64_t run = 1) {
  Found found;
  WAYBILL_CHECK(log.recover({identity, run, stored}, [&](std::int64_t number, const Changes& changes) {
    found.emplace_back(number, std::get<InsertPayload>(changes.list.front()).payload->id.value);
    return Status();
  }));
  return found;
}

// Units whose payloads have the ids first, first + 1, … in one batch.
Status append(IngressLog& log, std::int64_t first, int count = 1) {
  std::vector<Changes> units;
  for (int i = 0; i < count; ++i) units.push_back(changes_of(insert_payload(first + i, std::string(100, 'x'))));
  std::vector<const Changes*> pointers;
  for (const Changes& unit : units) pointers.push_back(&unit);
  return log.append(pointers);
}

}  // namespace

TEST_CASE("a log gives back what was appended and is not stored yet") {
  const MemoryLog files;
  auto log = files.open();
  CHECK(recovered(*log, 0)->empty());
  CHECK(append(*log, 101, 2).has_value());
  CHECK(append(*log, 103).has_value());
  CHECK(log->last() == 3);
  CHECK(files.disk[0]->syncs() == 2);

  CHECK(*recovered(*files.open(), 0) == Found{{1, 101}, {2, 102}, {3, 103}});
  CHECK(*recovered(*files.open(), 1) == Found{{2, 102}, {3, 103}});  // the batch was stored in part
  CHECK(recovered(*files.open(), 3)->empty());
  CHECK(recovered(*files.open(), 900)->empty());
}

TEST_CASE("after a start the numbers go on, and what is written over is forgotten") {
  const MemoryLog files;
  auto log = files.open();
  CHECK(recovered(*log, 0)->empty());
  for (int i = 0; i < 5; ++i) CHECK(append(*log, 101 + i).has_value());
  log = files.open();
  CHECK(recovered(*log, 2)->size() == 3);
  CHECK(append(*log, 200).has_value());
  CHECK(log->last() == 6);
  CHECK(*recovered(*files.open(), 5) == Found{{6, 200}});
}

TEST_CASE("a batch that was not written whole was not acknowledged, and is no part of the log") {
  const MemoryLog files;
  auto log = files.open();
  CHECK(recovered(*log, 0)->empty());
  CHECK(append(*log, 101).has_value());
  const std::string first = files.disk[0]->content();
  CHECK(append(*log, 102, 2).has_value());
  const std::string whole = files.disk[0]->content();
  for (std::size_t size = first.size(); size < whole.size(); ++size) {
    files.disk[0]->set(whole.substr(0, size));
    CHECK(*recovered(*files.open(), 0) == Found{{1, 101}});
  }
  for (std::size_t at = first.size(); at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    files.disk[0]->set(changed);
    CHECK(*recovered(*files.open(), 0) == Found{{1, 101}});
  }
}

TEST_CASE("the files take turns, and one is written over only when all of it is stored for good") {
  const MemoryLog files;
  auto log = files.open(kSegment);
  CHECK(recovered(*log, 0)->empty());
  std::int64_t id = 100;
  const auto fill = [&](int count) {
    for (int i = 0; i < count; ++i) CHECK(append(*log, ++id).has_value());
  };
  fill(10);  // about 200 bytes each: the first file is full, the second one half
  CHECK_FALSE(files.disk[1]->content().empty());
  CHECK(log->wants_room());
  const std::string first_file = files.disk[0]->content();
  fill(8);
  CHECK(files.disk[0]->content() == first_file);
  CHECK(files.disk[1]->content().size() > kSegment);
  CHECK(recovered(*files.open(kSegment), 0)->size() == 18);

  log->stored_for_good(12);
  CHECK_FALSE(log->wants_room());
  fill(2);
  CHECK(files.disk[0]->content() != first_file);
  const auto found = recovered(*files.open(kSegment), 12);
  REQUIRE(found.has_value());
  CHECK(found->front() == std::pair<std::int64_t, std::int64_t>{13, 113});
  CHECK(found->back() == std::pair<std::int64_t, std::int64_t>{20, 120});
  CHECK(found->size() == 8);
}

TEST_CASE("a database that is older than its log is told from one that is whole") {
  const MemoryLog files;
  auto log = files.open(kSegment);
  CHECK(recovered(*log, 50)->empty());
  CHECK(append(*log, 151).has_value());
  const auto found = recovered(*files.open(kSegment), 20);
  REQUIRE(found.has_error());
  CHECK(found.error().code == ErrorCode::corrupt);
  CHECK(found.error().message.find("up to number 20") != std::string::npos);
  CHECK(found.error().message.find("goes on with 51") != std::string::npos);
}

TEST_CASE("a database that was put back is told from its log's run, also when the numbers would fit") {
  const MemoryLog files;
  auto log = files.open();
  CHECK(recovered(*log, 50)->empty());
  log->begin_run(2);
  CHECK(append(*log, 151).has_value());
  const auto found = recovered(*files.open(), 50, kIdentity, 1);
  REQUIRE(found.has_error());
  CHECK(found.error().code == ErrorCode::corrupt);
  CHECK(found.error().message.find("written after this database was last in use") != std::string::npos);
  CHECK(*recovered(*files.open(), 50, kIdentity, 2) == Found{{51, 151}});
}

TEST_CASE("what an earlier run left behind is stored, and is not looked at") {
  const MemoryLog files;
  auto log = files.open();
  CHECK(recovered(*log, 0)->empty());
  CHECK(append(*log, 101, 3).has_value());
  CHECK(recovered(*files.open(), 0, kIdentity, 2)->empty());
}

TEST_CASE("a batch that is damaged is told from one that was never written whole") {
  const MemoryLog files;
  auto log = files.open();
  CHECK(recovered(*log, 0)->empty());
  CHECK(append(*log, 101).has_value());
  const std::size_t first = files.disk[0]->content().size();
  CHECK(append(*log, 102, 2).has_value());
  const std::size_t second = files.disk[0]->content().size();
  CHECK(append(*log, 104).has_value());
  std::string content = files.disk[0]->content();
  content[(first + second) / 2] ^= 1;
  files.disk[0]->set(content);
  const auto found = recovered(*files.open(), 0);
  REQUIRE(found.has_error());
  CHECK(found.error().code == ErrorCode::corrupt);
  CHECK(found.error().message.find("from number 2 on are damaged") != std::string::npos);
  // What is in the database is not needed any more.
  CHECK(*recovered(*files.open(), 3) == Found{{4, 104}});
}

TEST_CASE("the log of another store is left alone") {
  const QuietLog quiet;
  const MemoryLog files;
  auto log = files.open();
  CHECK(recovered(*log, 0)->empty());
  CHECK(append(*log, 101, 3).has_value());
  CHECK(recovered(*files.open(), 0, kIdentity + 1)->empty());
  CHECK(recovered(*files.open(), 0)->size() == 3);
}

TEST_CASE("a file that is prepared has its size, and is empty all the same") {
  const MemoryLog files;
  auto log = files.open(3 << 20);
  CHECK(recovered(*log, 0)->empty());
  CHECK(log->prepare().has_value());
  for (const auto& disk : files.disk) CHECK(disk->content().size() == 3 << 20);
  CHECK(append(*log, 101).has_value());
  CHECK(log->prepare().has_value());  // nothing more to do
  CHECK(*recovered(*files.open(), 0) == Found{{1, 101}});
}

TEST_CASE("a full disk is no error of preparing, and a batch that it refuses can come again") {
  const MemoryLog files;
  auto log = files.open();
  CHECK(recovered(*log, 0)->empty());
  files.disk[0]->fail_writes(ErrorCode::unavailable);
  CHECK(log->prepare().has_value());
  CHECK(append(*log, 101).error().code == ErrorCode::unavailable);
  files.disk[0]->fail_writes(std::nullopt);
  CHECK(append(*log, 102).has_value());
  CHECK(*recovered(*files.open(), 0) == Found{{1, 102}});
}

TEST_CASE("a sync that fails is told as such") {
  const MemoryLog files;
  auto log = files.open();
  CHECK(recovered(*log, 0)->empty());
  files.disk[0]->fail_syncs();
  CHECK(append(*log, 101).error().code == ErrorCode::io);
}
