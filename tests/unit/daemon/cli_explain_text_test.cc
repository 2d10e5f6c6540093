#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "daemon/cli/explain_text.h"

using namespace waybill::cli;

TEST_CASE("an explanation has a line for each field") {
  const auto text = explain_text(R"({"source":["shop"],"detail":{"n":[{"numeric":[">",5]}]}})",
                                 R"({"source":"shop","detail":{"n":[1,2,3]}})", false);
  REQUIRE(text.has_value());
  CHECK(*text ==
        "does not match\n  no   `detail.n` is 1, the pattern wants a number > 5: is outside of that\n"
        "  yes  `source` is \"shop\"\n");
}

TEST_CASE("what matches shows what was found") {
  CHECK(*explain_text(R"({"a":["x"],"b":[{"exists":false}]})", R"({"a":"x"})", false) ==
        "matches\n  yes  `a` is \"x\"\n  yes  `b` has no value\n");
}

TEST_CASE("as JSON an explanation is one line") {
  const auto line = explain_text(R"({"$or":[{"a":["x"]},{"b":["y"]}]})", R"({"a":"X"})", true);
  REQUIRE(line.has_value());
  const auto json = nlohmann::json::parse(*line);
  CHECK(json["match"] == false);
  CHECK(json["fields"][0]["path"] == "a");
  CHECK(json["why"][0] == R"(`a` is "X", the pattern wants "x": differs in case)");
}

TEST_CASE("a pattern or event that is none is refused") {
  CHECK(explain_text("{}", "{}", false).error().message.starts_with("Event pattern is not valid"));
  CHECK(explain_text(R"({"a":[1]})", "[]", false).error().message.starts_with("event: "));
}
