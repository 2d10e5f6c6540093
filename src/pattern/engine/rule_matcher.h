// RuleMatcher: many patterns as one. It reads an event once, looks up what each leaf may be in one index, and judges
// only the rules found there.
//
// Immutable: share it, and match from many threads, each with a Scratch of its own. Made by a RuleSet.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "pattern/engine/candidate_index.h"
#include "pattern/engine/event_scan.h"
#include "pattern/engine/field_plan.h"
#include "pattern/engine/path_tree.h"
#include "pattern/engine/rule_cell.h"
#include "pattern/engine/rule_program.h"
#include "pattern/engine/scratch.h"

namespace waybill::pattern {

class RuleMatcher {
 public:
  // `matching` gets the ids of the rules that match, in no particular order. False, with none, when the event is
  // noticed to be no JSON object; REQUIRES that it is one, in valid UTF-8 (see event_scan.h). Takes time in proportion
  // to the event and to what comes into question, and allocates nothing once the scratch and `matching` have grown.
  bool match(std::string_view event, Scratch& scratch, std::vector<RuleId>& matching) const;
  // The same with a given way of reading.
  bool match_by(EventScan scan, std::string_view event, Scratch& scratch, std::vector<RuleId>& matching) const;

  std::size_t rule_count() const { return rule_count_; }
  // Of everything it holds, shared with other matchers or not.
  std::size_t memory_bytes() const;

 private:
  friend class RuleSet;

  void share();

  PathTree paths_;
  FieldPlans plans_;
  std::vector<FieldId> absences_;  // fields whose absence some rule is found by
  CandidateIndex index_;
  RuleCells cells_;
  CowVector<std::shared_ptr<const RuleProgram>, 64> programs_;  // keeps those alive that cells point to
  std::size_t rule_count_ = 0;
  std::size_t program_bytes_ = 0;
};

}  // namespace waybill::pattern
