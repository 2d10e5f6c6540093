#include "base/edit_distance.h"

#include <string>

#include <doctest/doctest.h>

using waybill::edit_distance;

TEST_CASE("the distance counts insertions, deletions and replacements") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("abc", "abc") == 0);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("orders", "order") == 1);
}

TEST_CASE("long texts are cut, so that a hostile name costs little") {
  CHECK(edit_distance(std::string(1'000'000, 'a'), std::string(1'000'000, 'b')) == 256);
}
