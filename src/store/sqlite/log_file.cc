#include "store/sqlite/log_file.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <sqlite3.h>

namespace waybill::store::sqlite {

namespace {

// SQLite's layer is made for pages: it takes the size of a read or write for one of 17 bits.
constexpr std::size_t kMostAtOnce = 64 << 10;

Error fault(int code, const std::string& doing, const std::string& path) {
  const bool full = (code & 0xff) == SQLITE_FULL;
  return {full ? ErrorCode::unavailable : ErrorCode::io,
          "cannot " + doing + " " + path + ": " + sqlite3_errstr(code) + " (SQLite code " + std::to_string(code) + ")"};
}

class VfsFile final : public LogFile {
 public:
  VfsFile(sqlite3_vfs& vfs, std::string path)
      : path_(std::move(path)), room_(std::make_unique<std::byte[]>(static_cast<std::size_t>(vfs.szOsFile))) {
    // SQLite's own names are followed by further zeros, where it keeps parameters.
    path_for_vfs_ = path_ + std::string(3, '\0');
    // The kind of file whose directory entry its first sync takes to the disk.
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MAIN_JOURNAL;
    open_code_ = vfs.xOpen(&vfs, path_for_vfs_.c_str(), file(), flags, nullptr);
  }
  ~VfsFile() override {
    if (file()->pMethods) file()->pMethods->xClose(file());
  }
  VfsFile(const VfsFile&) = delete;
  VfsFile& operator=(const VfsFile&) = delete;

  Status opened() const {
    if (open_code_ != SQLITE_OK) return fault(open_code_, "open", path_);
    return {};
  }

  Result<std::int64_t> size() override {
    sqlite3_int64 bytes = 0;
    if (const int code = methods().xFileSize(file(), &bytes); code != SQLITE_OK) return fault(code, "read", path_);
    return bytes;
  }

  Result<std::string> read(std::int64_t offset, std::size_t size) override {
    WAYBILL_TRY(const std::int64_t end, this->size());
    const auto there = static_cast<std::size_t>(std::max<std::int64_t>(end - offset, 0));
    std::string data(std::min(size, there), '\0');
    for (std::size_t at = 0; at < data.size(); at += kMostAtOnce) {
      const auto bytes = static_cast<int>(std::min(kMostAtOnce, data.size() - at));
      const int code = methods().xRead(file(), data.data() + at, bytes, offset + static_cast<std::int64_t>(at));
      if (code != SQLITE_OK) return fault(code, "read", path_);
    }
    return data;
  }

  Status write(std::int64_t offset, std::string_view data) override {
    for (std::size_t at = 0; at < data.size(); at += kMostAtOnce) {
      const auto bytes = static_cast<int>(std::min(kMostAtOnce, data.size() - at));
      const int code = methods().xWrite(file(), data.data() + at, bytes, offset + static_cast<std::int64_t>(at));
      if (code != SQLITE_OK) return fault(code, "write", path_);
    }
    return {};
  }

  Status sync() override {
    const int code = methods().xSync(file(), SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
    if (code != SQLITE_OK) return fault(code, "sync", path_);
    return {};
  }

 private:
  sqlite3_file* file() const { return reinterpret_cast<sqlite3_file*>(room_.get()); }
  const sqlite3_io_methods& methods() const { return *file()->pMethods; }

  const std::string path_;
  std::string path_for_vfs_;  // the layer keeps the pointer
  std::unique_ptr<std::byte[]> room_;
  int open_code_ = SQLITE_OK;
};

}  // namespace

Result<std::unique_ptr<LogFile>> open_log_file(const std::string& path, const std::string& vfs) {
  sqlite3_vfs* layer = sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str());
  if (!layer) return internal("there is no SQLite file layer " + vfs);
  auto file = std::make_unique<VfsFile>(*layer, path);
  WAYBILL_CHECK(file->opened());
  return std::unique_ptr<LogFile>(std::move(file));
}

}  // namespace waybill::store::sqlite
