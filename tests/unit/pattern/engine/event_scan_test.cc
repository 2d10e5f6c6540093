#include "pattern/engine/event_scan.h"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "pattern/flat_event.h"

namespace waybill::pattern {
namespace {

struct Reader {
  PathTree paths;
  Scratch scratch;

  explicit Reader(const std::vector<std::string>& fields) {
    for (const std::string& field : fields) paths.field_at(field);
  }
  // "field=text" of every leaf, sorted; "refused" if it is not read.
  std::vector<std::string> read(const NamedEventScan& scan, std::string_view event) {
    scratch.begin(paths.field_count(), 0);
    if (!scan.scan(event, paths, scratch)) return {"refused"};
    std::vector<std::string> leaves;
    for (const SeenLeaf& leaf : scratch.leaves) {
      leaves.push_back(std::to_string(leaf.field) + "=" + std::string(leaf.view()));
    }
    std::sort(leaves.begin(), leaves.end());
    return leaves;
  }
};

using Leaves = std::vector<std::string>;

}  // namespace

TEST_CASE("only leaves at named fields are read, wherever they stand") {
  for (const NamedEventScan& scan : event_scans()) {
    CAPTURE(scan.name);
    Reader reader({"a", "b.c"});
    CHECK(reader.read(scan, R"({"a":"x","b":{"c":1,"d":2},"e":[{"a":3}]})") == Leaves{"0=x", "1=1"});
    CHECK(reader.read(scan, R"( { "b" : { "c" : [ true , null , [ "y" ] ] } , "b.c" : 2.5e1 , "a" : { } } )") ==
          Leaves{"1=2.5e1", "1=null", "1=true", "1=y"});
    CHECK(reader.read(scan, R"({"a":"1","a":"2","a":["3",{"a":"no"},"4"]})") == Leaves{"0=1", "0=2", "0=3", "0=4"});
    CHECK(reader.read(scan, R"({"\u0061":"\u0078\n","b\u002ec":"\\"})") == Leaves{"0=x\n", "1=\\"});
    CHECK(reader.read(scan, "{}").empty());
  }
}

TEST_CASE("brackets, quotes and backslashes in strings are text, at every offset of a block") {
  const std::string tricky = R"("k":"}]{[\\\"","l":{"a":"{\"a\":[","m":["]",{"n":"\\"}]},)";
  for (const NamedEventScan& scan : event_scans()) {
    CAPTURE(scan.name);
    Reader reader({"a"});
    for (std::size_t offset = 0; offset < 200; ++offset) {
      const std::string event = "{\"p\":\"" + std::string(offset, 'x') + "\"," + tricky + "\"a\":\"end\"}";
      CHECK(reader.read(scan, event) == Leaves{"0=end"});
    }
  }
}

TEST_CASE("names across blocks are found") {
  for (const NamedEventScan& scan : event_scans()) {
    CAPTURE(scan.name);
    Reader reader({"name", R"(q"\)"});
    for (std::size_t offset = 0; offset < 140; ++offset) {
      const std::string space(offset, ' ');
      CHECK(reader.read(scan, "{" + space + "\"name\"" + space + ":" + space + "1}") == Leaves{"0=1"});
      CHECK(reader.read(scan, "{" + space + R"("q\"\\" :2})") == Leaves{"1=2"});
    }
  }
}

TEST_CASE("places tell elements of an array apart") {
  Reader reader({"a.b"});
  for (const NamedEventScan& scan : event_scans()) {
    reader.read(scan, R"({"a":[{"b":1},{"b":[2,3]},{"c":0}]})");
    const auto& leaves = reader.scratch.leaves;
    REQUIRE(leaves.size() == 3);
    CHECK_FALSE(reader.scratch.places.are_compatible(leaves[0].place, leaves[1].place));
    CHECK(leaves[1].place == leaves[2].place);
  }
}

TEST_CASE("what is no object is refused") {
  for (const NamedEventScan& scan : event_scans()) {
    Reader reader({"a"});
    for (const char* text : {"[]", "1", "\"a\"", " ", "{", "{\"a\":", "{\"a\":[", "{} x", "{\"b\":[{\"a\":1}"}) {
      CAPTURE(text);
      CHECK(reader.read(scan, text) == Leaves{"refused"});
    }
  }
}

TEST_CASE("an event cut anywhere is read to its end and not beyond") {
  const std::string event = R"({"a":["x\\",{"b":"\u00e9"},-1.5e3],"c":{"d":[[["y"]]]},"b":true,"a":null})";
  for (const NamedEventScan& scan : event_scans()) {
    Reader reader({"a", "a.b", "c.d", "b"});
    for (std::size_t size = 1; size <= event.size(); ++size) {
      // On the heap to the byte, so that a sanitizer sees what lies beyond.
      const std::vector<char> exact(event.begin(), event.begin() + static_cast<std::ptrdiff_t>(size));
      const auto leaves = reader.read(scan, {exact.data(), exact.size()});
      CHECK((leaves == Leaves{"refused"}) == (size < event.size()));
    }
  }
}

TEST_CASE("nesting that FlatEvent refuses is refused where it is looked into") {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  for (const NamedEventScan& scan : event_scans()) {
    Reader reader({"a"});
    CHECK(reader.read(scan, nested(FlatEvent::kMaxNesting - 1)).empty());
    CHECK(reader.read(scan, nested(FlatEvent::kMaxNesting)) == Leaves{"refused"});
    CHECK(FlatEvent::parse(nested(FlatEvent::kMaxNesting - 1)).has_value());
    CHECK_FALSE(FlatEvent::parse(nested(FlatEvent::kMaxNesting)).has_value());
  }
}

}  // namespace waybill::pattern
