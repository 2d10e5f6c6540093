#include "store/sqlite/log_size.h"

#include <sqlite3.h>

namespace waybill::store::sqlite {

namespace {
constexpr std::int64_t kFrameHeaderBytes = 24;
}  // namespace

LogSize::LogSize(Database& database) : database_(database), bytes_(database.log_file_bytes()) {
  const auto page = database_.integer("PRAGMA page_size");
  frame_bytes_ = (page ? *page : 0) + kFrameHeaderBytes;
  sqlite3_wal_hook(
      database_.handle(),
      [](void* self, sqlite3*, const char*, int frames) {
        static_cast<LogSize*>(self)->committed(frames);
        return SQLITE_OK;
      },
      this);
}

LogSize::~LogSize() { sqlite3_wal_hook(database_.handle(), nullptr, nullptr); }

// `frames`: in the log as a whole. SQLite starts the log anew, at the next commit after all of it was copied, as soon
// as no reader uses it; until then it goes on behind what was copied.
void LogSize::committed(std::int64_t frames) {
  if (frames <= copied_frames_) copied_frames_ = 0;
  bytes_ = (frames - copied_frames_) * frame_bytes_;
}

Status LogSize::checkpoint() {
  int frames = 0;
  int copied = 0;
  const int code = sqlite3_wal_checkpoint_v2(database_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames, &copied);
  if (code != SQLITE_OK) return database_.error(code, "checkpoint");
  // -1: there is no log, as in a memory database.
  copied_frames_ = copied > 0 ? copied : 0;
  bytes_ = (frames > copied ? frames - copied : 0) * frame_bytes_;
  return {};
}

}  // namespace waybill::store::sqlite
