// The exact texts of refused patterns, with where they are noticed. Each row gives the pattern in two parts: what
// has been read when the error is noticed, and the rest.
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "pattern/pattern.h"
#include "pattern/unicode.h"

namespace waybill::pattern {
namespace {

struct Row {
  std::string reason;
  std::string read;
  std::string rest;
};

std::string location(const std::string& pattern, std::size_t column) {
  return "\n at [Source: (String)\"" + pattern + "\"; line: 1, column: " + std::to_string(column) + "]";
}

std::string refusal(const std::string& pattern) {
  const auto result = Pattern::parse(pattern);
  REQUIRE_MESSAGE(!result.has_value(), pattern);
  CHECK(result.error().code == ErrorCode::invalid);
  return result.error().message;
}

void check_rows(const std::vector<Row>& rows, int times_located = 1) {
  for (const Row& row : rows) {
    const std::string pattern = row.read + row.rest;
    std::string expected = "Event pattern is not valid. Reason: " + row.reason;
    for (int i = 0; i < times_located; ++i) expected += location(pattern, utf16_length(row.read) + 1);
    CHECK(refusal(pattern) == expected);
  }
}

}  // namespace

TEST_CASE("columns are those AWS was seen to answer") {
  CHECK(refusal(R"({"int": 42})") ==
        "Event pattern is not valid. Reason: \"int\" must be an object or an array\n"
        " at [Source: (String)\"{\"int\": 42}\"; line: 1, column: 11]");
  CHECK(refusal(R"({"string": "my-value"})").ends_with("line: 1, column: 13]"));
  CHECK(refusal(R"({"resources": []})").ends_with("line: 1, column: 17]"));
  CHECK(refusal("{'bad': 1}").ends_with("line: 1, column: 2]"));
}

TEST_CASE("errors of the shape of a pattern") {
  check_rows({
      {"Filter is not an object", "[", "\"a\"]"},
      {"Filter is not an object", "\"", "x\""},
      {"Filter is not an object", "1", ""},
      {"Filter is not an object", "", ""},
      {"Empty objects are not allowed", "{}", ""},
      {"Empty objects are not allowed", R"({"a":["x"],"b":{})", "}"},
      {"\"a\" must be an object or an array", R"({"a":true)", "}"},
      {"\"b\" must be an object or an array", R"({"a":{"b":")", "x\"}}"},
      {"Empty arrays are not allowed", R"({"a":[])", "}"},
      {"Match value must be String, number, true, false, or null", R"({"a": [[)", "\"x\"]]}"},
      {"Match expression name not found", R"({"a": [{})", "]}"},
  });
}

TEST_CASE("an unknown operator is noticed after the first token of its value") {
  check_rows({
      {"Unrecognized match type EXISTS", R"({"a": [{"EXISTS": true)", "}]}"},
      {"Unrecognized match type NUMERIC", R"({"a": [{"NUMERIC": [)", "\">\", 1]}]}"},
      {"Unrecognized match type regex", R"({"a": [{"regex": ")", "x\"}]}"},
  });
}

TEST_CASE("one key to a match expression") {
  check_rows({
      {"Only one key allowed in match expression", R"({"a": [{"prefix": "x", "suffix": ")", "y\"}]}"},
      {"Only one key allowed in match expression", R"({"a": [{"exists": true, "exists": false)", "}]}"},
      {"Only one key allowed in match expression", R"({"a": [{"cidr": "10.0.0.0/8", "b": [)", "]}]}"},
  });
}

TEST_CASE("errors of the text operators") {
  check_rows({
      {"prefix match pattern must be a string", R"({"a": [{"prefix": 5)", "}]}"},
      {"prefix match pattern must be a string", R"({"a": [{"prefix": [)", "\"x\"]}]}"},
      {"suffix match pattern must be a string", R"({"a": [{"suffix": null)", "}]}"},
      {"equals-ignore-case match pattern must be a string", R"({"a": [{"equals-ignore-case": [)", "\"x\"]}]}"},
      {"equals-ignore-case match pattern must be a string", R"({"a": [{"prefix": {"equals-ignore-case": 1)", "}}]}"},
      {"wildcard match pattern must be a string", R"({"a": [{"wildcard": 1)", "}]}"},
      {"exact match pattern must be a string", R"({"a": [{"exactly": 1)", "}]}"},
      {"prefix match pattern must be a string", R"({"a": [{"cidr": [)", "\"10.0.0.0/8\"]}]}"},
      {"Unsupported prefix pattern: suffix", R"({"a": [{"prefix": {"suffix": ")", "x\"}}]}"},
      {"Unsupported suffix pattern: wildcard", R"({"a": [{"suffix": {"wildcard": [)", "\"x\"]}}]}"},
      {"Prefix expression name not found", R"({"a": [{"prefix": {})", "}]}"},
      {"exists match pattern must be either true or false.", R"({"a": [{"exists": ")", "x\"}]}"},
  });
}

TEST_CASE("errors of numeric") {
  check_rows({
      {"Value of numeric must be an array.", R"({"a": [{"numeric": 10)", "}]}"},
      {"Invalid member in numeric match: 5", R"({"a": [{"numeric": [5)", "]}]}"},
      {"Invalid member in numeric match: ]", R"({"a": [{"numeric": [])", "}]}"},
      {"Unrecognized numeric range operator: ==", R"({"a": [{"numeric": ["==", 5)", "]}]}"},
      {"Value of equals must be numeric", R"({"a": [{"numeric": ["=", ")", "5\"]}]}"},
      {"Value of < must be numeric", R"({"a": [{"numeric": ["<"])", "}]}"},
      {"Value of < must be numeric", R"({"a": [{"numeric": [">", 0, "<"])", "}]}"},
      {"Bad numeric range operator: >", R"({"a": [{"numeric": [">", 0, ">")", ", 0]}]}"},
      {"Bad value in numeric range: 7", R"({"a": [{"numeric": [">", 0, 7)", "]}]}"},
      {"Too many terms in numeric range expression", R"({"a": [{"numeric": [">", 0, "<", 5, ")", "<\"]}]}"},
      {"Too many elements in numeric expression", R"({"a": [{"numeric": ["=", 1, 2)", "]}]}"},
      {"Too many elements in numeric expression", R"({"a": [{"numeric": ["<", 1, ")", ">\", 0]}]}"},
      {"Too many elements in numeric expression", R"({"a": [{"numeric": ["=", 1], "prefix": ")", "x\"}]}"},
      {"Bottom must be less than top", R"({"a": [{"numeric": [">", 5, "<", 5])", "}]}"},
      {"Cannot compare number : 1e400", R"({"a": [{"numeric": ["=", 1e400])", "}]}"},
  });
}

TEST_CASE("errors of anything-but") {
  check_rows({
      {"Value of anything-but must be an array or single string/number value.", R"({"a": [{"anything-but": null)",
       "}]}"},
      {"Value of anything-but must be an array or single string/number value.",
       R"({"a": [{"anything-but": {"prefix": {)", "\"equals-ignore-case\": \"x\"}}}]}"},
      {"Inside anything but list, either all values are number or string, mixed type is not supported",
       R"({"a": [{"anything-but": [1, "a"])", "}]}"},
      {"Inside anything but list, either all values are number or string, mixed type is not supported",
       R"({"a": [{"anything-but": [])", "}]}"},
      {"Cannot compare number : 1e400", R"({"a": [{"anything-but": [1, 1e400)", "]}]}"},
      {"Unsupported anything-but pattern: exists", R"({"a": [{"anything-but": {"exists": true)", "}}]}"},
      {"Anything-But expression name not found", R"({"a": [{"anything-but": {})", "}]}"},
      {"Null prefix/suffix not allowed", R"({"a": [{"anything-but": {"prefix": "")", "}}]}"},
      {"prefix/suffix match pattern must be a string", R"({"a": [{"anything-but": {"suffix": 1)", "}}]}"},
      {"Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.",
       R"({"a": [{"anything-but": {"equals-ignore-case": 1)", "}}]}"},
      {"Consecutive wildcard characters at pos 2", R"({"a": [{"anything-but": {"wildcard": "a**")", "}}]}"},
      {"Too many elements in numeric expression", R"({"a": [{"anything-but": {"prefix": "a", "suffix": ")", "b\"}}]}"},
  });
}

TEST_CASE("errors inside an anything-but list carry their location twice") {
  check_rows(
      {
          {"Inside anything but list, start|null|boolean is not supported.", R"({"a": [{"anything-but": ["x", null)",
           "]}]}"},
          {"Inside anything but list, start|null|boolean is not supported.", R"({"a": [{"anything-but": [{)", "}]}]}"},
          {"Null prefix/suffix not allowed", R"({"a": [{"anything-but": {"prefix": ["a", "")", "]}}]}"},
          {"prefix/suffix match pattern must be a string", R"({"a": [{"anything-but": {"prefix": [1)", "]}}]}"},
          {"wildcard match pattern must be a string", R"({"a": [{"anything-but": {"wildcard": [1)", "]}}]}"},
          {"Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.",
           R"({"a": [{"anything-but": {"equals-ignore-case": [true)", "]}}]}"},
      },
      2);
}

TEST_CASE("wildcard errors name the byte, counted with the opening quote") {
  check_rows({
      {"Consecutive wildcard characters at pos 1", R"({"a": [{"wildcard": "**")", "}]}"},
      {"Consecutive wildcard characters at pos 4", R"({"a": [{"wildcard": "日**")", "}]}"},
      {"Invalid escape character at pos 2", R"({"a": [{"wildcard": "a\\x")", "}]}"},
      {"Invalid escape character at pos 2", R"({"a": [{"wildcard": "a\\")", "}]}"},
  });
}

TEST_CASE("the content of a CIDR and too complex wildcards are refused without a location") {
  const auto cidr = [](const std::string& text) { return refusal(R"({"a": [{"cidr": ")" + text + R"("}]})"); };
  const std::string start = "Event pattern is not valid. Reason: ";
  CHECK(cidr("10.0.0.0") == start + "Malformed CIDR, one '/' required");
  CHECK(cidr("10.0.0.0/xx") == start + "Malformed CIDR, mask bits must be an integer");
  CHECK(cidr("10.0.0.0/-1") == start + "Malformed CIDR, mask bits must not be negative");
  CHECK(cidr("xx.11.xx/8") == start + "Nonstandard IP address: xx.11.xx");
  CHECK(cidr("xxxx:db8::/32") == start + "Nonstandard IP address: xxxx:db8::");
  CHECK(cidr("10.0.0.256/8") == start + "Invalid IP address: 10.0.0.256");
  CHECK(cidr("10.0.0.0/32") == start + "IPv4 mask bits must be < 32");
  CHECK(cidr("::/128") == start + "IPv6 mask bits must be < 128");
  CHECK(refusal(R"({"a": [{"wildcard": "*:*:*:*:*:event-bus/*"}]})") ==
        start +
            "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences "
            "after a wildcard character");
  CHECK(refusal(R"({"a": [{"anything-but": 1e400}]})") == start + "Cannot compare number : 1e400");
}

TEST_CASE("errors of the JSON itself") {
  const std::string expecting = "was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
  check_rows({
      {"Unrecognized token 'bad': " + expecting, R"({"a": bad)", "}"},
      {"Unrecognized token 'tru': " + expecting, R"({"a": [tru)", "]}"},
      {"Unrecognized token 'nullx': " + expecting, "nullx", ""},
      {"Unexpected character (''' (code 39)): was expecting double-quote to start field name", "{", "'bad': 1}"},
      {"Unexpected character ('b' (code 98)): was expecting double-quote to start field name", "{", "bad: 1}"},
      {"Unexpected character ('}' (code 125)): was expecting double-quote to start field name", R"({"a":["x"],)", "}"},
      {"Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value", R"({"a" )",
       "1}"},
      {"Unexpected character ('\"' (code 34)): was expecting comma to separate Array entries", R"({"a":["x" )",
       "\"y\"]}"},
      {"Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries", R"({"a":["x"] )",
       "\"b\":1}"},
      {"Unexpected character (']' (code 93)) in numeric value: Decimal point not followed by a digit", R"({"a":[1.)",
       "]}"},
      {"Unexpected end-of-input: expected close marker for Array (start marker at line: 1, column: 6)", R"({"a":[)",
       ""},
      {"Unrecognized character escape 'x' (code 120)", R"({"a":["\)", R"(x"]})"},
  });
}

TEST_CASE("only the first error in reading order is reported") {
  check_rows({
      {"\"a\" must be an object or an array", R"({"a":1)", R"(,"b":[]})"},
      {"Empty arrays are not allowed", R"({"b":[])", R"(,"a":1})"},
      // The value after a name has been looked at before the name is judged.
      {"Unrecognized token 'oops': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or "
       "'false')",
       R"({"a":[{"EXISTS":oops)", "}]}"},
      // The text of a string that is not needed is not read.
      {"\"a\" must be an object or an array", R"({"a":")", "never ends}"},
  });
}

TEST_CASE("a pattern that makes no sense with $or is judged with $or as a plain field") {
  check_rows({
      {"Unrecognized match type a", R"({"$or": [{"a": [)", R"("x"]}, {"b": 5}]})"},
      {"\"$or\" must be an object or an array", R"({"$or": ")", "x\"}"},
  });
  // A bad CIDR ends it at once, wherever it stands.
  CHECK(refusal(R"({"$or": [{"a": [{"cidr": "x"}]}, {"b": ["y"]}]})") ==
        "Event pattern is not valid. Reason: Malformed CIDR, one '/' required");
}

TEST_CASE("lines and columns are counted as readers see them") {
  CHECK(refusal("{\n  \"a\": 1\n}").ends_with("line: 2, column: 9]"));
  CHECK(refusal("{\r\n\r\n\"a\": 1}").ends_with("line: 3, column: 7]"));
  // U+1F680 is two UTF-16 units, é is one.
  CHECK(refusal(R"({"é🚀": 1})").ends_with("line: 1, column: 10]"));
}

}  // namespace waybill::pattern
