#include <doctest/doctest.h>

#include "store/sqlite/key_range.h"

using namespace waybill::store;
using namespace waybill::store::sqlite;

namespace {

KeyRange range_of(std::optional<std::string> from, std::optional<std::string> to, std::optional<std::string> prefix) {
  ItemQuery query;
  query.sk_from = std::move(from);
  query.sk_to = std::move(to);
  query.sk_prefix = std::move(prefix);
  return key_range(query);
}

}  // namespace

TEST_CASE("the keys with a prefix end before the prefix with its last byte raised") {
  CHECK(after_prefix("ab") == "ac");
  CHECK(after_prefix("a\xff") == "b");
  CHECK(after_prefix("\x7f") == "\x80");
  CHECK_FALSE(after_prefix("\xff\xff").has_value());
  CHECK_FALSE(after_prefix("").has_value());
}

TEST_CASE("bounds and prefix narrow each other") {
  const KeyRange all = range_of({}, {}, {});
  CHECK_FALSE(all.lower.has_value());
  CHECK_FALSE(all.upper.has_value());

  const KeyRange prefix = range_of("a", "z", "m");
  CHECK(prefix.lower == "m");
  CHECK(prefix.upper == "n");
  CHECK_FALSE(prefix.upper_inclusive);

  const KeyRange within = range_of("mb", "mc", "m");
  CHECK(within.lower == "mb");
  CHECK(within.upper == "mc");
  CHECK(within.upper_inclusive);

  const KeyRange at_the_edge = range_of({}, "n", "m");
  CHECK_FALSE(at_the_edge.upper_inclusive);  // "n" itself has no prefix "m"
}

TEST_CASE("a range that no key can lie in is empty") {
  CHECK(range_of("b", "a", {}).empty());
  CHECK_FALSE(range_of("a", "a", {}).empty());
  CHECK(range_of("x", {}, "m").empty());
  CHECK(range_of("n", {}, "m").empty());
  CHECK(range_of({}, "l", "m").empty());
  CHECK_FALSE(range_of("\x80", "\xff", {}).empty());  // bytes are unsigned
}
