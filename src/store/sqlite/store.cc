#include "store/sqlite/store.h"

#include <atomic>
#include <sys/stat.h>

#include "store/sqlite/directory_lock.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/log_file.h"
#include "store/sqlite/reader.h"
#include "store/sqlite/write_out.h"

namespace waybill::store::sqlite {

namespace {

constexpr const char* kFileName = "waybill.db";

// A database in memory cannot be read while it is written to; a file that is never synced stays in the page cache and
// behaves like any other.
Result<std::filesystem::path> make_throw_away_directory() {
  std::error_code code;
  std::string name = std::filesystem::temp_directory_path(code) / "waybill-memory-XXXXXX";
  if (code || !::mkdtemp(name.data())) return Error{ErrorCode::io, "cannot make a temporary directory " + name};
  return std::filesystem::path(name);
}

Result<Database> open_writer(const std::string& file, const StoreOptions& options) {
  WAYBILL_TRY(Database writer, Database::open(file, Access::read_write_create, options.vfs));
  WAYBILL_CHECK(check_identity(writer, file));
  WAYBILL_CHECK(configure_writer(writer, {options.synchronous, options.writer_cache_kib}));
  WAYBILL_CHECK(migrate(writer));
  return writer;
}

}  // namespace

Store::Store(std::filesystem::path directory, bool throw_away, StoreOptions options)
    : directory_(std::move(directory)), throw_away_(throw_away), options_(std::move(options)) {}

Store::~Store() {
  writer_.reset();
  std::error_code ignored;
  if (throw_away_) std::filesystem::remove_all(directory_, ignored);
}

Result<std::unique_ptr<Store>> Store::open(const std::string& directory, const StoreOptions& options) {
  std::unique_ptr<Store> store;
  if (directory == ":memory:") {
    WAYBILL_TRY(auto path, make_throw_away_directory());
    store.reset(new Store(std::move(path), true, options));
    store->options_.synchronous = Synchronous::off;
  } else {
    store.reset(new Store(directory, false, options));
  }
  WAYBILL_CHECK(store->open());
  return store;
}

Status Store::open() {
  WAYBILL_CHECK(make_private_directory(directory_));
  WAYBILL_TRY(lock_, DirectoryLock::take(directory_));
  if (options_.synchronous == Synchronous::full) write_out_steadily(file());
  auto writer = open_writer(file(), options_);
  if (!writer && writer.error().code == ErrorCode::unavailable) {
    return Error{ErrorCode::unavailable, "the store in " + directory_.string() +
                                             " cannot be opened now; is its disk full? " + writer.error().message};
  }
  if (!writer) return writer.error();
  writer_.emplace(std::move(*writer));
  // SQLite syncs the directory for its log, but not for the file itself.
  if (options_.synchronous == Synchronous::off) return {};
  return sync_directory(directory_);
}

std::string Store::file() const { return directory_ / kFileName; }

Result<std::unique_ptr<Engine>> Store::make_engine() {
  if (!writer_) return internal("the store has given away its one writer");
  Database writer = std::move(*writer_);
  writer_.reset();
  return sqlite::make_engine(std::move(writer), options_.synchronous);
}

Result<std::unique_ptr<IngressLog>> Store::make_ingress_log() const {
  if (throw_away_) return std::unique_ptr<IngressLog>();
  IngressLog::Files files;
  files.segment_bytes = options_.log_segment_bytes;
  for (std::size_t i = 0; i < files.file.size(); ++i) {
    WAYBILL_TRY(files.file[i], open_log_file(file() + "-ingress" + std::to_string(i), options_.vfs));
  }
  return std::make_unique<IngressLog>(std::move(files));
}

Result<std::unique_ptr<Reader>> Store::make_reader() const {
  WAYBILL_TRY(Database database, Database::open(file(), Access::read_only, options_.vfs));
  WAYBILL_CHECK(configure_reader(database, options_.reader_cache_kib));
  return sqlite::make_reader(std::move(database));
}

}  // namespace waybill::store::sqlite
