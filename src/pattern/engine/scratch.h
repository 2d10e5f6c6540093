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
#include "pattern/engine/path_tree.h"
#include "pattern/leaf.h"
#include "pattern/place_tree.h"

namespace waybill::pattern {

// A leaf at a field that some pattern names.
struct SeenLeaf {
  static constexpr std::uint32_t kNone = UINT32_MAX;
  enum class Number : std::uint8_t { unread, read, comparable, incomparable };

  const char* text;  // a string's decoded text; a number or literal as spelled
  std::uint32_t length;
  FieldId field;
  PlaceTree::Place place;
  std::uint32_t next;  // of the same field
  LeafKind kind;
  Number number = Number::unread;  // read: `value` is known, whether it is comparable not yet
  double value = 0;

  std::string_view view() const { return {text, length}; }
};

class Scratch {
 public:
  // Where to look things up already while the event is read.
  struct Ahead {
    const CowVector<FieldPlan, 16>* plans = nullptr;
    const CandidateIndex* index = nullptr;
  };

  // Forgets the event before.
  void begin(std::size_t fields, std::size_t rules, Ahead ahead);
  void begin(std::size_t fields, std::size_t rules) { begin(fields, rules, {}); }

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
    if (plan.has(Probe::text)) look_up(plan, index_key(leaf.field, Probe::text, hash_text(leaf.text, leaf.length)));
  }

  // Notes the key, unless it leads nowhere for sure, and has the processor fetch what it leads to.
  void look_up(const FieldPlan& plan, std::uint64_t key) {
    if (!plan.may_lead_on(key)) return;
    ahead_.index->prefetch(key);
    keys.push_back(key);
  }

  // True when asked for the first time of this event.
  bool is_new_candidate(std::uint32_t rule) {
    if (asked_[rule] == event_) return false;
    asked_[rule] = event_;
    return true;
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

  // What is looked up for the event, and the rules that are found.
  std::vector<std::uint64_t> keys;
  std::vector<std::uint32_t> candidates;

  // For one rule with several readings, or with fields inside arrays.
  enum class Met : std::uint8_t { unknown, no, outside_arrays, in_array, only_by_absence };
  std::vector<Met> met;
  std::vector<FieldOffer> offers;
  std::vector<const FieldOffer*> chosen_from;
  ElementChoice choice;

 private:
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
