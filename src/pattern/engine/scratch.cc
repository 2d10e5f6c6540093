#include "pattern/engine/scratch.h"

#include <algorithm>

namespace waybill::pattern {

void Scratch::begin(std::size_t fields, std::size_t rules) {
  leaves.clear();
  places.clear();
  decoded.clear();
  open.clear();
  if (fields_.size() < fields) fields_.resize(fields);
  if (candidates_.size() < rules) candidates_.resize(rules);
  if (++event_ != 0) return;
  // Once in four billion events the numbers start again.
  std::fill(fields_.begin(), fields_.end(), FieldSeen{});
  std::fill(candidates_.begin(), candidates_.end(), 0);
  event_ = 1;
}

}  // namespace waybill::pattern
