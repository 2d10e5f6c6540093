#include "store/sqlite/directory_lock.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <spdlog/fmt/fmt.h>

namespace waybill::store::sqlite {

namespace {

Error io_error(const char* doing, const std::filesystem::path& path, int number) {
  return {ErrorCode::io, fmt::format("{} {}: {}", doing, path.string(), std::strerror(number))};
}

std::string first_line(int descriptor) {
  char buffer[32];
  const ssize_t size = ::pread(descriptor, buffer, sizeof buffer, 0);
  const std::string text(buffer, size > 0 ? static_cast<std::size_t>(size) : 0);
  return text.substr(0, text.find('\n'));
}

}  // namespace

Result<std::unique_ptr<DirectoryLock>> DirectoryLock::take(const std::filesystem::path& directory) {
  const auto path = directory / "waybill.lock";
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return io_error("open", path, errno);
  std::unique_ptr<DirectoryLock> lock(new DirectoryLock(descriptor));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return io_error("lock", path, errno);
    return Error{ErrorCode::unavailable,
                 fmt::format("the data directory {} is in use by another waybill daemon (process {}): stop it, or "
                             "choose another directory",
                             directory.string(), first_line(descriptor))};
  }
  const std::string holder = fmt::format("{}\n", ::getpid());
  // For the message above only: it is the lock that counts.
  if (::ftruncate(descriptor, 0) != 0 || ::pwrite(descriptor, holder.data(), holder.size(), 0) < 0) {
    return io_error("write", path, errno);
  }
  return lock;
}

DirectoryLock::~DirectoryLock() { ::close(descriptor_); }

Status sync_directory(const std::filesystem::path& directory) {
  const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return io_error("open", directory, errno);
  const int failed = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  if (failed != 0) return io_error("sync", directory, failed);
  return {};
}

Status make_private_directory(const std::filesystem::path& directory) {
  std::error_code code;
  if (std::filesystem::is_directory(directory, code)) return {};
  const auto parent = std::filesystem::absolute(directory / "").parent_path().parent_path();
  if (parent != directory && !std::filesystem::exists(parent, code)) WAYBILL_CHECK(make_private_directory(parent));
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return io_error("make directory", directory, errno);
  return sync_directory(parent);
}

}  // namespace waybill::store::sqlite
