// CandidateIndex: from a key, which stands for something that a leaf can be, to the rules that may match when a leaf is
// that. Keys are hashes and the index keeps nothing else of them: a rule found here is a candidate, and is judged.
//
// Open addressing over shared pages (CowVector). Rules are not taken out: one that is gone is a candidate in vain
// until the index is built anew, which the rule set does when enough of them are. Owner: one writer; copies immutable.
#pragma once

#include <cstdint>

#include "pattern/engine/cow_vector.h"

namespace waybill::pattern {

class CandidateIndex {
 public:
  CandidateIndex();

  // Writer only. REQUIRES: rule < 2^31.
  void add(std::uint64_t key, std::uint32_t rule);

  template <class Visit>
  void for_each(std::uint64_t key, Visit&& visit) const {
    const auto tag = static_cast<std::uint32_t>(key);
    for (std::size_t at = tag & slot_mask_;; at = (at + 1) & slot_mask_) {
      const Slot& slot = slots_[at];
      if (slot.rules == kFree) return;
      if (slot.tag != tag) continue;
      if ((slot.rules & kSingle) != 0) return visit(slot.rules & ~kSingle);
      for (std::uint32_t list = slot.rules; list != kFree;) {
        const Postings& postings = postings_[list - 1];
        list = postings.rest;
        for (const std::uint32_t rule : postings.rules) {
          if (rule == kFree) break;
          visit(rule - 1);
        }
      }
      return;
    }
  }

  // Has the processor fetch what for_each(key) looks at first.
  void prefetch(std::uint64_t key) const { __builtin_prefetch(&slots_[static_cast<std::uint32_t>(key) & slot_mask_]); }

  void share();
  std::size_t memory_bytes() const { return slots_.memory_bytes() + postings_.memory_bytes(); }

 private:
  // What a key leads to: kSingle and the one rule, or the number of the first postings + 1.
  static constexpr std::uint32_t kFree = 0;
  static constexpr std::uint32_t kSingle = 0x80000000;

  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t rules = kFree;
  };
  // Some of a key's rules, half a cache line of them.
  struct alignas(32) Postings {
    std::uint32_t rest = kFree;   // the number of others + 1
    std::uint32_t rules[7] = {};  // + 1, from the front
  };

  static constexpr std::size_t kSlotsOfPage = 1024;

  void grow();

  CowVector<Slot, kSlotsOfPage> slots_;
  CowVector<Postings, 128> postings_;
  std::size_t slot_mask_ = 0;
  std::size_t used_ = 0;
};

}  // namespace waybill::pattern
