#include "expr/input_path.h"

#include <string>

#include <doctest/doctest.h>

namespace waybill::expr {
namespace {

constexpr std::string_view kEvent =
    R"({"detail-type":"order","resources":[],"detail":{"text":"say \"hi\"","number":300.0,"big":3e2,"flag":false,)"
    R"("nothing":null,"hyphen-key":1,"under_score":2,"slash/key":3,"dot.key":4,"esc\u0061ped":5,)"
    R"("list":["one",{"x":"}]"},[7,[8]]],"items":[{"name":"first"},{},{"name":null},{"name":"last"}],"empty":[],)"
    R"("object":{"z":1,"a":"\u00e9é","nested":{"b":[true]}},"twice":1,"twice":2}})";

// What the path selects; "nothing" or "invalid" in words.
std::string select(std::string_view path, std::string_view event = kEvent) {
  const auto parsed = InputPath::parse(path);
  if (!parsed) return "invalid";
  return parsed->select(event).value_or("nothing");
}

}  // namespace

TEST_CASE("names, indexes and the root") {
  CHECK(select("$") == kEvent);
  CHECK(select("$.detail-type") == R"("order")");
  CHECK(select("$.resources") == "[]");
  CHECK(select("$.detail.hyphen-key") == "1");
  CHECK(select("$.detail.under_score") == "2");
  CHECK(select("$.detail.slash/key") == "3");
  CHECK(select("$.detail.list[0]") == R"("one")");
  CHECK(select("$.detail.list[2][1][0]") == "8");
  CHECK(select("$.detail.object.nested.b[0]") == "true");
  CHECK(select("$[1].x", R"([1,{"x":2}])") == "2");
}

TEST_CASE("a value keeps its spelling and its order of keys") {
  CHECK(select("$.detail.text") == R"("say \"hi\"")");
  CHECK(select("$.detail.number") == "300.0");
  CHECK(select("$.detail.big") == "3e2");
  CHECK(select("$.detail.flag") == "false");
  CHECK(select("$.detail.nothing") == "null");
  CHECK(select("$.detail.list[1]") == R"({"x":"}]"})");
  CHECK(select("$.detail.object") == R"({"z":1,"a":"\u00e9é","nested":{"b":[true]}})");
}

TEST_CASE("a name is found however the event spells it, and the last of two") {
  CHECK(select("$.detail.escaped") == "5");
  CHECK(select("$.detail.twice") == "2");
}

TEST_CASE("nothing is there") {
  for (const char* path : {"$.missing", "$.detail.missing", "$.detail.text.deeper", "$.detail.text[0]", "$[0]",
                           "$.detail.list[3]", "$.detail.list.one", "$.detail.object[0]", "$.detail.nothing.deeper",
                           "$.detail.missing[*]", "$.detail.object[*]", "$.detail.text[*].name"}) {
    CAPTURE(path);
    CHECK(select(path) == "nothing");
  }
}

TEST_CASE("every element") {
  CHECK(select("$.detail.items[*].name") == R"(["first",null,"last"])");
  CHECK(select("$.detail.items[*]") == R"([{"name":"first"},{},{"name":null},{"name":"last"}])");
  CHECK(select("$.detail.list[*][*]") == "[7,[8]]");
  CHECK(select("$.detail.empty[*]") == "[]");
  CHECK(select("$.detail.empty[*].name") == "[]");
}

TEST_CASE("what is no path") {
  for (const char* path : {"",
                           "detail.text",
                           "$detail",
                           "$.",
                           "$..text",
                           "$.detail.",
                           "$.detail..text",
                           "$.detail.object.*",
                           "$.*",
                           "$['detail']['text']",
                           "$[\"detail\"]",
                           "$.detail['dot.key']",
                           "$.detail.array[-1]",
                           "$.detail.array[0:2]",
                           "$.detail.array[]",
                           "$.detail.array[0",
                           "$.detail.array[1,2]",
                           "$.detail.array[ 0 ]",
                           "$.detail.array[+1]",
                           "$.detail.array[99999999999999999999]",
                           "$.detail.array[?(@.x)]",
                           "$.de tail",
                           " $.detail",
                           "$.detail ",
                           "$.détail",
                           "$.detail[*]x",
                           "$.a[0].[1]"}) {
    CAPTURE(path);
    CHECK(select(path) == "invalid");
  }
}

}  // namespace waybill::expr
