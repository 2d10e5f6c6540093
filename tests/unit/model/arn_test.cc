#include "model/arn.h"

#include <doctest/doctest.h>

using namespace waybill;

TEST_CASE("an ARN is read into its parts and written back") {
  const auto arn = Arn::parse("arn:aws:lambda:us-east-1:000000000000:function:work:1");
  REQUIRE(arn);
  CHECK(arn->service == "lambda");
  CHECK(arn->resource == "function:work:1");
  CHECK(arn->resource_of("function") == "work:1");
  CHECK_FALSE(arn->resource_of("table"));
  CHECK(arn->str() == "arn:aws:lambda:us-east-1:000000000000:function:work:1");
}

TEST_CASE("what is no ARN is told apart") {
  for (const char* text :
       {"", "arn", "arn:aws:lambda:r:a", "arn:aws:lambda:r:a:", "arn::lambda:r:a:x", "urn:aws:s:r:a:x"}) {
    CAPTURE(text);
    CHECK_FALSE(Arn::parse(text));
  }
}

TEST_CASE("rules of the default bus have no bus in their ARN") {
  const Place place;
  CHECK(place.rule("default", "r") == "arn:aws:events:us-east-1:000000000000:rule/r");
  CHECK(place.rule("orders", "r") == "arn:aws:events:us-east-1:000000000000:rule/orders/r");
}

TEST_CASE("a bus is known by name and by ARN") {
  CHECK(event_bus_name("orders") == "orders");
  CHECK(event_bus_name(Place{}.event_bus("orders")) == "orders");
}
