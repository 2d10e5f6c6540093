// Scratch: what one thread needs while it matches, kept between events so that nothing is allocated once it has grown.
// Owner: one thread at a time; any matcher may use any scratch.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pattern/element_choice.h"
#include "pattern/engine/candidate_index.h"
#include "pattern/engine/field_plan.h"
#include "pattern/engine/rule_cell.h"
#include "pattern/engine/seen_leaf.h"

namespace waybill::pattern {

class Scratch {
 public:
  // Where to look things up, already while the event is read.
  struct Ahead {
    const FieldPlans* plans = nullptr;
    const CandidateIndex* index = nullptr;
    const RuleCells* cells = nullptr;
  };

  // Forgets the event before.
  void begin(std::size_t fields, std::size_t rules, Ahead ahead);
  void begin(std::size_t fields, std::size_t rules) { begin(fields, rules, {}); }
  const Ahead& ahead() const { return ahead_; }

  // Readings of the event.
  std::vector<SeenLeaf> leaves;
  PlaceTree places;
  std::string decoded;  // strings that had escapes; never grows while an event is read
  std::string name;     // a member's name that had escapes

  // The first leaf of the field, or kNone.
  std::uint32_t first_leaf(FieldId field) const {
    const FieldSeen& seen = fields_[field];
    return seen.event == event_ ? seen.first : SeenLeaf::kNone;
  }
  void add_leaf(SeenLeaf leaf) {
    FieldSeen& seen = fields_[leaf.field];
    leaf.next = seen.event == event_ ? seen.first : SeenLeaf::kNone;
    seen = {event_, static_cast<std::uint32_t>(leaves.size())};
    leaves.push_back(leaf);
    // A string that some rule wants as it is: what that leads to is fetched while the rest of the event is read.
    if (leaf.kind != LeafKind::string || ahead_.plans == nullptr) return;
    const FieldPlan& plan = (*ahead_.plans)[leaf.field];
    if (plan.has(Probe::text)) look_up(plan, index_key(leaf.field, Probe::text, leaf.hash()));
  }
  // The scan says so where it is about to skip something: time for what has been noted to be looked up.
  void before_skip() {
    if (ahead_.plans != nullptr && (found_keys != keys.size() || probed_leaves != leaves.size())) look_ahead();
  }

  // Notes the key, unless it leads nowhere for sure, and has the processor fetch what it leads to.
  void look_up(const FieldPlan& plan, std::uint64_t key) {
    if (!plan.may_lead_on(key)) return;
    ahead_.index->prefetch(key);
    keys.push_back(key);
  }

  // Once for each rule and event.
  void add_candidate(std::uint32_t rule, const RuleCell* cell) {
    // The first is new, and need not wait for memory.
    if (!candidates.empty() && asked_[rule] == event_) return;
    asked_[rule] = event_;
    __builtin_prefetch(cell);
    candidates.push_back(cell);
  }

  // An open bracket of the event, while it is read.
  struct Open {
    PathTree::Node node;
    PlaceTree::Place place;
    std::uint32_t array;  // number of the array, kObject for an object
    std::uint64_t names;  // PathTree::names of the node
  };
  static constexpr std::uint32_t kObject = UINT32_MAX;
  std::vector<Open> open;

  std::string folded;  // a string as append_case_key() gives it

  // What is looked up for the event, and the rules that are found: of the leaves the first few have been probed for
  // keys, and of the keys the first few asked for rules.
  std::vector<std::uint64_t> keys;
  std::vector<const RuleCell*> candidates;
  std::size_t probed_leaves = 0;
  std::size_t found_keys = 0;

  // For one rule with several readings, or with fields inside arrays.
  enum class Met : std::uint8_t { unknown, no, outside_arrays, in_array, only_by_absence };
  std::vector<Met> met;
  std::vector<FieldOffer> offers;
  std::vector<const FieldOffer*> chosen_from;
  ElementChoice choice;

 private:
  void look_ahead();

  struct FieldSeen {
    std::uint32_t event = 0;
    std::uint32_t first = 0;
  };

  Ahead ahead_;
  std::uint32_t event_ = 0;
  std::vector<FieldSeen> fields_;
  std::vector<std::uint32_t> asked_;  // the event for which the rule became a candidate
};

}  // namespace waybill::pattern
