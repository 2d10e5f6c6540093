#include "pattern/matchers.h"

#include <doctest/doctest.h>

#include "pattern/number.h"

namespace waybill::pattern {
namespace {

Leaf text(std::string_view value) { return {LeafKind::string, value}; }
Leaf number(std::string_view value) { return {LeafKind::number, value}; }
const Leaf kTrue{LeafKind::true_value, "true"};
const Leaf kNull{LeafKind::null_value, "null"};

ExactNumber exact(const char* spelling) { return {spelling, comparable_number(spelling)}; }

}  // namespace

TEST_CASE("texts and literals equal only their own kind") {
  CHECK(ExactText{"5"}.accepts(text("5")));
  CHECK_FALSE(ExactText{"5"}.accepts(number("5")));
  CHECK(ExactLiteral{LeafKind::true_value}.accepts(kTrue));
  CHECK_FALSE(ExactLiteral{LeafKind::true_value}.accepts(text("true")));
  CHECK_FALSE(ExactLiteral{LeafKind::true_value}.accepts(kNull));
  CHECK_FALSE(Prefix{""}.accepts(number("5")));
  CHECK_FALSE(Suffix{"l"}.accepts(kNull));
}

TEST_CASE("a number that is not comparable equals only its own spelling") {
  CHECK(exact("300").accepts(number("3e2")));
  CHECK_FALSE(exact("300").accepts(text("300")));
  CHECK(exact("1e400").accepts(number("1e400")));
  CHECK_FALSE(exact("1e400").accepts(number("1E400")));
  CHECK_FALSE(exact("9007199254740993").accepts(number("9007199254740992")));
}

TEST_CASE("a range takes comparable numbers between its bounds") {
  const NumericRange range{NumericRange::Bound{0, true}, NumericRange::Bound{5, false}};
  CHECK_FALSE(range.accepts(number("0")));
  CHECK(range.accepts(number("5")));
  CHECK_FALSE(range.accepts(number("5.5")));
  CHECK_FALSE(range.accepts(text("3")));
  CHECK_FALSE(NumericRange{}.accepts(number("1e400")));
}

TEST_CASE("anything-but takes every leaf it does not exclude") {
  const AnythingBut but{{ExactText{"a"}, Prefix{"b"}}};
  CHECK_FALSE(but.accepts(text("a")));
  CHECK_FALSE(but.accepts(text("bc")));
  CHECK(but.accepts(text("c")));
  CHECK(but.accepts(kNull));
  CHECK(AnythingBut{{exact("5")}}.accepts(number("9007199254740993")));
}

TEST_CASE("a list accepts what any of its matchers accepts, absence aside") {
  ValueList list;
  CHECK_FALSE(list.accepts(text("a")));
  list.accepts_absence = true;
  CHECK_FALSE(list.accepts(text("a")));
  list.matchers = {ExactText{"a"}, Suffix{"z"}};
  CHECK(list.accepts(text("xyz")));
  CHECK_FALSE(list.accepts(text("b")));
}

}  // namespace waybill::pattern
