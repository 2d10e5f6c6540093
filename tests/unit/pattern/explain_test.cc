#include "pattern/explain.h"

#include <string>

#include <doctest/doctest.h>

namespace waybill::pattern {
namespace {

Explanation explained(const std::string& pattern, const std::string& event) {
  const auto parsed = Pattern::parse(pattern);
  REQUIRE(parsed.has_value());
  return explain(*parsed, *FlatEvent::parse(event));
}

std::string why(const std::string& pattern, const std::string& event) {
  const Explanation explanation = explained(pattern, event);
  REQUIRE_FALSE(explanation.matches);
  return explanation.sentences().front();
}

}  // namespace

TEST_CASE("the path, the value, the test that failed and the nearest miss") {
  CHECK(why(R"({"detail":{"status":["delivered"]}})", R"({"detail":{"status":"Delivered"}})") ==
        R"(`detail.status` is "Delivered", the pattern wants "delivered": differs in case)");
  CHECK(why(R"({"n":[{"numeric":[">",0,"<=",5]}]})", R"({"n":6})") ==
        "`n` is 6, the pattern wants a number > 0 and <= 5: is outside of that");
  CHECK(why(R"({"n":[5]})", R"({"n":"5"})") ==
        R"(`n` is "5", the pattern wants the number 5: is a string, not a number)");
  CHECK(why(R"({"a":["shop","store"]})", R"({"a":"bank"})") == R"(`a` is "bank", the pattern wants "shop" or "store")");
}

TEST_CASE("of several values and tests the nearest pair is told") {
  CHECK(why(R"({"a":["zebra","delivered"]})", R"({"a":["bank","Delivered"]})") ==
        R"(`a` is "Delivered", the pattern wants "delivered": differs in case)");
}

TEST_CASE("a field that is not there names the one that looks like it") {
  CHECK(
      why(R"({"detail":{"orderId":["7"]}})", R"({"detail":{"orderID":"7"}})") ==
      R"(`detail.orderId` has no value in the event, the pattern wants "7": there is `detail.orderID`, which differs in case)");
  CHECK(why(R"({"detail":[{"exists":true}]})", R"({"detail":{"a":1}})") ==
        "`detail` has no value in the event, the pattern wants any value: what is there is an object, and only what it "
        "holds are values");
  CHECK(why(R"({"a":[{"exists":false}]})", R"({"a":1})") == "`a` is 1, the pattern wants no value");
}

TEST_CASE("fields that pass only with different elements say so") {
  const auto explanation =
      explained(R"({"d":{"a":["x"],"b":["y"]}})", R"({"d":[{"a":"x","b":"z"},{"a":"q","b":"y"}]})");
  CHECK_FALSE(explanation.matches);
  CHECK(explanation.only_across_elements);
  CHECK(explanation.sentences().front().find("different elements of the same array") != std::string::npos);
}

TEST_CASE("of several combinations of $or the nearest is told") {
  const auto explanation =
      explained(R"({"s":["x"],"$or":[{"a":["1"],"b":["1"]},{"c":["1"]}]})", R"({"s":"x","a":"2"})");
  CHECK(explanation.readings == 2);
  REQUIRE(explanation.fields.size() == 2);
  CHECK(explanation.fields[0].path == "c");
  CHECK(explanation.fields[1].passed);
}

TEST_CASE("of combinations that as many fields keep from matching, the one that more fields agree with is told") {
  CHECK(why(R"({"$or":[{"a":[1]},{"b":[2],"c":[3]}]})", R"({"b":2,"c":"3"})") ==
        R"(`c` is "3", the pattern wants the number 3: is a string, not a number)");
}

// `{"name0":["x"]},{"name1":["x"]},…`
std::string branches(const std::string& name) {
  std::string text;
  for (int i = 0; i < 10; ++i) text += (i == 0 ? "" : ",") + ("{\"" + name + std::to_string(i) + R"(":["x"]})");
  return text;
}

TEST_CASE("a field is judged once, however many combinations of $or it stands in") {
  std::string pattern = R"({"$or":[)" + branches("a") + R"(],"m":{"$or":[)" + branches("b") + R"(]},"n":{"$or":[)" +
                        branches("c") + "]}}";
  std::string event = R"({"z":0)";
  for (int i = 0; i < 3'000; ++i) event += ",\"f" + std::to_string(i) + "\":1";
  const auto explanation = explained(pattern, event + '}');
  CHECK(explanation.readings == 1'000);
  CHECK(explanation.effort.tests == 30);
  CHECK(explanation.sentences().size() == 3);
  // At most once at each leaf for each of the three fields that are told, whatever the readings.
  CHECK(explanation.effort.looks <= 3 * 3'001);
}

TEST_CASE("looking for near misses ends at a bound, and a plainer sentence is told") {
  std::string pattern = R"({"a":["delivered")";
  for (int i = 0; i < 30; ++i) pattern += ",\"wanted" + std::to_string(i) + '"';
  std::string event = R"({"a":["Delivered")";
  for (int i = 0; i < 4'000; ++i) event += ",\"some value " + std::to_string(i) + '"';
  const auto explanation = explained(pattern + "]}", event + "]}");
  CHECK(explanation.effort.looks > 1'000);
  CHECK(explanation.effort.looks < 20'000);  // of 124,000 pairs
  CHECK(explanation.fields[0].found_count == 4'001);
}

TEST_CASE("what matches has no complaint") {
  const auto explanation = explained(R"({"a":["x"]})", R"({"a":["y","x"]})");
  CHECK(explanation.matches);
  CHECK(explanation.fields[0].passed);
  CHECK(explanation.fields[0].found_count == 2);
}

TEST_CASE("long lists and long texts are cut") {
  const auto many = explained(R"({"a":["x"]})", R"({"a":[1,2,3,4,5,6,7]})");
  CHECK(many.fields[0].why == "`a` is 1, 2, 3, 4, 5 and 2 more, the pattern wants \"x\"");
  CHECK(why(R"({"a":["x"]})", R"({"a":")" + std::string(5'000, 'y') + R"("})").size() < 300);
}

}  // namespace waybill::pattern
