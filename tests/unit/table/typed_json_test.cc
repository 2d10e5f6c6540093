#include "table/typed_json.h"

#include <cmath>

#include <doctest/doctest.h>

#include "base/random.h"
#include "waybill/exact_json.h"

namespace waybill::table {
namespace {

using Json = nlohmann::json;

Result<std::string> typed(const Json& value) {
  std::string out = "{";
  TypedWriter writer(out);
  WAYBILL_CHECK(writer.attribute("a", value));
  return out + "}";
}

std::string text(const Json& value) {
  const auto out = typed(value);
  return out ? *out : "error: " + out.error().message;
}

std::size_t size_of(const Json& value) {
  std::string out;
  TypedWriter writer(out);
  REQUIRE(writer.attribute("name", value).has_value());
  return writer.size();
}

Json nested(int levels) {
  Json value = 1;
  for (int i = 0; i < levels; ++i) {
    Json outer = i % 2 ? Json::array() : Json::object();
    if (outer.is_array()) {
      outer.push_back(std::move(value));
    } else {
      outer["x"] = std::move(value);
    }
    value = std::move(outer);
  }
  return value;
}

// Strings with escapes and several scripts, numbers of every kind, lists and maps.
Json random_value(Random& random, int depth) {
  static const char* const kStrings[] = {"", "plain", "\"quoted\\\"", "tab\tline\n", "Zürich", "日本", "\x01\x1f", "😀"};
  switch (random.below(depth > 3 ? 6 : 8)) {
    case 0: return nullptr;
    case 1: return random.below(2) == 0;
    case 2: return static_cast<std::int64_t>(random.next());
    case 3: return random.next();
    case 4:
      return std::ldexp(static_cast<double>(random.below(1'000'000)) - 500'000,
                        static_cast<int>(random.below(60)) - 30);
    case 5: return kStrings[random.below(std::size(kStrings))];
    case 6: {
      Json list = Json::array();
      for (auto n = random.below(4); n > 0; --n) list.push_back(random_value(random, depth + 1));
      return list;
    }
    default: {
      Json map = Json::object();
      for (auto n = random.below(4); n > 0; --n) {
        map[kStrings[random.below(std::size(kStrings))] + std::to_string(n)] = random_value(random, depth + 1);
      }
      return map;
    }
  }
}

TEST_CASE("plain values become typed ones") {
  CHECK(text("x\"y") == R"({"a":{"S":"x\"y"}})");
  CHECK(text(5) == R"({"a":{"N":"5"}})");
  CHECK(text(5.0) == R"({"a":{"N":"5"}})");
  CHECK(text(-1.5) == R"({"a":{"N":"-1.5"}})");
  CHECK(text(1e21) == R"({"a":{"N":"1000000000000000000000"}})");
  CHECK(text(true) == R"({"a":{"BOOL":true}})");
  CHECK(text(nullptr) == R"({"a":{"NULL":true}})");
  CHECK(text(Json::binary({1, 2})) == R"({"a":{"B":"AQI="}})");
  CHECK(text(Json::array()) == R"({"a":{"L":[]}})");
  CHECK(text({1, "x", Json::object()}) == R"({"a":{"L":[{"N":"1"},{"S":"x"},{"M":{}}]}})");
  CHECK(text({{"k", false}, {"l", {1}}}) == R"({"a":{"M":{"k":{"BOOL":false},"l":{"L":[{"N":"1"}]}}}})");
}

TEST_CASE("a number text is the number it spells, in full, and refused as DynamoDB does") {
  CHECK(text(parse_exact("9400111899223100000123")) == R"({"a":{"N":"9400111899223100000123"}})");
  CHECK(text(parse_exact("0.12345678901234567890")) == R"({"a":{"N":"0.1234567890123456789"}})");
  CHECK(size_of(parse_exact("9400111899223100000123")) == 4 + 12);
  CHECK(text(parse_exact("1234567890123456789012345678901234567891"))
            .starts_with("error: Attempting to store more than 38 significant digits in a Number"));
  CHECK(text(parse_exact("1e-400")).starts_with("error: Number underflow"));
}

TEST_CASE("plain JSON survives the way to the typed text and back") {
  SeededRandom random(5);
  for (int i = 0; i < 1000; ++i) {
    const Json value = random_value(random, 0);
    const auto out = typed(value);
    REQUIRE(out.has_value());
    REQUIRE(Json::accept(*out));
    const auto back = plain_item(*out);
    REQUIRE(back.has_value());
    CHECK(back->at("a") == value);
  }
}

TEST_CASE("sets and binary read as arrays and base64") {
  const auto item = plain_item(R"({"s":{"SS":["a","b"]},"n":{"NS":["1","2.5"]},"b":{"BS":["AQ=="]},"x":{"B":"AQI="}})");
  REQUIRE(item.has_value());
  CHECK(*item == Json::parse(R"({"s":["a","b"],"n":[1,2.5],"b":["AQ=="],"x":"AQI="})"));
}

TEST_CASE("a body that is no typed item is reported as damage") {
  for (const char* body : {"", "[]", "{", R"({"a":1})", R"({"a":{}})", R"({"a":{"S":1}})", R"({"a":{"X":"1"}})",
                           R"({"a":{"S":"x","N":"1"}})", R"({"a":{"M":[]}})", R"({"a":{"L":[1]}})"}) {
    CAPTURE(body);
    const auto item = plain_item(body);
    REQUIRE(!item);
    CHECK(item.error().code == ErrorCode::corrupt);
  }
}

TEST_CASE("what DynamoDB cannot hold is refused, naming the attribute") {
  CHECK(text(1e300) ==
        "error: Number overflow. Attempting to store a number with magnitude larger than supported range (attribute "
        "a)");
  CHECK(text(std::nan("")) == "error: The parameter cannot be converted to a numeric value: NaN (attribute a)");
  CHECK(text("\xff") == "error: One or more parameter values were invalid: A string value is not UTF-8 (attribute a)");
  CHECK(text(nested(32)).starts_with("{"));
  CHECK(text(nested(33)).starts_with("error: Nesting Levels have exceeded supported limits"));
  CHECK(text(nested(5000)).starts_with("error: Nesting Levels have exceeded supported limits"));
  std::string out;
  CHECK(!TypedWriter(out).attribute("", 1));
  CHECK(!TypedWriter(out).attribute("\xff", 1));
}

TEST_CASE("size counts names and values as AWS does") {
  CHECK(size_of("abc") == 4 + 3);
  CHECK(size_of("Zürich") == 4 + 7);
  CHECK(size_of(true) == 4 + 1);
  CHECK(size_of(nullptr) == 4 + 1);
  CHECK(size_of(1234) == 4 + 3);
  CHECK(size_of({1, 2}) == 4 + 3 + 2 + 2 + 2);
  CHECK(size_of({{"k", "v"}}) == 4 + 3 + 1 + 2);
}

}  // namespace
}  // namespace waybill::table
