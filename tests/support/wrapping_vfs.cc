#include "support/wrapping_vfs.h"

#include <cstring>
#include <new>
#include <stdexcept>

#include <sqlite3.h>

namespace waybill::testing {

namespace {

constexpr int kObservedTypes = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;

struct Layer {
  sqlite3_vfs* platform;
  VfsObserver* observer;
};

// SQLite allocates it with room for the platform's own file behind it.
struct File : sqlite3_file {
  VfsObserver* observer;  // null for files that nobody observes
  std::string* name;
  sqlite3_file* platform() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File& cast(sqlite3_file* file) { return *static_cast<File*>(file); }
sqlite3_file* inner(sqlite3_file* file) { return cast(file).platform(); }
const sqlite3_io_methods& methods(sqlite3_file* file) { return *inner(file)->pMethods; }
Layer& layer(sqlite3_vfs* vfs) { return *static_cast<Layer*>(vfs->pAppData); }

std::string base_name(const char* path) {
  const std::string_view text(path);
  return std::string(text.substr(text.rfind('/') + 1));
}

int close_file(sqlite3_file* file) {
  const int code = methods(file).xClose(inner(file));
  delete cast(file).name;
  return code;
}

int write_file(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  File& self = cast(file);
  if (self.observer) {
    const std::string_view bytes(static_cast<const char*>(data), static_cast<std::size_t>(size));
    if (const int code = self.observer->on_write(*self.name, offset, bytes); code != SQLITE_OK) return code;
  }
  return methods(file).xWrite(inner(file), data, size, offset);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  File& self = cast(file);
  if (self.observer) {
    if (const int code = self.observer->on_truncate(*self.name, size); code != SQLITE_OK) return code;
  }
  return methods(file).xTruncate(inner(file), size);
}

int sync_file(sqlite3_file* file, int) {
  File& self = cast(file);
  return self.observer ? self.observer->on_sync(*self.name) : SQLITE_OK;
}

// The lambdas only pass calls on. Version 2: shared memory for the log, but no memory-mapped reads.
const sqlite3_io_methods kMethods = {
    2,
    close_file,
    [](sqlite3_file* f, void* data, int size, sqlite3_int64 at) { return methods(f).xRead(inner(f), data, size, at); },
    write_file,
    truncate_file,
    sync_file,
    [](sqlite3_file* f, sqlite3_int64* size) { return methods(f).xFileSize(inner(f), size); },
    [](sqlite3_file* f, int lock) { return methods(f).xLock(inner(f), lock); },
    [](sqlite3_file* f, int lock) { return methods(f).xUnlock(inner(f), lock); },
    [](sqlite3_file* f, int* reserved) { return methods(f).xCheckReservedLock(inner(f), reserved); },
    [](sqlite3_file* f, int what, void* value) { return methods(f).xFileControl(inner(f), what, value); },
    [](sqlite3_file* f) { return methods(f).xSectorSize(inner(f)); },
    [](sqlite3_file* f) { return methods(f).xDeviceCharacteristics(inner(f)); },
    [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
      return methods(f).xShmMap(inner(f), page, size, extend, out);
    },
    [](sqlite3_file* f, int offset, int count, int flags) {
      return methods(f).xShmLock(inner(f), offset, count, flags);
    },
    [](sqlite3_file* f) { methods(f).xShmBarrier(inner(f)); },
    [](sqlite3_file* f, int remove) { return methods(f).xShmUnmap(inner(f), remove); },
    nullptr,
    nullptr,
};

int open_file(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  File& self = cast(file);
  file->pMethods = nullptr;
  self.observer = path && (flags & kObservedTypes) != 0 ? layer(vfs).observer : nullptr;
  if (self.observer && (flags & SQLITE_OPEN_CREATE) != 0) {
    if (const int code = self.observer->on_open(base_name(path)); code != SQLITE_OK) return code;
  }
  sqlite3_vfs* platform = layer(vfs).platform;
  const int code = platform->xOpen(platform, path, inner(file), flags, out_flags);
  if (code != SQLITE_OK) return code;
  self.name = new std::string(path ? base_name(path) : "");
  file->pMethods = &kMethods;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* path, int) {
  if (const int code = layer(vfs).observer->on_delete(base_name(path)); code != SQLITE_OK) return code;
  sqlite3_vfs* platform = layer(vfs).platform;
  return platform->xDelete(platform, path, 0);
}

}  // namespace

struct WrappingVfs::Registered {
  Layer layer;
  sqlite3_vfs vfs;
};

WrappingVfs::WrappingVfs(std::string name, VfsObserver& observer)
    : name_(std::move(name)), registered_(std::make_unique<Registered>()) {
  sqlite3_initialize();
  sqlite3_vfs* platform = sqlite3_vfs_find(nullptr);
  registered_->layer = {platform, &observer};
  sqlite3_vfs& vfs = registered_->vfs;
  vfs = *platform;  // time, randomness and paths are the platform's
  vfs.pNext = nullptr;
  vfs.zName = name_.c_str();
  vfs.pAppData = &registered_->layer;
  vfs.szOsFile = static_cast<int>(sizeof(File)) + platform->szOsFile;
  vfs.xOpen = open_file;
  vfs.xDelete = delete_file;
  if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK) throw std::runtime_error("cannot register a VFS");
}

WrappingVfs::~WrappingVfs() { sqlite3_vfs_unregister(&registered_->vfs); }

}  // namespace waybill::testing
