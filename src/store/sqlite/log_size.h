// How much write-ahead log has gathered since it was last copied into the file, and the copying.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "store/sqlite/database.h"

namespace waybill::store::sqlite {

// Owner/Thread: the engine. Hooks into the connection: stays where it is, and goes before it.
class LogSize {
 public:
  explicit LogSize(Database& database);
  ~LogSize();
  LogSize(const LogSize&) = delete;
  LogSize& operator=(const LogSize&) = delete;

  // After opening: what a crash left.
  std::int64_t bytes() const { return bytes_; }
  // Copies what no reader still holds back. Blocks on the disk, never on readers.
  Status checkpoint();

 private:
  void committed(std::int64_t frames);

  Database& database_;
  std::int64_t frame_bytes_ = 0;    // 0 until first asked for
  std::int64_t copied_frames_ = 0;  // of the present log
  std::int64_t bytes_ = 0;
};

}  // namespace waybill::store::sqlite
