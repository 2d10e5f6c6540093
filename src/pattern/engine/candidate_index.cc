#include "pattern/engine/candidate_index.h"

namespace waybill::pattern {

CandidateIndex::CandidateIndex() {
  slots_.grow_to(512);
  slot_mask_ = slots_.size() - 1;
}

void CandidateIndex::add(std::uint64_t key, std::uint32_t rule) {
  if (used_ * 5 >= slots_.size() * 3) grow();
  const auto tag = static_cast<std::uint32_t>(key);
  std::size_t at = tag & slot_mask_;
  while (slots_[at].rules != kFree && slots_[at].tag != tag) at = (at + 1) & slot_mask_;
  Slot& slot = slots_.edit(at);
  if (slot.rules == kFree) {
    slot = {tag, rule | kSingle};
    ++used_;
    return;
  }
  if ((slot.rules & kSingle) == 0) {
    Postings& first = postings_.edit(slot.rules - 1);
    for (std::uint32_t& free : first.rules) {
      if (free != kFree) continue;
      free = rule + 1;
      return;
    }
  }
  Postings more;
  if ((slot.rules & kSingle) != 0) {
    more.rules[0] = (slot.rules & ~kSingle) + 1;
    more.rules[1] = rule + 1;
  } else {
    more.rest = slot.rules;
    more.rules[0] = rule + 1;
  }
  postings_.push_back(more);
  slot.rules = static_cast<std::uint32_t>(postings_.size());
}

void CandidateIndex::grow() {
  const CowVector<Slot, kSlotsOfPage> old = std::move(slots_);
  slots_ = {};
  slots_.grow_to(old.size() * 2);
  slot_mask_ = slots_.size() - 1;
  for (std::size_t from = 0; from < old.size(); ++from) {
    if (old[from].rules == kFree) continue;
    std::size_t at = old[from].tag & slot_mask_;
    while (slots_[at].rules != kFree) at = (at + 1) & slot_mask_;
    slots_.edit(at) = old[from];
  }
}

void CandidateIndex::share() {
  slots_.share();
  postings_.share();
}

}  // namespace waybill::pattern
