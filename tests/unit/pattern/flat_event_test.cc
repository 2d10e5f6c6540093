#include "pattern/flat_event.h"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace waybill::pattern {
namespace {

// "path=text" of every leaf, sorted.
std::vector<std::string> leaves_of(const FlatEvent& event) {
  std::vector<std::string> leaves;
  for (const auto& placed : event.leaves()) {
    leaves.push_back(event.path_text(placed) + "=" + std::string(placed.leaf.text));
  }
  std::sort(leaves.begin(), leaves.end());
  return leaves;
}

// The places of the leaves at a path, by text.
FlatEvent::Place place_of(const FlatEvent& event, const char* path, std::string_view text) {
  FlatEvent::Place found = UINT32_MAX;
  event.for_each_leaf(FieldPath(path), [&](const Leaf& leaf, FlatEvent::Place place) {
    if (leaf.text == text) found = place;
  });
  REQUIRE(found != UINT32_MAX);
  return found;
}

std::string error_of(std::string_view json) {
  const auto event = FlatEvent::parse(json);
  REQUIRE_FALSE(event.has_value());
  CHECK(event.error().code == ErrorCode::invalid);
  return event.error().message;
}

}  // namespace

TEST_CASE("an event is its leaves by dotted path") {
  const auto event = FlatEvent::parse(R"({"a":{"b":"x","c.d":1.50},"e":[true,[null,{"f":false}]],"g":{},"h":[]})");
  REQUIRE(event.has_value());
  CHECK(leaves_of(*event) == std::vector<std::string>{"a.b=x", "a.c.d=1.50", "e.f=false", "e=null", "e=true"});
}

TEST_CASE("names and strings are decoded, repeated names all count") {
  const std::string json = R"({"\u0061":"x\ny","b":1,"b":2})";
  const auto event = FlatEvent::parse(json);
  REQUIRE(event.has_value());
  CHECK(leaves_of(*event) == std::vector<std::string>{"a=x\ny", "b=1", "b=2"});
}

TEST_CASE("texts without escapes are views into the event") {
  const std::string json = R"({"name":"a text that is too long for small strings"})";
  const auto event = FlatEvent::parse(json);
  REQUIRE(event.has_value());
  const std::string_view text = event->leaves()[0].leaf.text;
  CHECK(text.data() >= json.data());
  CHECK(text.data() < json.data() + json.size());
}

TEST_CASE("an event can be moved") {
  const std::string json = R"({"\u0061":"\u0062","c":[{"d":1}]})";
  auto event = FlatEvent::parse(json);
  REQUIRE(event.has_value());
  const FlatEvent moved = std::move(*event);
  CHECK(leaves_of(moved) == std::vector<std::string>{"a=b", "c.d=1"});
}

TEST_CASE("leaves are found by exact path only") {
  const auto event = FlatEvent::parse(R"({"a":{"b":1},"ab":2,"a.b":3,"":{"a":4}})");
  REQUIRE(event.has_value());
  const auto count = [&](const char* path) {
    int leaves = 0;
    event->for_each_leaf(FieldPath(path), [&](const Leaf&, FlatEvent::Place) { ++leaves; });
    return leaves;
  };
  CHECK(count("a.b") == 2);
  CHECK(count("ab") == 1);
  CHECK(count("a") == 0);
  CHECK(count(".a") == 1);
  CHECK(count("a.b.c") == 0);
}

TEST_CASE("places clash if they are different elements of one array") {
  const auto event = FlatEvent::parse(R"({"top":"t","o":[{"id":"1","i":[{"x":"11"},{"x":"12"}],"j":[{"y":"13"}]},
                                              {"id":"2","i":[{"x":"21"}]}],"p":[{"z":"p0"}],"s":["s0","s1"]})");
  REQUIRE(event.has_value());
  const auto compatible = [&](FlatEvent::Place left, FlatEvent::Place right) {
    CHECK(event->places().are_compatible(left, right) == event->places().are_compatible(right, left));
    return event->places().are_compatible(left, right);
  };
  const auto id1 = place_of(*event, "o.id", "1");
  const auto id2 = place_of(*event, "o.id", "2");
  const auto x11 = place_of(*event, "o.i.x", "11");
  const auto x12 = place_of(*event, "o.i.x", "12");
  const auto x21 = place_of(*event, "o.i.x", "21");
  CHECK_FALSE(compatible(id1, id2));
  CHECK(compatible(id1, x11));
  CHECK_FALSE(compatible(id1, x21));
  CHECK_FALSE(compatible(x11, x12));
  CHECK_FALSE(compatible(x11, x21));
  CHECK(compatible(x11, place_of(*event, "o.j.y", "13")));
  CHECK(compatible(x21, place_of(*event, "p.z", "p0")));
  CHECK(compatible(x11, x11));
  CHECK(place_of(*event, "top", "t") == FlatEvent::kOutsideArrays);
  CHECK(place_of(*event, "s", "s0") == place_of(*event, "s", "s1"));
  CHECK(compatible(FlatEvent::kOutsideArrays, x12));
}

TEST_CASE("only one JSON object is an event; errors say why and where") {
  CHECK(error_of("[]") == "Event is not an object (line 1, column 2)");
  CHECK(error_of("") == "Event is not an object (line 1, column 1)");
  CHECK(error_of("{} x") == "Unexpected text after the event (line 1, column 4)");
  CHECK(error_of("{\n\"a\":tru}") ==
        "Unrecognized token 'tru': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or "
        "'false') (line 2, column 8)");
  CHECK(error_of(R"({"a":1,})").starts_with("Unexpected character ('}' (code 125))"));
  CHECK(error_of(R"({"a":"x)").starts_with("Unexpected end-of-input"));
  CHECK(FlatEvent::parse(" {} \n").has_value());
}

TEST_CASE("deep events are refused, wide ones are not") {
  const auto nested = [](std::size_t depth) {
    std::string json;
    for (std::size_t i = 0; i < depth; ++i) json += "{\"a\":";
    return json + "1" + std::string(depth, '}');
  };
  CHECK(FlatEvent::parse(nested(FlatEvent::kMaxNesting)).has_value());
  CHECK(error_of(nested(FlatEvent::kMaxNesting + 1)).starts_with("Document nesting depth (1201) exceeds"));
  CHECK(error_of(nested(100'000)).starts_with("Document nesting depth (1201) exceeds"));

  std::string wide = "{\"a\":[0";
  for (int i = 1; i < 20'000; ++i) wide += "," + std::to_string(i);
  const auto event = FlatEvent::parse(wide + "]}");
  REQUIRE(event.has_value());
  CHECK(event->leaves().size() == 20'000);
}

}  // namespace waybill::pattern
