// A disk that fails once, or from some moment on: the n-th write or sync of a run.
#pragma once

#include <atomic>
#include <string>

#include "support/wrapping_vfs.h"

namespace waybill::testing {

struct Fault {
  enum class Kind {
    write_error,  // SQLITE_IOERR_WRITE
    disk_full,    // SQLITE_FULL
    sync_error,   // SQLITE_IOERR_FSYNC
  };
  Kind kind = Kind::write_error;
  int at = 0;          // the n-th write (or sync), from 1; 0: never
  bool stays = false;  // everything of that kind after it fails too
};

// Thread-safe. Writes count truncations too.
class FaultVfs final : private VfsObserver {
 public:
  explicit FaultVfs(Fault fault);

  const std::string& name() const { return vfs_.name(); }
  // How often the fault struck.
  int struck() const { return struck_; }
  // Writes, or syncs, of a whole run without a fault: the highest `at` worth trying.
  int writes() const { return writes_; }
  int syncs() const { return syncs_; }

 private:
  int on_write(const std::string& file, std::int64_t offset, std::string_view data) override;
  int on_truncate(const std::string& file, std::int64_t size) override;
  int on_sync(const std::string& file) override;
  int judge(int count, bool concerned, int code);

  Fault fault_;
  std::atomic<int> writes_ = 0;
  std::atomic<int> syncs_ = 0;
  std::atomic<int> struck_ = 0;
  WrappingVfs vfs_;
};

}  // namespace waybill::testing
