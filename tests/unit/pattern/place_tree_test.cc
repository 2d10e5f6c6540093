#include "pattern/place_tree.h"

#include <doctest/doctest.h>

namespace waybill::pattern {

TEST_CASE("elements of one array exclude each other, with all that lies in them") {
  PlaceTree places;
  const auto first = places.add(PlaceTree::kOutsideArrays, 0);
  const auto second = places.add(PlaceTree::kOutsideArrays, 0);
  const auto in_first = places.add(first, 1);
  const auto elsewhere = places.add(PlaceTree::kOutsideArrays, 2);
  CHECK_FALSE(places.are_compatible(first, second));
  CHECK_FALSE(places.are_compatible(in_first, second));
  CHECK(places.are_compatible(first, in_first));
  CHECK(places.are_compatible(in_first, elsewhere));
  CHECK(places.are_compatible(PlaceTree::kOutsideArrays, in_first));
}

TEST_CASE("sibling arrays inside one element go together") {
  PlaceTree places;
  const auto element = places.add(PlaceTree::kOutsideArrays, 0);
  CHECK(places.are_compatible(places.add(element, 1), places.add(element, 2)));
  CHECK_FALSE(places.are_compatible(places.add(element, 3), places.add(element, 3)));
}

}  // namespace waybill::pattern
