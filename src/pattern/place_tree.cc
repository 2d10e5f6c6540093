#include "pattern/place_tree.h"

namespace waybill::pattern {

bool PlaceTree::are_compatible(Place left, Place right) const {
  Place left_child = left;
  Place right_child = right;
  while (places_[left].depth > places_[right].depth) left = places_[left_child = left].parent;
  while (places_[right].depth > places_[left].depth) right = places_[right_child = right].parent;
  if (left == right) return true;  // one lies inside the other
  while (left != right) {
    left = places_[left_child = left].parent;
    right = places_[right_child = right].parent;
  }
  return places_[left_child].array != places_[right_child].array;
}

}  // namespace waybill::pattern
