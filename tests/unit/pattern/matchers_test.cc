#include "pattern/matchers.h"

#include <doctest/doctest.h>

#include "pattern/number.h"

namespace waybill::pattern {
namespace {

Leaf text_leaf(std::string_view value) { return {LeafKind::string, value}; }
Leaf number_leaf(std::string_view value) { return {LeafKind::number, value}; }
const Leaf kTrue{LeafKind::true_value, "true"};
const Leaf kNull{LeafKind::null_value, "null"};

ExactNumber exact(const char* spelling) { return {spelling, comparable_number(spelling)}; }

}  // namespace

TEST_CASE("texts and literals equal only their own kind") {
  CHECK(ExactText{"5"}.accepts(text_leaf("5")));
  CHECK_FALSE(ExactText{"5"}.accepts(number_leaf("5")));
  CHECK(ExactLiteral{LeafKind::true_value}.accepts(kTrue));
  CHECK_FALSE(ExactLiteral{LeafKind::true_value}.accepts(text_leaf("true")));
  CHECK_FALSE(ExactLiteral{LeafKind::true_value}.accepts(kNull));
  CHECK_FALSE(Prefix{""}.accepts(number_leaf("5")));
  CHECK_FALSE(Suffix{"l"}.accepts(kNull));
}

TEST_CASE("a number that is not comparable equals only its own spelling") {
  CHECK(exact("300").accepts(number_leaf("3e2")));
  CHECK_FALSE(exact("300").accepts(text_leaf("300")));
  CHECK(exact("1e400").accepts(number_leaf("1e400")));
  CHECK_FALSE(exact("1e400").accepts(number_leaf("1E400")));
  CHECK_FALSE(exact("9007199254740993").accepts(number_leaf("9007199254740992")));
}

TEST_CASE("a range takes comparable numbers between its bounds") {
  const NumericRange range{NumericRange::Bound{0, true}, NumericRange::Bound{5, false}};
  CHECK_FALSE(range.accepts(number_leaf("0")));
  CHECK(range.accepts(number_leaf("5")));
  CHECK_FALSE(range.accepts(number_leaf("5.5")));
  CHECK_FALSE(range.accepts(text_leaf("3")));
  CHECK_FALSE(NumericRange{}.accepts(number_leaf("1e400")));
}

TEST_CASE("anything-but takes every leaf it does not exclude") {
  const AnythingBut but{{ExactText{"a"}, Prefix{"b"}}};
  CHECK_FALSE(but.accepts(text_leaf("a")));
  CHECK_FALSE(but.accepts(text_leaf("bc")));
  CHECK(but.accepts(text_leaf("c")));
  CHECK(but.accepts(kNull));
  CHECK(AnythingBut{{exact("5")}}.accepts(number_leaf("9007199254740993")));
}

TEST_CASE("a list accepts what any of its matchers accepts, absence aside") {
  ValueList list;
  CHECK_FALSE(list.accepts(text_leaf("a")));
  list.accepts_absence = true;
  CHECK_FALSE(list.accepts(text_leaf("a")));
  list.matchers = {ExactText{"a"}, Suffix{"z"}};
  CHECK(list.accepts(text_leaf("xyz")));
  CHECK_FALSE(list.accepts(text_leaf("b")));
}

}  // namespace waybill::pattern
