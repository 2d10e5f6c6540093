#include "model/event.h"

#include <doctest/doctest.h>

using namespace waybill;

TEST_CASE("an event has its members in the order and form that AWS delivers") {
  const std::vector<std::string> resources{"arn:a", "b\"c"};
  std::string text;
  append_event_head({"0191e5a0-0000-7000-8000-000000000000", "Order \"Placed\"", "shop", "123456789012",
                     from_millis(1'700'000'000'999), "eu-west-1", &resources},
                    text);
  text += R"({"n":300.0}})";
  CHECK(
      text ==
      R"({"version":"0","id":"0191e5a0-0000-7000-8000-000000000000","detail-type":"Order \"Placed\"","source":"shop",)"
      R"("account":"123456789012","time":"2023-11-14T22:13:20Z","region":"eu-west-1","resources":["arn:a","b\"c"],)"
      R"("detail":{"n":300.0}})");
  CHECK(event_id(text) == "0191e5a0-0000-7000-8000-000000000000");
}

TEST_CASE("resources are always there, and other texts have no event id") {
  std::string text;
  append_event_head({"i", "t", "s", "a", from_millis(0), "r", nullptr}, text);
  CHECK(text.find(R"("resources":[],)") != std::string::npos);
  CHECK(event_id(R"({"id":"x"})").empty());
  CHECK(event_id("").empty());
}
