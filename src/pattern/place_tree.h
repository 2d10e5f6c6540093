// PlaceTree: which array elements the leaves of an event lie in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace waybill::pattern {

class PlaceTree {
 public:
  // A place is the chain of array elements a leaf lies in. Only elements that are objects or arrays count: the
  // scalars of one array share the place of the array.
  using Place = std::uint32_t;
  static constexpr Place kOutsideArrays = 0;

  PlaceTree() { clear(); }

  void clear() {
    places_.clear();
    places_.push_back({kOutsideArrays, 0, 0});
  }

  // A new element of the array with that number, which lies in `around`.
  Place add(Place around, std::uint32_t array) {
    places_.push_back({around, array, places_[around].depth + 1});
    return static_cast<Place>(places_.size() - 1);
  }

  // AWS: what one match uses must not come from different elements of the same array.
  bool are_compatible(Place left, Place right) const;

 private:
  struct Node {
    Place parent;
    std::uint32_t array;
    std::uint32_t depth;
  };
  std::vector<Node> places_;
};

}  // namespace waybill::pattern
