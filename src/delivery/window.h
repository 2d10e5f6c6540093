// The part of one endpoint's deliveries that is in memory: the earliest `limit` of them, and those in flight. The rest
// waits in the store and is paged in. Pure data structure, no locks.
#pragma once

#include <map>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "model/delivery.h"

namespace waybill::delivery {

class Window {
 public:
  explicit Window(std::size_t limit) : limit_(limit) {}

  struct Waiting {
    Delivery delivery;
    PayloadPtr payload;  // null: to be read from the store
    int conflicts = 0;   // how often its handler was asked again for a version conflict
    int refusals = 0;    // units in a row whose effects could not be applied
  };

  // A committed delivery. Kept if it belongs to the earliest; otherwise it is known to be in the store (behind()).
  void add(Delivery delivery, PayloadPtr payload);
  // The first delivery due at or before now goes in flight.
  std::optional<Waiting> take(WallTime now);
  // Those that were ingested at or before the time go in flight, in order of due time.
  std::vector<Waiting> take_ingested_until(WallTime time);
  // Back from flight, unchanged: to be tried again at once.
  void put_back(Waiting waiting);
  // Out of flight for good (the row is gone), or about to be added again with another key.
  void finish(DeliveryId id);

  // Deliveries are in the store that are not here.
  bool behind() const { return behind_; }
  // What the store holds is not known: at start, and when rows in flight were given up here that may still be there.
  void mark_behind() {
    behind_ = true;
    known_to_ = {};
    discard_page_ = paging_;
  }
  bool wants_page() const { return behind_ && !paging_ && waiting_.size() * 2 <= limit_; }
  // Answers how many rows, from the endpoint's first, to read. REQUIRES: wants_page().
  std::size_t begin_page();
  std::size_t page_size() const { return asked_; }
  // The rows read, in key order. REQUIRES: begin_page() before.
  void merge_page(std::vector<Delivery> rows);
  void abandon_page() { paging_ = false; }
  // Nothing is here, in flight, or in the store as far as is known; nor is a page being read.
  bool empty() const { return waiting_.empty() && in_flight_.empty() && !behind_ && !paging_; }

  std::optional<WallTime> first_due() const;
  // Of the oldest that is here and not in flight. Looks at all of them.
  std::optional<WallTime> first_ingested() const;
  std::size_t waiting() const { return waiting_.size(); }
  std::size_t in_flight() const { return in_flight_.size(); }
  const std::map<DeliveryKey, Waiting>& entries() const { return waiting_; }
  void clear();

 private:
  void drop_if_large(PayloadPtr& payload) const;
  bool known(const DeliveryKey& key) const { return !behind_ || key <= known_to_; }

  std::size_t limit_;
  std::map<DeliveryKey, Waiting> waiting_;
  std::unordered_set<DeliveryId> in_flight_;
  bool behind_ = false;
  DeliveryKey known_to_;  // while behind: every stored delivery up to this key is here
  bool paging_ = false;
  bool missed_while_paging_ = false;  // something was added past known_to_ since begin_page
  bool discard_page_ = false;         // cleared while a page was being read
  std::size_t asked_ = 0;
  std::unordered_set<DeliveryId> ended_while_paging_;  // the page may still show them
};

}  // namespace waybill::delivery
