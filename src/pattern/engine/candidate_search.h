// CandidateSearch: from the leaves of an event through the index to the rules that may match. In steps, each for all
// that has come together, so that the processor fetches what the next step needs while something else goes on: with
// many rules, waiting for memory is most of the time. Scratch says how far it has come.
//
// Thread: that of the scratch.
#pragma once

#include <span>

#include "pattern/engine/scratch.h"

namespace waybill::pattern {

class CandidateSearch {
 public:
  // REQUIRES: scratch.begin() was told where to look things up.
  explicit CandidateSearch(Scratch& scratch) : scratch_(scratch) {}

  // Notes the keys of the leaves that are new, and those of fields that must have no leaf, when all have been seen.
  void probe_leaves();
  void probe_absences(std::span<const FieldId> fields);
  // Finds the rules of the keys that are new.
  void find_candidates() {
    const Scratch::Ahead& ahead = scratch_.ahead();
    for (; scratch_.found_keys < scratch_.keys.size(); ++scratch_.found_keys) {
      ahead.index->for_each(scratch_.keys[scratch_.found_keys], [this, &ahead](std::uint32_t rule) {
        scratch_.add_candidate(rule, &(*ahead.cells)[rule]);
      });
    }
  }

 private:
  void look_up(FieldId field, Probe probe, std::uint64_t what);
  void probe(SeenLeaf& leaf);
  void probe_string(const SeenLeaf& leaf);
  void probe_number(SeenLeaf& leaf);
  void look_up_text(FieldId field, Probe probe, std::string_view text);
  void probe_fronts(FieldId field, Probe probe, const LengthSet& lengths, std::string_view text);
  void probe_backs(FieldId field, Probe probe, const LengthSet& lengths, std::string_view text);
  void probe_pieces(FieldId field, std::string_view text);
  void probe_address(FieldId field, std::string_view text);
  void probe_folded(FieldId field, std::string_view text);

  Scratch& scratch_;
  const FieldPlan* plan_ = nullptr;  // of the field that is looked at
};

}  // namespace waybill::pattern
