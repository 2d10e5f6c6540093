#include "base/utf8_cut.h"

#include <string>

#include <doctest/doctest.h>

using namespace waybill;

TEST_CASE("a text is cut where a character ends") {
  CHECK(utf8_cut("abc", 3) == "abc");
  CHECK(utf8_cut("abcd", 3) == "abc");
  CHECK(utf8_cut("", 0).empty());
  const std::string umlauts = "äöü", truck = "a🚚";
  CHECK(utf8_cut(umlauts, 6) == "äöü");
  CHECK(utf8_cut(umlauts, 5) == "äö");
  CHECK(utf8_cut(umlauts, 4) == "äö");
  CHECK(utf8_cut(umlauts, 1).empty());
  for (std::size_t most = 1; most < 5; ++most) CHECK(utf8_cut(truck, most) == "a");
  CHECK(utf8_cut(truck, 5) == truck);
}

TEST_CASE("bytes that are no UTF-8 are cut somewhere") {
  const std::string bytes(10, '\x80');
  CHECK(utf8_cut(bytes, 4).size() <= 4);
}
