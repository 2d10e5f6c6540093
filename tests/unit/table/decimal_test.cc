#include "table/decimal.h"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "decimal_texts.h"

namespace waybill::table {
namespace {

std::string canonical(std::string_view text) {
  const auto decimal = Decimal::parse(text);
  return decimal ? decimal->str() : "error: " + decimal.error().message;
}

TEST_CASE("equal numbers have one text, however they are spelt") {
  for (const char* text : {"1", "1.0", "1e0", "+1", "01", "1.", "10e-1", "0.1E1", "0.1e+1"})
    CHECK(canonical(text) == "1");
  for (const char* text : {"0", "-0", "0.000", "0e999999999999", ".0", "-0.e5"}) CHECK(canonical(text) == "0");
  CHECK(canonical("-.5") == "-0.5");
  CHECK(canonical("120.0340") == "120.034");
  CHECK(canonical("1e3") == "1000");
  CHECK(canonical("1.25e-4") == "0.000125");
  CHECK(canonical("12e-1") == "1.2");
}

TEST_CASE("what is no number is refused in AWS's words") {
  for (const char* text : {"",   "-",  "+",    ".",     "-.",  "e5",   "1e",  "1e+",      "abc",   "1a",
                           " 1", "1 ", "1..2", "1.2.3", "--1", "0x10", "NaN", "Infinity", "1e5.0", "1,5"}) {
    CAPTURE(text);
    const auto decimal = Decimal::parse(text);
    REQUIRE(!decimal);
    CHECK(decimal.error().message == "The parameter cannot be converted to a numeric value: " + std::string(text));
  }
}

TEST_CASE("38 significant digits, between 1E-130 and 9.99E+125") {
  const std::string digits38 = "12345678901234567890123456789012345678";
  CHECK(canonical(digits38) == digits38);
  CHECK(canonical("000" + digits38 + "000") == digits38 + "000");
  CHECK(canonical("0.00" + digits38 + "00") == "0.00" + digits38);
  const std::string too_many = "error: Attempting to store more than 38 significant digits in a Number";
  CHECK(canonical(digits38 + "1") == too_many);
  CHECK(canonical("1" + std::string(37, '0') + ".1") == too_many);

  CHECK(canonical("9.99E125") == "999" + std::string(123, '0'));
  CHECK(canonical("1E-130") == "0." + std::string(129, '0') + "1");
  const std::string overflow =
      "error: Number overflow. Attempting to store a number with magnitude larger than supported range";
  const std::string underflow =
      "error: Number underflow. Attempting to store a number with magnitude smaller than supported range";
  CHECK(canonical("1E126") == overflow);
  CHECK(canonical("-1E126") == overflow);
  CHECK(canonical("1E99999999999999999999") == overflow);
  CHECK(canonical("9.9E-131") == underflow);
  CHECK(canonical("1E-99999999999999999999") == underflow);
}

TEST_CASE("canonical text reads back as the same number") {
  SeededRandom random(1);
  for (int i = 0; i < 2000; ++i) {
    const auto number = Decimal::parse(testing::random_decimal(random).spell(random));
    REQUIRE(number.has_value());
    const auto again = Decimal::parse(number->str());
    REQUIRE(again.has_value());
    CHECK(*again == *number);
  }
}

TEST_CASE("integers and doubles become the decimals they are written as") {
  CHECK(Decimal::of(std::int64_t{0}).str() == "0");
  CHECK(Decimal::of(std::int64_t{-1200}).str() == "-1200");
  CHECK(Decimal::of(std::numeric_limits<std::int64_t>::min()).str() == "-9223372036854775808");
  CHECK(Decimal::of(std::numeric_limits<std::uint64_t>::max()).str() == "18446744073709551615");
  CHECK(Decimal::of(0.1)->str() == "0.1");
  CHECK(Decimal::of(-0.0)->str() == "0");
  CHECK(Decimal::of(1e22)->str() == "1" + std::string(22, '0'));
  CHECK(!Decimal::of(std::nan("")));
  CHECK(!Decimal::of(std::numeric_limits<double>::infinity()));
  CHECK(!Decimal::of(1e300));
  CHECK(!Decimal::of(1e-300));
}

TEST_CASE("in JSON: an integer where it fits, a double where that is spelt the same, else the exact text") {
  const auto json = [](const char* text) { return Decimal::parse(text)->to_json(); };
  CHECK(json("1700000000").is_number_integer());
  CHECK(json("1700000000") == 1700000000);
  CHECK(json("-5.0").dump() == "-5");
  CHECK(json("-9223372036854775808").dump() == "-9223372036854775808");
  CHECK(json("18446744073709551615").dump() == "18446744073709551615");
  CHECK(json("0.1").is_number_float());
  CHECK(json("0.1") == 0.1);
  CHECK(json("1e100") == 1e100);
  CHECK(json("18446744073709551617") == "18446744073709551617");
  CHECK(json("0.1000000000000000000001") == "0.1000000000000000000001");
}

TEST_CASE("AWS counts a byte for two digits, one more, and one for a minus") {
  CHECK(Decimal::parse("0")->stored_size() == 1);
  CHECK(Decimal::parse("7")->stored_size() == 2);
  CHECK(Decimal::parse("-1234")->stored_size() == 4);
  CHECK(Decimal::parse("100000")->stored_size() == 2);
}

}  // namespace
}  // namespace waybill::table
