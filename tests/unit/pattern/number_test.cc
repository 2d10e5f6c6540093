#include "pattern/number.h"

#include <doctest/doctest.h>

namespace waybill::pattern {

TEST_CASE("numbers are compared by value whatever their spelling") {
  for (const char* literal : {"300", "300.0", "3e2", "3.00E+2", "30000e-2", "0.3e3", "300.000000000000000000000"}) {
    CAPTURE(literal);
    CHECK(comparable_number(literal) == 300.0);
  }
  CHECK(comparable_number("-0") == 0.0);
  CHECK(comparable_number("0e999999999999999999999") == 0.0);
  CHECK(comparable_number("-12.5") == -12.5);
}

TEST_CASE("a number is comparable if it is the shortest decimal of its double") {
  CHECK(comparable_number("9007199254740992"));
  CHECK_FALSE(comparable_number("9007199254740993"));
  CHECK(comparable_number("300000000000000000000"));
  CHECK_FALSE(comparable_number("300000000000000000001"));
  CHECK_FALSE(comparable_number("12345678901234567890"));
  CHECK(comparable_number("0.30000000000000004"));
  CHECK_FALSE(comparable_number("0.30000000000000003"));
  CHECK_FALSE(comparable_number("0.1000000000000000055511151231257827"));  // exactly the double 0.1, but not shortest
  CHECK(comparable_number("123456789012345"));
  CHECK(comparable_number("1.7976931348623157e308"));
}

TEST_CASE("what no double comes near is not comparable") {
  for (const char* literal : {"1e400", "-1e400", "1e-400", "1e99999999999999999999", "1e-99999999999999999999"}) {
    CAPTURE(literal);
    CHECK_FALSE(comparable_number(literal));
  }
}

}  // namespace waybill::pattern
