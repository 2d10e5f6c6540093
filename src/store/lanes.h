// What waits for the writer: one queue per lane, bounded in bytes where the lane may refuse.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <vector>

#include "store/journal.h"

namespace waybill::store {

// Owner: the Journal, which guards it by its lock. Neither blocks nor calls out.
class Lanes {
 public:
  explicit Lanes(const JournalOptions& options) : options_(options) {}

  // True while waiting ingress, and `unlogged` bytes on their way to the log, stand at the limit or above. One unit may
  // pass the mark, none comes after it.
  bool ingress_full(std::size_t unlogged = 0) const {
    return bytes(Lane::ingress) + bytes(Lane::logged) + unlogged >= options_.ingress_limit_bytes;
  }
  bool empty() const;
  bool only(std::initializer_list<Lane> lanes) const;  // nothing waits in another one
  std::size_t bytes(Lane lane) const { return queue(lane).bytes; }

  // REQUIRES: not (lane is ingress and ingress_full()). The caller computes the unit's weight outside of the lock.
  void push(Lane lane, Journal::Unit unit);
  // Logged units that could not be stored: they are the oldest again, in their order.
  void put_back(std::vector<Journal::Unit> units);

  // The next group: internal work first, then outcomes, what is logged and ingress, until the group holds
  // group_limit_bytes (the unit that reaches the limit is in it), and then at most maintenance_per_group units of
  // maintenance. Those do not count in bytes, so that neither lane keeps retention from running. Oldest first within a
  // lane; empty only when all lanes are.
  std::vector<Journal::Unit> take_group();
  // Everything, in the order of groups.
  std::vector<Journal::Unit> take_all();

 private:
  struct Queue {
    std::deque<Journal::Unit> units;
    std::size_t bytes = 0;
  };

  Queue& queue(Lane lane) { return queues_[static_cast<std::size_t>(lane)]; }
  const Queue& queue(Lane lane) const { return queues_[static_cast<std::size_t>(lane)]; }
  // Moves the oldest unit of a lane to the group; answers its weight.
  std::size_t move_oldest(Lane lane, std::vector<Journal::Unit>& group);

  const JournalOptions options_;
  std::array<Queue, 5> queues_;
};

}  // namespace waybill::store
