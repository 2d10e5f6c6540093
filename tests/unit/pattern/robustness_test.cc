// Random input from a fixed seed: nothing crashes, and what must hold for every event and pattern does.
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "pattern/pattern.h"

namespace waybill::pattern {
namespace {

const std::vector<std::string> kTexts = {
    R"({"source":["a",{"prefix":"b"}],"detail":{"n":[{"numeric":[">",0,"<=",5.5e1]}],"x":[{"exists":false}]}})",
    R"({"$or":[{"a":["x"]},{"b":{"$or":[{"c":[1]},{"d":[null]}]}}],"e":[{"anything-but":["p","q"]}]})",
    R"({"a.b":[{"wildcard":"*x\\*y*"},{"equals-ignore-case":"Straße"},{"cidr":"10.0.0.0/8"},"::1"]})",
    R"({"a":[{"anything-but":{"wildcard":["a*","*b"]}},{"suffix":{"equals-ignore-case":"é"}}],)"
    R"("\u0061\ud83d\ude80":[1e400]})",
    R"({"source":"a","detail":{"n":[1,2.50,-0],"items":[{"k":"v","l":[true,false,null]},{"k":"w"}]},"t":"\u00e9\n"})",
    R"({"d":[[{"a":"x"},{"b":{"c":[[]]}}],{}],"d":{"a":"y"},"ip":"10.1.2.3","deep":{"e":{"f":{"g":[0.1]}}}})",
};

std::string mutated(std::mt19937& random) {
  static constexpr std::string_view kBytes = "{}[]\",:\\*0123456789.eE+-truefalsn $ab\n\x01\x80\xF0";
  std::string text = kTexts[random() % kTexts.size()];
  for (std::size_t changes = random() % 4; changes > 0 && !text.empty(); --changes) {
    const std::size_t at = random() % text.size();
    switch (random() % 4) {
      case 0: text[at] = kBytes[random() % kBytes.size()]; break;
      case 1: text.erase(at, 1 + random() % 5); break;
      case 2: text.insert(at, 1, kBytes[random() % kBytes.size()]); break;
      default: text.insert(at, text.substr(random() % text.size(), 1 + random() % 12)); break;
    }
  }
  return text;
}

// A random JSON value; objects and arrays get rarer with depth.
std::string random_value(std::mt19937& random, int depth) {
  static const std::vector<std::string> kLeaves = {
      "\"x\"", "\"\"", "\"10.0.0.1\"", "\"::1\"",          R"("\u00df")", R"("q\"")", "1",
      "1.0",   "-0",   "1e400",        "9007199254740993", "true",        "null"};
  static const std::vector<std::string> kNames = {"a", "b", "c.d", "c", "d", "$or", "prefix", R"(\u0061)"};
  const auto kind = random() % 10;
  if (depth > 0 && kind < 3) {
    std::string text;
    for (std::size_t count = random() % 4; count > 0; --count) {
      text +=
          (text.empty() ? "\"" : ",\"") + kNames[random() % kNames.size()] + "\":" + random_value(random, depth - 1);
    }
    return "{" + text + "}";
  }
  if (depth > 0 && kind < 5) {
    std::string text;
    for (std::size_t count = random() % 4; count > 0; --count) {
      text += (text.empty() ? "" : ",") + random_value(random, depth - 1);
    }
    return "[" + text + "]";
  }
  return kLeaves[random() % kLeaves.size()];
}

std::string random_event(std::mt19937& random) {
  return R"({"a":)" + random_value(random, 3) + R"(,"b":)" + random_value(random, 3) + "}";
}

std::string json_quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result.push_back('\\');
    result.push_back(c);
  }
  return result + "\"";
}

std::string as_json(const Leaf& leaf) {
  return leaf.kind == LeafKind::string ? json_quoted(leaf.text) : std::string(leaf.text);
}

}  // namespace

TEST_CASE("no text, however broken, crashes the parsers or the matcher") {
  std::mt19937 random(7);
  int patterns = 0;
  int events = 0;
  int matches = 0;
  for (int i = 0; i < 15'000; ++i) {
    const std::string pattern_text = mutated(random);
    const std::string event_text = mutated(random);
    const auto pattern = Pattern::parse(pattern_text);
    const auto event = FlatEvent::parse(event_text);
    patterns += pattern.has_value();
    events += event.has_value();
    if (!pattern) CHECK(pattern.error().message.starts_with("Event pattern is not valid. Reason: "));
    if (pattern && event) matches += pattern->matches(*event);
  }
  CHECK(patterns > 1000);
  CHECK(events > 1000);
  CHECK(matches > 10);
}

TEST_CASE("every leaf of an event is matched by a pattern made of it, and excluded by one made against it") {
  std::mt19937 random(11);
  int leaves = 0;
  for (int i = 0; i < 2'000; ++i) {
    const std::string text = random_event(random);
    CAPTURE(text);
    const auto event = FlatEvent::parse(text);
    REQUIRE(event.has_value());
    for (const auto& placed : event->leaves()) {
      ++leaves;
      const std::string name = json_quoted(event->path_text(placed));
      const std::string value = as_json(placed.leaf);
      CAPTURE(name);
      CAPTURE(value);
      const auto test = [&](const std::string& values) {
        const auto pattern = Pattern::parse("{" + name + ":" + values + "}");
        REQUIRE_MESSAGE(pattern.has_value(), pattern.error().message);
        return pattern->matches(*event);
      };
      REQUIRE(test("[" + value + "]"));
      REQUIRE(test("[{\"exists\":true}]"));
      REQUIRE_FALSE(test("[{\"exists\":false}]"));
      REQUIRE_FALSE(test("[\"no such value\"]"));
      if (placed.leaf.kind != LeafKind::string) continue;
      REQUIRE(test("[{\"prefix\":" + value + "}]"));
      REQUIRE(test("[{\"suffix\":" + value + "}]"));
      REQUIRE(test("[{\"equals-ignore-case\":" + value + "}]"));
    }
  }
  CHECK(leaves > 2'000);
}

TEST_CASE("a field says the same with the values of one list in any order, and with a copy of a value") {
  std::mt19937 random(13);
  const std::vector<std::string> values = {"\"x\"",
                                           "1",
                                           "null",
                                           R"({"prefix":"q"})",
                                           R"({"anything-but":[1]})",
                                           R"({"exists":false})",
                                           R"({"numeric":["<",2]})",
                                           "\"::1\""};
  for (int i = 0; i < 2'000; ++i) {
    const std::string text = random_event(random);
    const std::string& one = values[random() % values.size()];
    const std::string& two = values[random() % values.size()];
    const auto event = FlatEvent::parse(text);
    const auto matches = [&](const std::string& list) {
      return Pattern::parse(R"({"a":[)" + list + "]}")->matches(*event);
    };
    CAPTURE(text);
    CAPTURE(one);
    CAPTURE(two);
    const bool either = matches(one) || matches(two);
    REQUIRE(matches(one + "," + two) == either);
    REQUIRE(matches(two + "," + one + "," + two) == either);
  }
}

}  // namespace waybill::pattern
