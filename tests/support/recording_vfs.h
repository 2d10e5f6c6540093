// Writes down in order what SQLite does to its files, and what the test says it was told: the material that power
// losses are made of.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "support/wrapping_vfs.h"

namespace waybill::testing {

struct DiskOperation {
  enum class Kind { create, write, truncate, sync, remove, mark };
  Kind kind = Kind::mark;
  std::string file;         // of a mark: what it says
  std::int64_t number = 0;  // offset of a write, size of a truncate, whatever the test likes for a mark
  std::string data = {};    // of a write
};

// Thread-safe.
class RecordingVfs final : private VfsObserver {
 public:
  RecordingVfs();

  const std::string& name() const { return vfs_.name(); }
  // The test's own event, at this place in the order.
  void mark(std::string what, std::int64_t number);
  // REQUIRES: nobody writes any more.
  const std::vector<DiskOperation>& operations() const { return operations_; }

 private:
  int on_open(const std::string& file) override;
  int on_write(const std::string& file, std::int64_t offset, std::string_view data) override;
  int on_truncate(const std::string& file, std::int64_t size) override;
  int on_sync(const std::string& file) override;
  int on_delete(const std::string& file) override;
  int record(DiskOperation operation);

  std::mutex mutex_;
  std::vector<DiskOperation> operations_;  // guarded by mutex_
  std::map<std::string, bool> exists_;     // guarded by mutex_
  WrappingVfs vfs_;
};

}  // namespace waybill::testing
