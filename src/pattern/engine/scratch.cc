#include "pattern/engine/scratch.h"

#include <algorithm>

namespace waybill::pattern {

void Scratch::begin(std::size_t fields, std::size_t rules, Ahead ahead) {
  ahead_ = ahead;
  leaves.clear();
  places.clear();
  decoded.clear();
  open.clear();
  keys.clear();
  candidates.clear();
  probed_leaves = 0;
  found_keys = 0;
  if (fields_.size() < fields) fields_.resize(fields);
  if (asked_.size() < rules) asked_.resize(rules);
  if (++event_ != 0) return;
  // Once in four billion events the numbers start again.
  std::fill(fields_.begin(), fields_.end(), FieldSeen{});
  std::fill(asked_.begin(), asked_.end(), 0);
  event_ = 1;
}

}  // namespace waybill::pattern
