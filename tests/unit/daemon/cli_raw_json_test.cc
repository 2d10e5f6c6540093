#include <doctest/doctest.h>

#include "daemon/cli/raw_json.h"

using namespace waybill::cli;

TEST_CASE("members of an object come out as spelled, in their order, duplicates included") {
  const auto members = raw_members(R"( { "a" : 1.50e+3 , "b\u0041":[1, {"x":"]}"}],"a":"\"}" } )" + 1);
  REQUIRE(members.size() == 3);
  CHECK(members[0].name == "a");
  CHECK(members[0].value == "1.50e+3");
  CHECK(members[1].name == "bA");
  CHECK(members[1].value == R"([1, {"x":"]}"}])");
  CHECK(members[2].value == R"("\"}")");
  CHECK(*find_raw(members, "a") == R"("\"}")");  // the last one, as readers of JSON take it
  CHECK_FALSE(find_raw(members, "c"));
  CHECK(raw_members("{}").empty());
  CHECK(raw_members("{ }").empty());
}

TEST_CASE("elements of an array come out as spelled") {
  const auto elements = raw_elements(R"([ 1 , "a,b",[ [] ],{"k":","} ,null])");
  CHECK(elements == std::vector<std::string_view>{"1", R"("a,b")", "[ [] ]", R"({"k":","})", "null"});
  CHECK(raw_elements("[]").empty());
  CHECK(raw_elements("[ ]").empty());
}

TEST_CASE("the text of a string has its escapes undone") {
  CHECK(raw_text(R"("a\n\"b\\\u00e9")") == "a\n\"b\\\xC3\xA9");
  CHECK(raw_text(R"("")").empty());
}

TEST_CASE("values one after another: one document, JSON lines, or nothing") {
  CHECK(raw_values("{\n \"a\": 1\n}\n")->size() == 1);
  const auto lines = raw_values("\xEF\xBB\xBF{\"a\":1}\n\n[2]\r\n{\"b\":\"{\"}{\"c\":3}\n7");
  REQUIRE(lines.has_value());
  CHECK(*lines == std::vector<std::string_view>{R"({"a":1})", "[2]", R"({"b":"{"})", R"({"c":3})", "7"});
  CHECK(raw_values(" \n ")->empty());
}

TEST_CASE("a broken value is named by its line") {
  CHECK(raw_values("{\"a\":1}\n{\"a\":").error().message == "what starts in line 2 is no JSON");
  CHECK(raw_values("{\"a\":1}\n{\"a\":tru}").error().message == "what starts in line 2 is no JSON");
  CHECK(raw_values("}").error().message == "what starts in line 1 is no JSON");
  CHECK(raw_values(", 1").error().message == "what starts in line 1 is no JSON");
  CHECK(raw_values("\"a").error().message == "what starts in line 1 is no JSON");
  CHECK(raw_values("\"\xFF\"").error().message == "it is not UTF-8");
}

TEST_CASE("deep nesting needs no stack") {
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  CHECK(raw_values(deep)->size() == 1);
  CHECK_FALSE(raw_values(std::string(200'000, '[')).has_value());
}
