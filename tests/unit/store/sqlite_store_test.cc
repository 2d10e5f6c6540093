#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "store/sqlite/store.h"
#include "support/conformance_rows.h"
#include "support/recording_vfs.h"
#include "support/temp_dir.h"

using namespace waybill;
using namespace waybill::store::sqlite;
using namespace waybill::testing;

namespace {

constexpr StoreOptions kUnsynced{.synchronous = Synchronous::off};

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777;
}

}  // namespace

TEST_CASE("a missing data directory is made, with its parents, for its owner alone") {
  const TempDir directory;
  const auto path = directory.path() / "state" / "waybill";
  const auto store = value_of(Store::open(path.string() + "/", kUnsynced));
  CHECK(mode_of(path) == 0700);
  CHECK(std::filesystem::exists(path / "waybill.db"));
}

TEST_CASE("a second daemon is refused, with the directory and the first one's process in the message") {
  const TempDir directory;
  auto first = value_of(Store::open(directory.path().string(), kUnsynced));
  const auto second = Store::open(directory.path().string(), kUnsynced);
  REQUIRE(second.has_error());
  CHECK(second.error().code == ErrorCode::unavailable);
  CHECK(second.error().message == "the data directory " + directory.path().string() +
                                      " is in use by another waybill daemon (process " + std::to_string(::getpid()) +
                                      "): stop it, or choose another directory");
  first.reset();
  CHECK(Store::open(directory.path().string(), kUnsynced).has_value());
}

TEST_CASE("a directory that cannot be made is an error that names it") {
  const TempDir directory;
  const auto file = directory.path() / "file";
  std::FILE* made = std::fopen(file.c_str(), "w");
  REQUIRE(made != nullptr);
  std::fclose(made);
  const auto refused = Store::open((file / "below").string(), kUnsynced);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == ErrorCode::io);
  CHECK(refused.error().message.find(file.string()) != std::string::npos);
}

TEST_CASE("there is one writer") {
  const auto store = value_of(Store::open(":memory:"));
  CHECK(store->make_engine().has_value());
  CHECK(store->make_engine().error().code == ErrorCode::internal);
}

TEST_CASE("throw-away stores know nothing of one another, and of the one before") {
  const auto first = value_of(Store::open(":memory:"));
  const auto second = value_of(Store::open(":memory:"));
  const auto engine = value_of(first->make_engine());
  in_transaction(*engine, [&] { WAYBILL_REQUIRE_OK(engine->catalog().put_setting("name", "value")); });
  CHECK(value_of(value_of(first->make_reader())->setting("name")) == "value");
  CHECK_FALSE(value_of(value_of(second->make_reader())->setting("name")).has_value());
}

TEST_CASE("readers see the last commit while the writer is at work on the next") {
  const TempDir directory;
  const auto store = value_of(Store::open(directory.path().string(), kUnsynced));
  const auto engine = value_of(store->make_engine());
  const auto reader = value_of(store->make_reader());
  in_transaction(*engine, [&] { WAYBILL_REQUIRE_OK(engine->catalog().put_setting("name", "old")); });
  WAYBILL_REQUIRE_OK(engine->begin(store::Durability::synced));
  WAYBILL_REQUIRE_OK(engine->catalog().put_setting("name", "new"));
  CHECK(value_of(reader->setting("name")) == "old");
  WAYBILL_REQUIRE_OK(engine->commit());
  CHECK(value_of(reader->setting("name")) == "new");
}

TEST_CASE("a synced commit makes sure of those that were not synced, also when it changes nothing itself") {
  RecordingVfs vfs;
  const TempDir directory;
  const auto store = value_of(Store::open(directory.path().string(), {.vfs = vfs.name()}));
  const auto engine = value_of(store->make_engine());
  WAYBILL_REQUIRE_OK(engine->begin(store::Durability::unsynced));
  WAYBILL_REQUIRE_OK(engine->catalog().put_setting("name", "value"));
  WAYBILL_REQUIRE_OK(engine->commit());
  vfs.mark("synced commit", 0);
  WAYBILL_REQUIRE_OK(engine->begin(store::Durability::synced));
  WAYBILL_REQUIRE_OK(engine->commit());
  const auto& operations = vfs.operations();
  const auto mark = std::ranges::find(operations, DiskOperation::Kind::mark, &DiskOperation::kind);
  CHECK(std::any_of(mark, operations.end(), [](const DiskOperation& operation) {
    return operation.kind == DiskOperation::Kind::sync && operation.file.ends_with("-wal");
  }));
}

TEST_CASE("a clean end leaves one file that holds everything") {
  const TempDir directory;
  {
    const auto store = value_of(Store::open(directory.path().string(), kUnsynced));
    const auto engine = value_of(store->make_engine());
    in_transaction(*engine, [&] { WAYBILL_REQUIRE_OK(engine->catalog().put_setting("name", "value")); });
    WAYBILL_REQUIRE_OK(engine->checkpoint());
  }
  CHECK_FALSE(std::filesystem::exists(directory.path() / "waybill.db-wal"));
  const auto store = value_of(Store::open(directory.path().string(), kUnsynced));
  CHECK(value_of(value_of(store->make_reader())->setting("name")) == "value");
}
