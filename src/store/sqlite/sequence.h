// The highest number that was ever stored, be it an id or the version of an item, kept without a write of its own on
// the hot path: the file holds a bound above it, which moves in large steps.
#pragma once

#include <algorithm>
#include <cstdint>

#include "store/sqlite/statement.h"

namespace waybill::store::sqlite {

// Owner/Thread: the engine. Invariant: after a commit the stored bound is at least every number that was ever stored.
class Sequence {
 public:
  static constexpr std::int64_t kStep = 1 << 20;  // numbers skipped at most when the daemon starts again

  explicit Sequence(Database& database);

  Status load();
  void saw(std::int64_t id) { highest_ = std::max(highest_, id); }
  // A number above all that were seen or given here, also before the last start: the version of a write. (It may be an
  // id as well, which the Journal hands out.)
  std::int64_t next() { return ++highest_; }
  // Moves the bound inside the open transaction, before its commit.
  Status store();
  void committed() { stored_ = pending_; }
  std::int64_t bound() const { return stored_; }

 private:
  std::int64_t highest_ = 0;  // seen, also in what was rolled back
  std::int64_t stored_ = 0;   // the committed bound
  std::int64_t pending_ = 0;  // the bound once the open transaction is committed
  Statement read_;
  Statement write_;
};

}  // namespace waybill::store::sqlite
