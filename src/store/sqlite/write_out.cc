#include "store/sqlite/write_out.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <mutex>
#include <set>
#include <string_view>
#include <sys/types.h>

#include <sqlite3.h>

namespace waybill::store::sqlite {

namespace {

constexpr std::int64_t kPortionBytes = 128 * 1024;
constexpr std::string_view kLogSuffix = "-wal";

int by_the_kernel(int descriptor, bool wait) {
  const unsigned flags = SYNC_FILE_RANGE_WRITE | (wait ? SYNC_FILE_RANGE_WAIT_BEFORE : 0U);
  return ::sync_file_range(descriptor, 0, 0, flags) == 0 ? 0 : errno;
}

enum class Kind { other, database, log };

struct OpenFile {
  std::atomic<Kind> kind = Kind::other;
  std::atomic<std::int64_t> bytes = 0;  // since it was last written out
};

// By descriptor, which is all that a write names; those beyond are left alone.
std::array<OpenFile, 4096> open_files;
std::atomic<WriteOut> write_out = by_the_kernel;

class Wanted {
 public:
  void add(const std::string& file) {
    std::error_code failed;
    const auto path = std::filesystem::weakly_canonical(file, failed);  // as SQLite names it
    const std::lock_guard lock(mutex_);
    files_.insert(failed ? file : path.string());
  }
  Kind kind_of(std::string_view path) const {
    const bool log = path.ends_with(kLogSuffix);
    if (log) path.remove_suffix(kLogSuffix.size());
    const std::lock_guard lock(mutex_);
    if (!files_.contains(path)) return Kind::other;
    return log ? Kind::log : Kind::database;
  }

 private:
  mutable std::mutex mutex_;
  std::set<std::string, std::less<>> files_;
};

Wanted& wanted() {
  static Wanted files;
  return files;
}

OpenFile* file_of(int descriptor) {
  const auto at = static_cast<std::size_t>(descriptor);
  return descriptor >= 0 && at < open_files.size() ? &open_files[at] : nullptr;
}

// SQLite's calls, as they were.
using Open = int (*)(const char*, int, int);
using Write = ssize_t (*)(int, const void*, std::size_t, off_t);
Open sqlite_open = nullptr;

int open_file(const char* path, int flags, int mode) {
  const int descriptor = sqlite_open(path, flags, mode);
  if (OpenFile* file = file_of(descriptor)) {
    file->kind = wanted().kind_of(path);
    file->bytes = 0;
  }
  return descriptor;
}

bool wrote(int descriptor, ssize_t bytes) {
  OpenFile* file = file_of(descriptor);
  const Kind kind = file && bytes > 0 ? file->kind.load(std::memory_order_relaxed) : Kind::other;
  if (kind == Kind::other || file->bytes.fetch_add(bytes, std::memory_order_relaxed) + bytes < kPortionBytes)
    return true;
  file->bytes = 0;
  const int code = write_out.load(std::memory_order_relaxed)(descriptor, kind == Kind::database);
  // Anything else says that this cannot be done here, and no more than that.
  return code != EIO && code != ENOSPC && code != EDQUOT;
}

template <int kWhich>  // SQLite has two calls to write at a place, and uses one of them
struct Replaced {
  static inline Write original = nullptr;
  static ssize_t call(int descriptor, const void* data, std::size_t bytes, off_t at) {
    const ssize_t written = original(descriptor, data, bytes, at);
    if (wrote(descriptor, written)) return written;
    errno = EIO;
    return -1;
  }
};

template <class Call>
bool replace(sqlite3_vfs& layer, const char* name, Call& original, Call replacement) {
  const sqlite3_syscall_ptr found = layer.xGetSystemCall(&layer, name);
  if (!found) return false;
  original = reinterpret_cast<Call>(found);
  return layer.xSetSystemCall(&layer, name, reinterpret_cast<sqlite3_syscall_ptr>(replacement)) == SQLITE_OK;
}

void replace_calls() {
  sqlite3_vfs* layer = sqlite3_vfs_find("unix");
  if (!layer || layer->iVersion < 3 || !layer->xGetSystemCall || !layer->xSetSystemCall) return;
  if (!replace<Open>(*layer, "open", sqlite_open, open_file)) return;
  replace<Write>(*layer, "pwrite", Replaced<0>::original, Replaced<0>::call);
  replace<Write>(*layer, "pwrite64", Replaced<1>::original, Replaced<1>::call);
}

}  // namespace

void write_out_steadily(const std::string& file) {
  wanted().add(file);
  static std::once_flag once;
  std::call_once(once, replace_calls);
}

void replace_write_out(WriteOut call) { write_out = call ? call : by_the_kernel; }

}  // namespace waybill::store::sqlite
