// Patterns as a whole: limits and hostile input. What the operators mean is in tests/conformance.
#include "pattern/pattern.h"

#include <string>

#include <doctest/doctest.h>

namespace waybill::pattern {
namespace {

bool matches(const std::string& pattern, const std::string& event) {
  const auto parsed = Pattern::parse(pattern);
  REQUIRE_MESSAGE(parsed.has_value(), pattern);
  const auto flat = FlatEvent::parse(event);
  REQUIRE_MESSAGE(flat.has_value(), event);
  return parsed->matches(*flat);
}

std::string limit_refusal(const std::string& pattern, const PatternLimits& limits = {}) {
  const auto parsed = Pattern::parse(pattern, limits);
  REQUIRE_FALSE(parsed.has_value());
  return parsed.error().message;
}

std::string fields(int count, const std::string& value) {
  std::string text;
  for (int i = 0; i < count; ++i) text += (i ? ",\"f" : "\"f") + std::to_string(i) + "\":" + value;
  return text;
}

}  // namespace

TEST_CASE("one pattern matches many events, and outlives what it was parsed from") {
  Pattern pattern = [] {
    const std::string text = R"({"source":["a long source name that is no small string"]})";
    return *Pattern::parse(text);
  }();
  const Pattern copy = pattern;
  const auto yes = FlatEvent::parse(R"({"source":"a long source name that is no small string"})");
  const auto no = FlatEvent::parse(R"({"source":"b"})");
  CHECK(copy.matches(*yes));
  CHECK_FALSE(pattern.matches(*no));
}

TEST_CASE("a reading has at most so many fields") {
  CHECK(matches("{" + fields(256, "[1]") + "}", "{" + fields(256, "1") + "}"));
  CHECK(limit_refusal("{" + fields(257, "[1]") + "}") ==
        "Event pattern is not valid. Reason: Rule is too large - it has 257 fields, more than 256");
  CHECK(limit_refusal(R"({"a":[1],"b":[1],"c":[1]})", {.max_fields = 2}).ends_with("3 fields, more than 2"));
  // The limit is on each reading, and on paths, not on spellings of them.
  CHECK(Pattern::parse(R"({"$or":[{"a":[1]},{"b":[1]}],"c":[1],"c":[2]})", {.max_fields = 2}).has_value());
}

TEST_CASE("combinations of $or branches are limited") {
  std::string pattern = "{";
  for (int i = 0; i < 300; ++i) {
    pattern += (i ? ",\"g" : "\"g") + std::to_string(i) + "\":{\"$or\":[{\"a\":[1]},{\"b\":[1]},{\"c\":[1]}]}";
  }
  CHECK(limit_refusal(pattern + "}") ==
        "Event pattern is not valid. Reason: Rule is too complex - more than 1000 combinations of $or branches");
  CHECK(Pattern::parse(R"({"$or":[{"a":[1]},{"b":[1]}]})", {.max_or_combinations = 2}).has_value());
  CHECK_FALSE(Pattern::parse(R"({"$or":[{"a":[1]},{"b":[1]},{"c":[1]}]})", {.max_or_combinations = 2}).has_value());
}

TEST_CASE("wildcard complexity is a setting, judged per field") {
  const std::string pattern = R"({"a":[{"wildcard":"*a*a"}],"b":[{"wildcard":"*a*a"}]})";
  CHECK(Pattern::parse(pattern, {.max_wildcard_complexity = 4}).has_value());
  CHECK_FALSE(Pattern::parse(pattern, {.max_wildcard_complexity = 3}).has_value());
  CHECK_FALSE(
      Pattern::parse(R"({"a":[{"wildcard":"*a*a"},{"wildcard":"*b*b"}]})", {.max_wildcard_complexity = 4}).has_value());
  // Replaced by a later one, or inside anything-but, it does not count.
  CHECK(Pattern::parse(R"({"a":[{"wildcard":"*a*a"}],"a":["x"]})", {.max_wildcard_complexity = 3}).has_value());
  CHECK(Pattern::parse(R"({"a":[{"anything-but":{"wildcard":"*a*a"}}]})", {.max_wildcard_complexity = 3}).has_value());
}

TEST_CASE("nesting is limited, whatever is nested") {
  const auto repeated = [](const std::string& part, int times) {
    std::string text;
    for (; times > 0; --times) text += part;
    return text;
  };
  CHECK(limit_refusal(repeated("{\"a\":", 100'000)).find("Document nesting depth (1001) exceeds") != std::string::npos);
  CHECK_FALSE(Pattern::parse(repeated("{\"$or\":[", 100'000)).has_value());
  CHECK_FALSE(Pattern::parse("{\"a\":" + repeated("[", 100'000)).has_value());
  CHECK(Pattern::parse(repeated("{\"$or\":[{\"a\":[1]},", 400) + "{\"a\":[1]}" + repeated("]}", 400)).has_value());
  CHECK(Pattern::parse(repeated("{\"a\":", 900) + "[1]" + repeated("}", 900)).has_value());
}

TEST_CASE("independent arrays do not multiply the work") {
  // 12 arrays of 30 elements each, and a last field that only one element of the last array cannot satisfy.
  std::string pattern = "{";
  std::string event = "{";
  for (int i = 0; i < 12; ++i) {
    const std::string name(1, static_cast<char>('a' + i));
    pattern += (i ? ",\"" : "\"") + name + "\":{\"x\":[1]}";
    event += (i ? ",\"" : "\"") + name + "\":[";
    for (int element = 0; element < 30; ++element) event += (element ? ",{\"x\":1}" : "{\"x\":1}");
    event += "]";
  }
  pattern += R"(,"z":{"p":[1],"q":[1]}})";
  event += R"(,"z":[{"p":1},{"q":1}]})";
  CHECK_FALSE(matches(pattern, event));
}

TEST_CASE("a search that duplicate keys make hopeless ends") {
  // Each copy of "d" offers every field once: the copies cannot cover all of them.
  std::string pattern = R"({"d":{)" + fields(14, "[1]") + "}}";
  std::string event = "{";
  for (int copy = 0; copy < 13; ++copy) {
    event += copy ? ",\"d\":[" : "\"d\":[";
    for (int i = 0; i < 14; ++i) event += (i ? ",{\"f" : "{\"f") + std::to_string(i) + "\":1}";
    event += "]";
  }
  CHECK_FALSE(matches(pattern, event + "}"));
}

}  // namespace waybill::pattern
