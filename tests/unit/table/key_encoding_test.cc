#include "table/key_encoding.h"

#include <doctest/doctest.h>

#include "base/base64.h"
#include "decimal_texts.h"
#include "waybill/exact_json.h"

namespace waybill::table {
namespace {

using Json = nlohmann::json;

std::string bytes_of(std::string_view number) { return encode_number(*Decimal::parse(number)); }

int sign(int value) { return value < 0 ? -1 : (value > 0 ? 1 : 0); }

KeyBytes from_item(KeyType type, KeyRole role, const Json& value) {
  return encode_key(type, role, value, KeySource::item);
}

TEST_CASE("byte order of numbers is numeric order") {
  SeededRandom random(3);
  int equal = 0;
  for (int i = 0; i < 5000; ++i) {
    const auto a = testing::random_decimal(random);
    const auto b = testing::random_decimal(random);
    const std::string spelt_a = a.spell(random);
    const std::string spelt_b = b.spell(random);
    CAPTURE(spelt_a);
    CAPTURE(spelt_b);
    const int expected = testing::compare(a, b);
    equal += expected == 0 ? 1 : 0;
    CHECK(sign(bytes_of(spelt_a).compare(bytes_of(spelt_b))) == expected);
  }
  CHECK(equal > 5);  // the numbers are close enough to one another to be a test
}

TEST_CASE("the whole range in order") {
  const char* ascending[] = {"-9.99e125", "-1e125", "-100", "-99.99", "-99.9", "-99",     "-10",
                             "-9",        "-1.23",  "-1.2", "-1",     "-0.5",  "-1e-130", "0",
                             "1e-130",    "1e-129", "0.5",  "1",      "1.2",   "1.23",    "9",
                             "10",        "99",     "99.9", "99.99",  "100",   "1e125",   "9.99e125"};
  std::string before;
  for (const char* number : ascending) {
    CAPTURE(number);
    CHECK(before < bytes_of(number));
    before = bytes_of(number);
  }
}

TEST_CASE("a number comes back from its bytes") {
  SeededRandom random(4);
  for (int i = 0; i < 2000; ++i) {
    const auto number = Decimal::parse(testing::random_decimal(random).spell(random));
    REQUIRE(number.has_value());
    const auto decoded = decode_number(encode_number(*number));
    REQUIRE(decoded.has_value());
    CHECK(*decoded == *number);
  }
  CHECK(decode_number(bytes_of("0"))->is_zero());
}

TEST_CASE("the bytes on disk stay what they are") {
  CHECK(bytes_of("0") == "\x80");
  CHECK(bytes_of("1700000000") == "\xC0\x8B\x12");                  // 17 × 10^8: exponent 9 + 130, 17 + 1
  CHECK(bytes_of("-12.5") == std::string("\x40\x7C\xF2\xCC\xFF"));  // exponent 131, 12 + 1 and 50 + 1, complemented
}

TEST_CASE("damaged number bytes are refused, not misread") {
  for (const std::string bytes :
       {"", "\x80\x01", "\xC0", "\xC0\x8B", "\x40\x7C\xF2\xCC", "\xC0\x8B\x66", "\xC1\x8B\x12"}) {
    CHECK(!decode_number(bytes));
  }
  CHECK(!decode_number(std::string("\xC0\x8B\x00", 3)));
  CHECK(!decode_number(std::string("\xC0\x8B\x02", 3)));  // 01: a leading zero
}

TEST_CASE("strings and binary are their own bytes") {
  CHECK(*from_item(KeyType::string, KeyRole::partition, "Zürich") == "Zürich");
  CHECK(*from_item(KeyType::binary, KeyRole::partition, to_base64("\xFF\x01")) == "\xFF\x01");
  CHECK(*from_item(KeyType::binary, KeyRole::sort, Json::binary({0x01, 0x02})) == "\x01\x02");
  CHECK(*decode_key(KeyType::string, "a") == "a");
  CHECK(*decode_key(KeyType::binary, "\xFF\x01") == "/wE=");
  CHECK(*decode_key(KeyType::number, bytes_of("1.50")) == 1.5);
}

TEST_CASE("a key must be of its type, not empty, and of legal length") {
  using Kind = KeyProblem::Kind;
  CHECK(from_item(KeyType::string, KeyRole::partition, 1).error().detail == "N");
  CHECK(from_item(KeyType::number, KeyRole::partition, "1").error().kind == Kind::wrong_type);
  CHECK(from_item(KeyType::number, KeyRole::sort, nullptr).error().detail == "NULL");
  CHECK(from_item(KeyType::binary, KeyRole::sort, true).error().detail == "BOOL");
  CHECK(from_item(KeyType::binary, KeyRole::sort, "no base64").error().kind == Kind::bad_value);
  CHECK(from_item(KeyType::string, KeyRole::sort, "").error().kind == Kind::empty);
  CHECK(from_item(KeyType::binary, KeyRole::partition, "").error().kind == Kind::empty);
  CHECK(from_item(KeyType::number, KeyRole::partition, 1e200).error().kind == Kind::bad_value);

  CHECK(from_item(KeyType::string, KeyRole::partition, std::string(2048, 'a')).has_value());
  CHECK(from_item(KeyType::string, KeyRole::partition, std::string(2049, 'a')).error().kind == Kind::too_long);
  CHECK(from_item(KeyType::string, KeyRole::sort, std::string(1024, 'a')).has_value());
  CHECK(from_item(KeyType::binary, KeyRole::sort, to_base64(std::string(1024, 'a'))).has_value());
  CHECK(from_item(KeyType::binary, KeyRole::sort, to_base64(std::string(1025, 'a'))).error().kind == Kind::too_long);
}

TEST_CASE("a lookup may spell a number as a string, and finds what the number wrote") {
  const auto found = encode_key(KeyType::number, KeyRole::sort, "1.0e3", KeySource::lookup);
  REQUIRE(found.has_value());
  CHECK(*found == *from_item(KeyType::number, KeyRole::sort, 1000));
  CHECK(!encode_key(KeyType::number, KeyRole::sort, "ten", KeySource::lookup));
}

TEST_CASE("a number text is a number key, and no binary one") {
  const auto bytes = from_item(KeyType::number, KeyRole::sort, parse_exact("9400111899223100000123"));
  REQUIRE(bytes.has_value());
  CHECK(decode_number(*bytes)->str() == "9400111899223100000123");
  CHECK_FALSE(from_item(KeyType::binary, KeyRole::sort, parse_exact("9400111899223100000123")).has_value());
}

TEST_CASE("problems are told in AWS's words") {
  const KeyAttribute key{"id", KeyType::string};
  const auto wrong = from_item(key.type, KeyRole::partition, 5).error();
  CHECK(describe(wrong, key, KeyRole::partition) ==
        "One or more parameter values were invalid: Type mismatch for key id expected: S actual: N");
  CHECK(describe(wrong, key, KeyRole::partition, "by-id") ==
        "One or more parameter values were invalid: Type mismatch for Index Key id Expected: S Actual: N IndexName: "
        "by-id");
  const auto empty = from_item(key.type, KeyRole::partition, "").error();
  CHECK(describe(empty, key, KeyRole::partition) ==
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
        "string value. Key: id");
  CHECK(describe(empty, key, KeyRole::partition, "by-id").ends_with("IndexName: by-id, IndexKey: id"));
  const auto long_one = from_item(key.type, KeyRole::sort, std::string(2000, 'x')).error();
  CHECK(describe(long_one, key, KeyRole::sort).ends_with("exceeded the size limit of 1024 bytes"));
}

TEST_CASE("a key typed by a person is read by the key's type") {
  CHECK(*parse_key_text(KeyType::string, "007") == "007");
  CHECK(*parse_key_text(KeyType::number, "007") == 7);
  CHECK(*parse_key_text(KeyType::number, "1.50") == 1.5);
  CHECK(*parse_key_text(KeyType::binary, "d2F5YmlsbA==") == "d2F5YmlsbA==");
  CHECK(!parse_key_text(KeyType::number, "seven"));
  CHECK(!parse_key_text(KeyType::binary, "?"));
  CHECK(!parse_key_text(KeyType::string, ""));
}

}  // namespace
}  // namespace waybill::table
