#include "pattern/engine/rule_matcher.h"

#include "pattern/engine/candidate_search.h"

namespace waybill::pattern {

bool RuleMatcher::match(std::string_view event, Scratch& scratch, std::vector<RuleId>& matching) const {
  static const EventScan fastest = event_scans().front().scan;
  return match_by(fastest, event, scratch, matching);
}

bool RuleMatcher::match_by(EventScan scan, std::string_view event, Scratch& scratch,
                           std::vector<RuleId>& matching) const {
  matching.clear();
  if (event.empty() || event.size() >= UINT32_MAX) return false;
  scratch.begin(paths_.field_count(), cells_.size(), {&plans_, &index_, &cells_});
  if (!scan(event, paths_, scratch)) return false;
  CandidateSearch search(scratch);
  search.probe_leaves();
  search.probe_absences(absences_);
  search.find_candidates();
  for (const RuleCell* cell : scratch.candidates) {
    if (matches(*cell, scratch)) matching.push_back(cell->id);
  }
  return true;
}

void RuleMatcher::share() {
  paths_.share();
  plans_.share();
  index_.share();
  cells_.share();
  programs_.share();
}

std::size_t RuleMatcher::memory_bytes() const {
  return sizeof(RuleMatcher) + paths_.memory_bytes() + plans_.memory_bytes() + index_.memory_bytes() +
         cells_.memory_bytes() + programs_.memory_bytes() + program_bytes_;
}

}  // namespace waybill::pattern
