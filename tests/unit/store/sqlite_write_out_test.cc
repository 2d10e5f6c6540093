#include <cerrno>
#include <filesystem>

#include <doctest/doctest.h>

#include "store/sqlite/engine.h"
#include "store/sqlite/write_out.h"
#include "support/conformance_rows.h"
#include "support/sqlite_harness.h"

using namespace waybill;
using namespace waybill::store;
using namespace waybill::testing;
using sqlite::Synchronous;

namespace {

// What is written out in a directory, instead of by the kernel.
class Recorder {
 public:
  explicit Recorder(std::filesystem::path directory) : directory_(std::filesystem::canonical(directory)) {
    current = this;
    sqlite::replace_write_out([](int descriptor, bool wait) { return current->record(descriptor, wait); });
  }
  ~Recorder() {
    sqlite::replace_write_out(nullptr);
    current = nullptr;
  }
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  int code = 0;
  int log_begun = 0;        // without waiting
  int database_waited = 0;  // with
  int others = 0;

 private:
  int record(int descriptor, bool wait) {
    std::error_code failed;
    const auto path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), failed);
    if (path.parent_path() != directory_) return 0;
    if (path.filename() == "waybill.db-wal" && !wait) {
      ++log_begun;
    } else if (path.filename() == "waybill.db" && wait) {
      ++database_waited;
    } else {
      ++others;
    }
    return code;
  }

  static inline Recorder* current = nullptr;
  const std::filesystem::path directory_;
};

Status commit_setting(Engine& engine, std::size_t bytes) {
  WAYBILL_CHECK(engine.begin(Durability::unsynced));
  WAYBILL_CHECK(engine.catalog().put_setting("name", std::string(bytes, 'x')));
  return engine.commit();
}

}  // namespace

TEST_CASE("what SQLite writes is written out in portions; those of the database wait for one another") {
  SqliteHarness harness;
  Recorder recorder(harness.directory());
  WAYBILL_REQUIRE_OK(commit_setting(harness.engine(), 10'000));
  CHECK(recorder.log_begun == 0);
  WAYBILL_REQUIRE_OK(commit_setting(harness.engine(), 1'500'000));
  CHECK(recorder.log_begun >= 4);
  CHECK(recorder.database_waited == 0);
  WAYBILL_REQUIRE_OK(harness.engine().checkpoint());
  CHECK(recorder.database_waited >= 4);
  CHECK(recorder.others == 0);
}

TEST_CASE("what was written out is counted anew for a file that is opened again") {
  SqliteHarness harness;
  Recorder recorder(harness.directory());
  for (int i = 0; i < 20; ++i) {
    WAYBILL_REQUIRE_OK(commit_setting(harness.engine(), 8'000));
    harness.reopen();
  }
  CHECK(recorder.log_begun == 0);
}

TEST_CASE("a store that is never synced is left to the page cache") {
  SqliteHarness harness({.synchronous = Synchronous::off});
  const Recorder recorder(harness.directory());
  WAYBILL_REQUIRE_OK(commit_setting(harness.engine(), 1'500'000));
  WAYBILL_REQUIRE_OK(harness.engine().checkpoint());
  CHECK(recorder.log_begun + recorder.database_waited + recorder.others == 0);
}

TEST_CASE("what the kernel could not write fails the write, as nobody might hear of it again") {
  for (int code : {EIO, ENOSPC, EDQUOT}) {
    CAPTURE(code);
    SqliteHarness harness;
    Recorder recorder(harness.directory());
    recorder.code = code;
    const Status commit = commit_setting(harness.engine(), 1'500'000);
    REQUIRE(commit.has_error());
    CHECK(harness.engine().poisons(commit.error()));
  }
  SqliteHarness harness;
  Recorder recorder(harness.directory());
  WAYBILL_REQUIRE_OK(commit_setting(harness.engine(), 1'500'000));
  recorder.code = EIO;
  const Status checkpoint = harness.engine().checkpoint();
  REQUIRE(checkpoint.has_error());
  CHECK(harness.engine().poisons(checkpoint.error()));
}

TEST_CASE("a file system that cannot write out is no error") {
  SqliteHarness harness;
  Recorder recorder(harness.directory());
  recorder.code = ENOSYS;
  WAYBILL_REQUIRE_OK(commit_setting(harness.engine(), 1'500'000));
  WAYBILL_REQUIRE_OK(harness.engine().checkpoint());
}
