#include "pattern/near_miss.h"

#include <doctest/doctest.h>

namespace waybill::pattern {
namespace {

Leaf string(std::string_view text) { return {LeafKind::string, text}; }
Leaf number(std::string_view text) { return {LeafKind::number, text}; }

}  // namespace

TEST_CASE("how two texts differ") {
  CHECK(near_miss("Shop", "shop").what == "differs in case");
  CHECK(near_miss("shop ", "shop").what == "differs in white space around it");
  CHECK(near_miss(" Shop", "shop").what == "differs in case and in white space around it");
  CHECK(near_miss("shopp", "shop").what == "differs in one character");
  CHECK(near_miss("delvered!", "delivered").what == "differs in two characters");
  CHECK(near_miss("bank", "shop").what.empty());
  CHECK(near_miss("ab", "xy").what.empty());
}

TEST_CASE("a value of another kind says which it is") {
  CHECK(near_miss(number("5"), ExactText{"5"}).what == "is a number, not a string");
  CHECK(near_miss(string("5"), ExactNumber{"5", 5.0}).what == "is a string, not a number");
  CHECK(near_miss(string("true"), ExactLiteral{LeafKind::true_value}).what == "is a string, not a boolean");
  CHECK(near_miss(string("null"), ExactLiteral{LeafKind::null_value}).what == "is a string, not null");
  CHECK(near_miss(string("7"), NumericRange{}).what == "is a string, not a number");
  CHECK(near_miss(number("7"), Prefix{"7"}).what == "is a number, not a string");
}

TEST_CASE("numbers that a double does not hold say so") {
  CHECK(near_miss(number("9007199254740993"), ExactNumber{"9007199254740992", 9007199254740992.0})
            .what.starts_with("has more digits"));
}

TEST_CASE("beginnings, ends and addresses") {
  CHECK(near_miss(string("Shop.web"), Prefix{"shop."}).what == "begins so but for its case");
  CHECK(near_miss(string("a.PNG"), Suffix{".png"}).what == "ends so but for its case");
  CHECK(near_miss(string("10.0.0"), InCidr{*CidrBlock::parse("10.0.0.0/8")}).what == "is no IP address");
  CHECK(near_miss(string("11.0.0.1"), InCidr{*CidrBlock::parse("10.0.0.0/8")}).what ==
        "is an address outside of that block");
  CHECK(near_miss(string("x"), AnythingBut{{ExactText{"x"}}}).what == "is one of those");
}

}  // namespace waybill::pattern
