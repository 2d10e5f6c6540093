#include "template/document.h"

#include <doctest/doctest.h>

#include "template/scalar.h"

using namespace waybill;
using namespace waybill::templates;

namespace {

Json yaml(std::string_view text) {
  auto document = parse_document(text, "t.yaml");
  if (!document) FAIL(document.error().message);
  return document->root();
}
Json json_document(std::string_view text) {
  auto document = parse_document(text, "t.json");
  if (!document) FAIL(document.error().message);
  return document->root();
}
std::string yaml_error(std::string_view text) {
  auto document = parse_document(text, "t.yaml");
  return document ? "" : document.error().message;
}
std::string json_error(std::string_view text) {
  auto document = parse_document(text, "t.json");
  return document ? "" : document.error().message;
}

std::string repeat(std::string_view text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

}  // namespace

TEST_CASE("plain scalars are typed as YAML 1.1 does, and what would lose something stays a string") {
  CHECK(plain_scalar("12") == Json(12));
  CHECK(plain_scalar("-7") == Json(-7));
  CHECK(plain_scalar("0.50") == Json(0.5));
  CHECK(plain_scalar("1e3") == Json(1000.0));
  for (const char* word : {"true", "True", "TRUE", "yes", "Yes", "on", "ON"}) CHECK(plain_scalar(word) == Json(true));
  for (const char* word : {"false", "no", "No", "NO", "off"}) CHECK(plain_scalar(word) == Json(false));
  for (const char* word : {"", "~", "null", "Null", "NULL"}) CHECK(plain_scalar(word).is_null());
  for (const char* text : {"2012-10-17", "000000000000", "012", "1.2.3", "12:30", "1_000", "0x1F", "nO", "tRUE", "-",
                           ".", "1e", "99999999999999999999", "y", "n", ".inf", "+", "NULl"}) {
    CHECK_MESSAGE(plain_scalar(text) == Json(text), text);
  }
}

TEST_CASE("quoted scalars and block texts stay strings") {
  CHECK(yaml("a: '12'")["a"] == Json("12"));
  CHECK(yaml("a: \"true\"")["a"] == Json("true"));
  CHECK(yaml("a: !!str 12")["a"] == Json("12"));
  CHECK(yaml("a: !!int 12")["a"] == Json(12));
  CHECK(yaml("a: |\n  12\n")["a"] == Json("12\n"));
  CHECK(yaml("a:")["a"].is_null());
}

TEST_CASE("short intrinsic forms become long ones") {
  CHECK(yaml("a: !Ref X")["a"] == Json{{"Ref", "X"}});
  CHECK(yaml("a: !Condition X")["a"] == Json{{"Condition", "X"}});
  CHECK(yaml("a: !Sub '${X}-y'")["a"] == Json{{"Fn::Sub", "${X}-y"}});
  CHECK(yaml("a: !GetAtt X.Arn")["a"] == Json{{"Fn::GetAtt", {"X", "Arn"}}});
  CHECK(yaml("a: !GetAtt X.Endpoint.Port")["a"] == Json{{"Fn::GetAtt", {"X", "Endpoint.Port"}}});
  CHECK(yaml("a: !GetAtt [X, Arn]")["a"] == Json{{"Fn::GetAtt", {"X", "Arn"}}});
  for (const char* name :
       {"Join", "If", "Equals", "Not", "And", "Or", "Select", "Split", "FindInMap", "Base64", "ImportValue"}) {
    const Json expected = {{std::string("Fn::") + name, Json::array({1, "b"})}};
    CHECK_MESSAGE(yaml("a: !" + std::string(name) + " [1, b]")["a"] == expected, name);
  }
  CHECK(yaml("a: !Base64\n  Fn::Sub: x")["a"] == Json{{"Fn::Base64", {{"Fn::Sub", "x"}}}});
}

TEST_CASE("JSON is read by its extension or by its first character, YAML flow style included") {
  CHECK(json_document(R"({"a": {"Ref": "X"}, "b": [1, 2.5, true, null, "no"]})") ==
        Json{{"a", {{"Ref", "X"}}}, {"b", {1, 2.5, true, nullptr, "no"}}});
  CHECK(parse_document("{\"a\": 1}", "template")->root() == Json{{"a", 1}});
  CHECK(parse_document("a: 1", "template")->root() == Json{{"a", 1}});
  CHECK(yaml("{a: no}") == Json{{"a", false}});
  CHECK(yaml("\xEF\xBB\xBF"
             "a: 1") == Json{{"a", 1}});
}

TEST_CASE("members keep their order") {
  std::string keys;
  const Json root = yaml("z: 1\na: 2\nm: 3");
  for (const auto& [key, value] : root.items()) keys += key;
  CHECK(keys == "zam");
}

TEST_CASE("every error says file, line and column") {
  CHECK(yaml_error("a: 1\nb: [1, 2").starts_with("t.yaml:2:"));
  CHECK(yaml_error("a: 1\n  b: 2\n").starts_with("t.yaml:2:"));
  CHECK(yaml_error("a: 1\nb: 2\na: 3") == "t.yaml:3:1: the key \"a\" is here a second time");
  CHECK(yaml_error("a:\n  - !Reff X") == "t.yaml:2:5: the tag !Reff is not known; the nearest is !Ref");
  CHECK(yaml_error("a: &x 1\nb: *x").starts_with("t.yaml:2:4: an alias"));
  CHECK(yaml_error("a: {b: 1}\n<<: {c: 1}").starts_with("t.yaml:2:1: a merge"));
  CHECK(yaml_error("? [a]\n: 1").starts_with("t.yaml:1:3: a key must be plain text"));
  CHECK(yaml_error("a: !!int x") == "t.yaml:1:4: \"x\" cannot be read as !!int");
  CHECK(yaml_error("a: 1\n---\nb: 1").starts_with("t.yaml:3:1: a template is one document"));
  CHECK(yaml_error("") == "t.yaml: the file is empty; a template has at least `Resources`");
  CHECK(yaml_error("# nothing") == "t.yaml: the file is empty; a template has at least `Resources`");
  CHECK(json_error("{\"a\": 1,\n \"a\": 2}") == "t.json:2:2: the key \"a\" is here a second time");
  CHECK(json_error("{\"a\": 1,\n  b}").starts_with("t.json:2:3: not valid JSON: "));
  CHECK(json_error("{\"a\": 1} x").starts_with("t.json:1:10: not valid JSON: "));
  CHECK(json_error("").starts_with("t.json:1:1: not valid JSON: "));
}

TEST_CASE("positions are of the key, or of the entry in a list") {
  const Document document = *parse_document("a:\n  b:\n    - x\n    - c: !Sub y\n", "t.yaml");
  CHECK(document.place({"a", "b"}) == "t.yaml:2:3");
  CHECK(document.place({"a", "b", "1"}) == "t.yaml:4:7");
  CHECK(document.place({"a", "b", "1", "c", "Fn::Sub"}) == "t.yaml:4:10");
  // Nearest thing around it.
  CHECK(document.place({"a", "nothing", "here"}) == "t.yaml:1:1");
  const Document flat = *parse_document("{\n \"a\": {\"b\\\"\": [\n  {}]}}", "t.json");
  CHECK(flat.place({"a"}) == "t.json:2:2");
  CHECK(flat.place({"a", "b\""}) == "t.json:2:8");
  CHECK(flat.place({"a", "b\"", "0"}) == "t.json:3:3");
}

TEST_CASE("hostile input is refused, quickly") {
  CHECK(yaml_error(std::string(kMaxTemplateBytes + 1, ' ')).find("larger than 1 MB") != std::string::npos);
  CHECK(yaml_error(repeat("[", 500'000)).starts_with("t.yaml:1:"));
  CHECK(json_error(repeat("[", 500'000)).find("nested deeper") != std::string::npos);
  CHECK(yaml_error("a: " + repeat("{a: ", 200)).find("nested deeper") != std::string::npos);
  CHECK(yaml_error(repeat("- ", 100'000)).find("nested deeper") != std::string::npos);
  CHECK_FALSE(yaml_error(repeat("? ", 100'000)).empty());
  CHECK_FALSE(yaml_error(repeat("!x ", 100'000)).empty());
  CHECK(yaml_error("a: 1\nb: \xFF").find("t.yaml:2:1: this line is not valid UTF-8") == 0);
  CHECK(yaml_error(std::string("a: \0b", 5)).find("NUL") != std::string::npos);
  // An alias bomb does not get as far as its first alias.
  CHECK(yaml_error("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]").find("alias") != std::string::npos);
}
