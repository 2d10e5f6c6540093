// The data directory: opens waybill.db, keeps other daemons out, hands out its one writer and its readers.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "store/engine.h"
#include "store/ingress_log.h"
#include "store/reader.h"
#include "store/sqlite/schema.h"

namespace waybill::store::sqlite {

class DirectoryLock;

struct StoreOptions {
  std::string vfs = {};  // SQLite's file layer, "" for the platform's own; the tests bring theirs
  Synchronous synchronous = Synchronous::full;
  int writer_cache_kib = 8000;
  std::int64_t log_segment_bytes = 4 << 20;  // of the ingress log
  int reader_cache_kib = 1000;
};

// Owner: the App. make_reader() may be called from any thread. Engine and readers must go before the Store does.
class Store {
 public:
  // `directory` is made with mode 0700 where it is missing. ":memory:" is for throw-away use: a directory of its own
  // that is never synced, and removed when the Store goes.
  // Errors: unavailable, when another daemon has the directory; invalid, when waybill.db is of another program or of a
  // newer Waybill; io, corrupt. The messages name the directory or the file.
  static Result<std::unique_ptr<Store>> open(const std::string& directory, const StoreOptions& options = {});
  ~Store();

  // Once: it takes the one connection that writes.
  Result<std::unique_ptr<Engine>> make_engine();
  Result<std::unique_ptr<Reader>> make_reader() const;
  // Nothing for a throw-away store: the log would only be work.
  Result<std::unique_ptr<IngressLog>> make_ingress_log() const;

 private:
  Store(std::filesystem::path directory, bool throw_away, StoreOptions options);
  Status open();
  std::string file() const;

  std::filesystem::path directory_;
  bool throw_away_;
  StoreOptions options_;
  std::unique_ptr<DirectoryLock> lock_;
  std::optional<Database> writer_;
};

}  // namespace waybill::store::sqlite
