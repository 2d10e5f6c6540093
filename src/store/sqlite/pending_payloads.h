// Which payloads still have a delivery: a set built by reading the deliveries once per sweep, a bounded part at a time,
// instead of an index that every insert and every acknowledgement would have to keep. See
// docs/decisions/0002-payload-retention.md.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "model/delivery.h"
#include "store/sqlite/statement.h"

namespace waybill::store::sqlite {

// Owner/Thread: the engine. Knows a window of payload ids at a time, in one bit each.
// Invariant: once complete(), a payload in the window that the set does not contain has no delivery. The reverse does
// not hold: a delivery that went since then leaves its payload in the set until the next sweep.
class PendingPayloads {
 public:
  static constexpr std::int64_t kWindow = 4 << 20;         // ids: 512 KiB
  static constexpr std::int64_t kRowsPerStep = 64 * 1024;  // some 10 ms on the writer thread

  // The arguments are smaller in tests.
  explicit PendingPayloads(Database& database, std::int64_t window = kWindow,
                           std::int64_t rows_per_step = kRowsPerStep);

  // Starts over with the payloads above `after`.
  void start(PayloadId after);
  bool covers(PayloadId id) const { return active_ && id > after_ && id.value - after_.value <= window_; }
  // Reads on, at most rows_per_step deliveries.
  Status step();
  bool complete() const { return active_ && complete_; }
  // REQUIRES: complete() and covers(id).
  bool contains(PayloadId id) const { return bits_[offset(id)]; }
  // A delivery of this payload was inserted, or moved to another place, where the reading may have passed already.
  void add(PayloadId id) {
    if (covers(id)) bits_[offset(id)] = true;
  }
  bool active() const { return active_; }
  // Frees the set. Also when what was read is no longer true, because a transaction was rolled back that it saw.
  void forget();
  // Grows with every step(): tells whether there was one since.
  std::uint64_t steps() const { return steps_; }

 private:
  std::size_t offset(PayloadId id) const { return static_cast<std::size_t>(id.value - after_.value - 1); }

  std::int64_t window_;
  std::int64_t rows_per_step_;
  bool active_ = false;
  bool complete_ = false;
  std::uint64_t steps_ = 0;
  PayloadId after_;
  std::optional<DeliveryKey> cursor_;  // the last delivery read
  std::vector<bool> bits_;
  Statement page_;
};

}  // namespace waybill::store::sqlite
