// The ingress log: where accepted events become durable before the database takes them. Appending is one write and one
// sync for all that waits, whatever the database is doing. See docs/decisions/0013-an-ingress-log.md.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "store/changes.h"
#include "store/log_file.h"

namespace waybill::store {

// Two files, written from the front in turn. A file is written anew once all of its units are in the database for good;
// until then the other one grows beyond segment_bytes. Units are numbered without gaps. A batch is one record: a header
// that names the store, the first number, the sizes and a CRC-32, and the units. What does not fit behind the record
// before it (another store or run, an older number, a wrong checksum) is no record: it ends what is read.
//
// Thread: recover(), begin_run() and prepare() first, then append() on one thread; stored_for_good() on any.
class IngressLog {
 public:
  struct Files {
    std::array<std::unique_ptr<LogFile>, 2> file;
    std::int64_t segment_bytes = 4 << 20;
  };

  explicit IngressLog(Files files) : files_(std::move(files)) {}

  // What the database says of its log.
  struct Mark {
    std::int64_t identity = 0;  // of the database
    std::int64_t run = 0;       // of the daemon that wrote the log; each has a higher number than those before it
    std::int64_t stored = 0;    // the number up to which the database holds all units
  };
  // Hands over every unit above `stored`, in order. The caller stores them for good before begin_run(). What an earlier
  // run left behind is stored, since the run after it began: it is not looked at.
  // Errors: corrupt, when the log is of a later run, or a unit is missing or damaged (the database was put back from a
  // copy, or the log was); io; what `take` answers.
  using Take = std::function<Status(std::int64_t number, Changes changes)>;
  Status recover(const Mark& mark, const Take& take);
  // append() writes for this run from now on, behind the last unit of recover(). The database says so already.
  void begin_run(std::int64_t run) { run_ = run; }

  // Writes new files full of zeros, so that appending changes no file's size: its sync then costs half as much. A write
  // that fails ends it and is no error: the files grow later, or append() finds out. Errors: io, of the sync.
  Status prepare();

  // Durable when it answers success; the units then have the numbers last() - units.size() + 1 to last(). Errors:
  // unavailable, when the disk is full: nothing was appended. After another one nobody knows what was.
  Status append(std::span<const Changes* const> units);
  std::int64_t last() const { return last_; }

  // Every unit up to this number is in the database, on the disk.
  void stored_for_good(std::int64_t number) { stored_.store(number, std::memory_order_relaxed); }
  // The other file will be needed soon and still holds what stored_for_good() does not cover. Any thread.
  bool wants_room() const { return wanted_.load(std::memory_order_relaxed) > stored_.load(std::memory_order_relaxed); }

 private:
  struct Segment {
    LogFile* file = nullptr;
    std::int64_t first = 0;  // number of its first unit; 0: it holds no record of this store and run
  };
  Result<Segment> look_at(LogFile& file);
  Status recover_segment(LogFile& file, std::int64_t& next, const Take& take);
  bool is_followed(LogFile& file, std::int64_t offset, std::int64_t number);
  Status take_units(std::string_view body, std::int64_t first, std::int64_t& next, const Take& take);
  void choose_file();

  Files files_;
  std::int64_t identity_ = 0;
  std::int64_t run_ = 0;
  std::int64_t last_ = 0;
  std::size_t current_ = 0;                   // index of the file that is written to
  std::int64_t end_ = 0;                      // where the next record goes in it
  std::array<std::int64_t, 2> last_in_ = {};  // number of the last unit of each file
  std::atomic<std::int64_t> stored_ = 0;
  std::atomic<std::int64_t> wanted_ = 0;  // what stored_ must reach for the other file to be free
  std::string record_;                    // kept for its memory
};

}  // namespace waybill::store
