#include "pattern/engine/rule_matcher.h"

#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "pattern/engine/rule_set.h"

namespace waybill::pattern {
namespace {

struct Engine {
  RuleSet rules;
  Scratch scratch;
  std::vector<RuleId> matching;

  // Rules get the numbers 0, 1, …
  explicit Engine(const std::vector<std::string>& patterns) {
    for (const std::string& text : patterns) {
      const auto pattern = Pattern::parse(text);
      REQUIRE_MESSAGE(pattern.has_value(), text);
      rules.add(static_cast<RuleId>(rules.size()), *pattern);
    }
  }
  std::vector<RuleId> match(std::string_view event) {
    REQUIRE(rules.snapshot()->match(event, scratch, matching));
    std::sort(matching.begin(), matching.end());
    return matching;
  }
};

using Ids = std::vector<RuleId>;

std::string values(const std::string& list) { return "{\"a\":" + list + "}"; }

}  // namespace

TEST_CASE("each operator finds its rules") {
  Engine engine({values(R"(["shop"])"), values(R"([{"prefix":"sh"}])"), values(R"([{"suffix":"op"}])"),
                 values(R"([{"equals-ignore-case":"SHOP"}])"), values(R"([{"prefix":{"equals-ignore-case":"S"}}])"),
                 values(R"([{"suffix":{"equals-ignore-case":"P"}}])"), values(R"([{"wildcard":"*ho*"}])"),
                 values(R"([{"wildcard":"*"}])"), values(R"([{"exists":true}])"), values(R"([{"exists":false}])"),
                 values(R"([{"anything-but":"shop"}])"), values("[5]"), values(R"([{"numeric":["<",10]}])"),
                 values("[null]"), values(R"(["10.0.0.1"])"), values(R"([{"cidr":"10.0.0.0/8"}])"), values("[1e400]"),
                 values(R"([{"prefix":""}])")});
  CHECK(engine.match(R"({"a":"shop"})") == Ids{0, 1, 2, 3, 4, 5, 6, 7, 8, 17});
  CHECK(engine.match(R"({"a":"SHOP"})") == Ids{3, 4, 5, 7, 8, 10, 17});
  CHECK(engine.match(R"({"a":5.0})") == Ids{8, 10, 11, 12});
  CHECK(engine.match(R"({"a":null})") == Ids{8, 10, 13});
  CHECK(engine.match(R"({"a":"010.000.0.1"})") == Ids{7, 8, 10, 14, 15, 17});
  CHECK(engine.match(R"({"a":1e400})") == Ids{8, 10, 16});
  CHECK(engine.match(R"({"b":1})") == Ids{9});
  CHECK(engine.match(R"({"a":{}})") == Ids{9});
}

TEST_CASE("a rule is found once, however often it fits") {
  Engine engine({values(R"(["x",{"prefix":"x"},{"exists":true}])")});
  CHECK(engine.match(R"({"a":["x","x","xy",1],"a":"x"})") == Ids{0});
}

TEST_CASE("long prefixes that begin alike are told apart") {
  const std::string common(100, 'x');
  Engine engine({values(R"([{"prefix":")" + common + R"(a"}])"), values(R"([{"prefix":")" + common + R"(b"}])"),
                 values(R"([{"suffix":")" + common + R"(z"}])")});
  CHECK(engine.match(R"({"a":")" + common + R"(b"})") == Ids{1});
  CHECK(engine.match(R"({"a":")" + common + R"(z"})") == Ids{2});
}

TEST_CASE("ranges of every size are found, and only where they hold") {
  std::vector<std::string> patterns;
  for (int i = 0; i < 60; ++i) {
    const std::string low = std::to_string(-i * i);
    const std::string high = std::to_string(i * i * i + 1);
    patterns.push_back(values(R"([{"numeric":[">=",)" + low + ",\"<\"," + high + "]}]"));
  }
  Engine engine(patterns);
  for (const double value : {-3481.5, -100.0, -0.5, 0.0, 1.0, 26.5, 1000.0, 205'379.0, 205'380.0}) {
    Ids expected;
    for (int i = 0; i < 60; ++i) {
      if (value >= -i * i && value < i * i * i + 1) expected.push_back(static_cast<RuleId>(i));
    }
    CHECK(engine.match("{\"a\":" + std::to_string(value) + "}") == expected);
  }
}

TEST_CASE("an event that is noticed to be none matches nothing") {
  Engine engine({values(R"([{"exists":false}])")});
  std::vector<RuleId> matching{7};
  CHECK_FALSE(engine.rules.snapshot()->match("", engine.scratch, matching));
  CHECK(matching.empty());
  CHECK_FALSE(engine.rules.snapshot()->match("[1]", engine.scratch, matching));
}

TEST_CASE("a matcher without rules reads events all the same") { CHECK(Engine({}).match(R"({"a":1})").empty()); }

TEST_CASE("a scratch serves one matcher after the other") {
  Engine few({values(R"(["x"])")});
  std::vector<std::string> patterns;
  for (int i = 0; i < 300; ++i) patterns.push_back("{\"f" + std::to_string(i) + R"(":["x"]})");
  Engine many(patterns);
  Scratch scratch;
  std::vector<RuleId> matching;
  for (int i = 0; i < 3; ++i) {
    CHECK(few.rules.snapshot()->match(R"({"a":"x"})", scratch, matching));
    CHECK(matching == Ids{0});
    CHECK(many.rules.snapshot()->match(R"({"f299":"x","a":"x"})", scratch, matching));
    CHECK(matching == Ids{299});
  }
}

}  // namespace waybill::pattern
