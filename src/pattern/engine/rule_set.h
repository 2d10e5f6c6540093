// RuleSet: the rules that matchers are made of. Adding and removing touches what the rule needs and nothing else;
// snapshot() gives the present state as a RuleMatcher that shares all that did not change with the earlier ones.
//
// Owner: one thread at a time. Matchers handed out live on their own.
#pragma once

#include <memory>
#include <unordered_map>

#include "pattern/engine/rule_keys.h"
#include "pattern/engine/rule_matcher.h"
#include "pattern/pattern.h"

namespace waybill::pattern {

class RuleSet {
 public:
  RuleSet() = default;
  RuleSet(const RuleSet&) = delete;
  RuleSet& operator=(const RuleSet&) = delete;

  // Takes the place of a rule with the same id.
  void add(RuleId id, const Pattern& pattern);
  // False if there is no such rule. Its memory is given back, what it leaves in the index once that is a good part.
  bool remove(RuleId id);

  std::size_t size() const { return slots_.size(); }

  // Cost: a pointer for each page of memory.
  std::shared_ptr<const RuleMatcher> snapshot();

  // Of the present state, with what only the writer needs.
  std::size_t memory_bytes() const;

 private:
  void enter(std::uint32_t slot, const std::shared_ptr<const RuleProgram>& program);
  void build_anew();

  RuleMatcher current_;
  KeyCounts counts_;
  std::unordered_map<RuleId, std::uint32_t> slots_;  // places in current_.cells_
  std::vector<std::uint32_t> free_;
  std::size_t stale_ = 0;  // rules taken out since the index was built
};

}  // namespace waybill::pattern
