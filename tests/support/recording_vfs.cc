#include "support/recording_vfs.h"

#include <atomic>
#include <utility>

namespace waybill::testing {

namespace {

std::string unique_recording_name() {
  static std::atomic<int> count{0};
  return "recording-" + std::to_string(++count);
}

}  // namespace

RecordingVfs::RecordingVfs() : vfs_(unique_recording_name(), *this) {}

int RecordingVfs::record(DiskOperation operation) {
  const std::lock_guard lock(mutex_);
  operations_.push_back(std::move(operation));
  return 0;
}

void RecordingVfs::mark(std::string what, std::int64_t number) {
  record({DiskOperation::Kind::mark, std::move(what), number});
}

int RecordingVfs::on_open(const std::string& file) {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(exists_[file], true)) return 0;
  }
  return record({DiskOperation::Kind::create, file});
}

int RecordingVfs::on_write(const std::string& file, std::int64_t offset, std::string_view data) {
  return record({DiskOperation::Kind::write, file, offset, std::string(data)});
}

int RecordingVfs::on_truncate(const std::string& file, std::int64_t size) {
  return record({DiskOperation::Kind::truncate, file, size});
}

int RecordingVfs::on_sync(const std::string& file) { return record({DiskOperation::Kind::sync, file}); }

int RecordingVfs::on_delete(const std::string& file) {
  {
    const std::lock_guard lock(mutex_);
    exists_[file] = false;
  }
  return record({DiskOperation::Kind::remove, file});
}

}  // namespace waybill::testing
