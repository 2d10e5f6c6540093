// ElementChoice: array consistency. Every field of a pattern can be met by leaves in certain places (array
// elements); is there one choice per field that never takes two elements of the same array?
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "pattern/flat_event.h"

namespace waybill::pattern {

// What one field offers.
struct FieldOffer {
  std::vector<FlatEvent::Place> accepted;  // places of leaves the field's values accept, each once
  std::vector<FlatEvent::Place> present;   // places of all leaves at the path, if absence is accepted
  bool accepts_absence = false;
};

class ElementChoice {
 public:
  // REQUIRES: `offers` in UTF-16 order of the fields' paths. AWS: fields are met in that order, and absence is
  // judged against the elements chosen so far.
  ElementChoice(const FlatEvent& event, const std::vector<const FieldOffer*>& offers)
      : event_(event), offers_(offers) {}

  bool exists() { return choose_from(0); }

 private:
  using Places = std::vector<FlatEvent::Place>;

  bool choose_from(std::size_t field);
  bool try_choices(std::size_t field);
  bool is_free(FlatEvent::Place place) const;
  bool is_absent(const FieldOffer& offer) const;
  Places choices_that_matter_from(std::size_t field) const;

  const FlatEvent& event_;
  const std::vector<const FieldOffer*>& offers_;
  Places chosen_;
  std::size_t steps_ = 0;
  std::set<std::pair<std::size_t, Places>> dead_ends_;
};

}  // namespace waybill::pattern
