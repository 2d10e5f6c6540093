#include "control/lookups.h"

#include "control_fixture.h"

namespace waybill::testing {

namespace {

class LookupsFixture : public ControlFixture {
 public:
  LookupsFixture() {
    put_row(kinds::kEventBus, "orders", {{"Name", "orders"}});
    put_row(kinds::kRule, "orders/big", {{"Name", "big"}});
    put_row(kinds::kRule, "default/big", {{"Name", "big"}});
    put_row(kinds::kRule, "aws.partner/shop/1/paid", {{"Name", "paid"}});
  }
  control::Session session() { return {catalog, {place, clock.now(), limits, random, readers}}; }

 private:
  store::ReaderPool readers{[]() -> Result<std::unique_ptr<store::Reader>> { return internal("there is no store"); }};
};

}  // namespace

TEST_CASE_FIXTURE(LookupsFixture, "a bus is found by name and by ARN") {
  const auto s = session();
  CHECK(control::require_bus(s, "orders").value()->resource.key.name == "orders");
  CHECK(control::require_bus(s, "arn:aws:events:eu-central-1:123456789012:event-bus/orders").value() ==
        control::require_bus(s, "orders").value());
  CHECK(control::require_bus(s, "default").has_value());
}

TEST_CASE_FIXTURE(LookupsFixture, "an unknown bus is a fault that names it, also when its ARN is of another place") {
  const auto s = session();
  const Fault orders{"ResourceNotFoundException", "Event bus orders does not exist."};
  CHECK(control::require_bus(s, "gone").error() ==
        Fault{"ResourceNotFoundException", "Event bus gone does not exist."});
  CHECK(control::require_bus(s, "arn:aws:events:us-east-1:123456789012:event-bus/orders").error() == orders);
  CHECK(control::require_bus(s, "arn:aws:events:eu-central-1:999999999999:event-bus/orders").error() == orders);
}

TEST_CASE_FIXTURE(LookupsFixture, "a rule is found on its bus only") {
  const auto s = session();
  CHECK(control::require_rule(s, "orders", "big").value()->resource.key.name == "orders/big");
  CHECK(control::require_rule(s, "arn:aws:events:eu-central-1:123456789012:event-bus/orders", "big").has_value());
  CHECK(control::require_rule(s, "default", "small").error() ==
        Fault{"ResourceNotFoundException", "Rule small does not exist on EventBus default."});
  CHECK(control::require_rule(s, "gone", "big").error() ==
        Fault{"ResourceNotFoundException", "Rule big does not exist on EventBus gone."});
}

TEST_CASE_FIXTURE(LookupsFixture, "the rules of a bus are not those of a bus whose name goes on") {
  const auto s = session();
  CHECK(control::rules_of(s, "orders").size() == 1);
  CHECK(control::rules_of(s, "orders", "s").empty());
  CHECK(control::rules_of(s, "aws.partner/shop").empty());
  const auto rules = control::rules_of(s, "aws.partner/shop/1");
  REQUIRE(rules.size() == 1);
  CHECK(control::rule_name(*rules[0]).bus == "aws.partner/shop/1");
  CHECK(control::rule_name(*rules[0]).rule == "paid");
}

TEST_CASE("members of a request, and times of an answer") {
  CHECK(control::member({{"Name", "a"}}, "Name") == "a");
  CHECK(control::member({{"Name", nullptr}}, "Name", "b") == "b");
  CHECK(control::member(Json::object(), "Name") == "");
  CHECK(control::bus_member(Json::object()) == "default");
  CHECK(control::bus_member({{"EventBusName", "arn:aws:events:eu-west-1:1:event-bus/orders"}}) == "orders");
  CHECK(control::seconds(1'700'000'000'250) == 1'700'000'000.25);
}

}  // namespace waybill::testing
