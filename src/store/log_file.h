// A file that the ingress log is kept in. The store's own goes through SQLite's file layer, so that whatever stands
// there in a test (faults, power losses) concerns the log too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace waybill::store {

// Thread: one at a time. Errors: unavailable, when the disk is full; io.
class LogFile {
 public:
  virtual ~LogFile() = default;
  // Up to `size` bytes; fewer, or none, where the file ends.
  virtual Result<std::string> read(std::int64_t offset, std::size_t size) = 0;
  virtual Result<std::int64_t> size() = 0;
  virtual Status write(std::int64_t offset, std::string_view data) = 0;
  // What was written is on the disk, and so is the file's entry in its directory.
  virtual Status sync() = 0;
};

}  // namespace waybill::store
