// A file of the ingress log in memory: what a crash leaves of it, and disks that fail.
#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "store/ingress_log.h"

namespace waybill::testing {

// Outlives the logs that write to it. Thread-safe.
class MemoryDisk {
 public:
  std::string content() const {
    const std::lock_guard lock(mutex_);
    return content_;
  }
  void set(std::string content) {
    const std::lock_guard lock(mutex_);
    content_ = std::move(content);
  }
  int syncs() const {
    const std::lock_guard lock(mutex_);
    return syncs_;
  }
  // Every write, or sync, answers this from now on.
  void fail_writes(std::optional<ErrorCode> code) {
    const std::lock_guard lock(mutex_);
    write_error_ = code;
  }
  void fail_syncs() {
    const std::lock_guard lock(mutex_);
    sync_fails_ = true;
  }

 private:
  friend class MemoryLogFile;
  mutable std::mutex mutex_;
  std::string content_;  // guarded by mutex_, as all below
  int syncs_ = 0;
  std::optional<ErrorCode> write_error_;
  bool sync_fails_ = false;
};

class MemoryLogFile final : public store::LogFile {
 public:
  explicit MemoryLogFile(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)) {}

  Result<std::int64_t> size() override {
    const std::lock_guard lock(disk_->mutex_);
    return static_cast<std::int64_t>(disk_->content_.size());
  }
  Result<std::string> read(std::int64_t offset, std::size_t size) override {
    const std::lock_guard lock(disk_->mutex_);
    const auto at = static_cast<std::size_t>(offset);
    return at >= disk_->content_.size() ? std::string() : disk_->content_.substr(at, size);
  }
  Status write(std::int64_t offset, std::string_view data) override {
    const std::lock_guard lock(disk_->mutex_);
    if (disk_->write_error_) return Error{*disk_->write_error_, "injected: the write failed"};
    const auto at = static_cast<std::size_t>(offset);
    disk_->content_.resize(std::max(disk_->content_.size(), at + data.size()));
    disk_->content_.replace(at, data.size(), data);
    return {};
  }
  Status sync() override {
    const std::lock_guard lock(disk_->mutex_);
    if (disk_->sync_fails_) return Error{ErrorCode::io, "injected: the sync failed"};
    ++disk_->syncs_;
    return {};
  }

 private:
  std::shared_ptr<MemoryDisk> disk_;
};

// The two files of a log, kept over restarts.
struct MemoryLog {
  std::array<std::shared_ptr<MemoryDisk>, 2> disk = {std::make_shared<MemoryDisk>(), std::make_shared<MemoryDisk>()};

  std::unique_ptr<store::IngressLog> open(std::int64_t segment_bytes = 1 << 20) const {
    store::IngressLog::Files files;
    for (std::size_t i = 0; i < disk.size(); ++i) files.file[i] = std::make_unique<MemoryLogFile>(disk[i]);
    files.segment_bytes = segment_bytes;
    return std::make_unique<store::IngressLog>(std::move(files));
  }
};

}  // namespace waybill::testing
