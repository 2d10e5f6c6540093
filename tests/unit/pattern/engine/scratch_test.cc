#include "pattern/engine/scratch.h"

#include <doctest/doctest.h>

namespace waybill::pattern {

TEST_CASE("the leaves of a field are in a chain, and forgotten with the event") {
  Scratch scratch;
  scratch.begin(2, 1);
  CHECK(scratch.first_leaf(0) == SeenLeaf::kNone);
  scratch.add_leaf({"a", 1, 0, PlaceTree::kOutsideArrays, LeafKind::string});
  scratch.add_leaf({"b", 1, 1, PlaceTree::kOutsideArrays, LeafKind::string});
  scratch.add_leaf({"c", 1, 0, PlaceTree::kOutsideArrays, LeafKind::string});
  const SeenLeaf& newest = scratch.leaves[scratch.first_leaf(0)];
  CHECK(newest.view() == "c");
  CHECK(scratch.leaves[newest.next].view() == "a");
  CHECK(scratch.leaves[newest.next].next == SeenLeaf::kNone);
  scratch.begin(2, 1);
  CHECK(scratch.first_leaf(0) == SeenLeaf::kNone);
  CHECK(scratch.leaves.empty());
}

TEST_CASE("a rule is a candidate once for each event") {
  Scratch scratch;
  const RuleCell two;
  const RuleCell four;
  scratch.begin(1, 3);
  scratch.add_candidate(2, &two);
  scratch.add_candidate(2, &two);
  CHECK(scratch.candidates == std::vector<const RuleCell*>{&two});
  scratch.begin(1, 5);
  scratch.add_candidate(4, &four);
  scratch.add_candidate(2, &two);
  scratch.add_candidate(4, &four);
  CHECK(scratch.candidates == std::vector<const RuleCell*>{&four, &two});
}

}  // namespace waybill::pattern
