// ElementChoice: array consistency. Every field of a pattern can be met by leaves in certain places (array
// elements); is there one choice per field that never takes two elements of the same array?
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "pattern/place_tree.h"

namespace waybill::pattern {

// What one field offers.
struct FieldOffer {
  std::vector<PlaceTree::Place> accepted;  // places of leaves the field's values accept, each once
  std::vector<PlaceTree::Place> present;   // places of all leaves at the path, if absence is accepted
  bool accepts_absence = false;
};

// Can be asked again and again, and keeps its memory. Not thread-safe.
class ElementChoice {
 public:
  // REQUIRES: `offers` in UTF-16 order of the fields' paths. AWS: fields are met in that order, and absence is
  // judged against the elements chosen so far.
  bool exists(const PlaceTree& places, const std::vector<const FieldOffer*>& offers);

 private:
  using Places = std::vector<PlaceTree::Place>;

  bool choose_from(std::size_t field);
  bool try_choices(std::size_t field);
  bool is_free(PlaceTree::Place place) const;
  bool is_absent(const FieldOffer& offer) const;
  Places choices_that_matter_from(std::size_t field) const;

  const PlaceTree* places_ = nullptr;
  const std::vector<const FieldOffer*>* offers_ = nullptr;
  Places chosen_;
  std::size_t steps_ = 0;
  std::set<std::pair<std::size_t, Places>> dead_ends_;
};

}  // namespace waybill::pattern
