// One daemon at a time in a data directory.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"

namespace waybill::store::sqlite {

// Held until it goes, or the process ends however it ends. The file waybill.lock stays, with the holder's process id.
class DirectoryLock {
 public:
  // Errors: unavailable, when another process or another lock of this one holds it; io.
  static Result<std::unique_ptr<DirectoryLock>> take(const std::filesystem::path& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// Makes the directory with mode 0700, and its missing parents, so that they survive a power loss.
Status make_private_directory(const std::filesystem::path& directory);
// Puts what was created or removed in the directory on the disk.
Status sync_directory(const std::filesystem::path& directory);

}  // namespace waybill::store::sqlite
