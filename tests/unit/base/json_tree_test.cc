#include "base/json_tree.h"

#include <string>

#include <doctest/doctest.h>

using namespace waybill;

namespace {

std::string brackets(int levels, const std::string& open = "[", const std::string& close = "]") {
  std::string text;
  for (int i = 0; i < levels; ++i) text += open;
  for (int i = 0; i < levels; ++i) text += close;
  return text;
}

}  // namespace

TEST_CASE("a text is read up to the bound, and not one level beyond it") {
  CHECK(parse_json(brackets(kMaxRequestDepth)).is_array());
  CHECK(parse_json(brackets(kMaxRequestDepth + 1)).is_discarded());
  CHECK(parse_json("{\"a\":" + brackets(2) + "}", 3).is_object());
  CHECK(parse_json("{\"a\":" + brackets(3) + "}", 3).is_discarded());
  CHECK(parse_json("[[1],[2],[3],{}]", 2).size() == 4);
  CHECK(parse_json(brackets(100'000)).is_discarded());
  CHECK(parse_json(brackets(100'000, "{\"a\":[", "]}"), kMaxPayloadDepth).is_discarded());
}

TEST_CASE("brackets in strings are text, and an escaped quote ends none") {
  CHECK(parse_json("\"" + brackets(200) + "\"", 0).is_string());
  CHECK(parse_json("[\"\\\"[[[[\"]", 1).is_array());
  CHECK(parse_json("[\"\\\\\",[]]", 1).is_discarded());
  CHECK(parse_json("[\"\\\\\",[]]", 2).is_array());
}

TEST_CASE("what is no JSON is discarded, whatever its brackets") {
  for (const char* text : {"", "{", "]]]]", "[1,]", "\"", "{\"a\":\"\\", "\xff", "[] []"}) {
    CAPTURE(text);
    CHECK(parse_json(text).is_discarded());
  }
  CHECK(parse_json<nlohmann::ordered_json>("{\"b\":1,\"a\":2}").dump() == "{\"b\":1,\"a\":2}");
}
