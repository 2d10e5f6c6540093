#include "handlers/registry.h"

#include <regex>
#include <set>

#include <doctest/doctest.h>

#include "handlers/builtin.h"

using namespace waybill;

namespace {

class NothingHandler final : public Handler {
 public:
  Outcome handle(const Invocation&, const TableReader&) override { return {}; }
};

}  // namespace

TEST_CASE("the built-in systems are found by plugin and name") {
  HandlerRegistry registry;
  REQUIRE(add_builtin_handlers(registry).has_value());
  CHECK(registry.names() == std::vector<std::string>{"logistics.notification_handler", "logistics.shipment_processor",
                                                     "logistics.status_updater", "shipment_pipeline.event_processor"});
  CHECK(registry.find("logistics.shipment_processor") != nullptr);
  CHECK(registry.find("logistics.nobody") == nullptr);
  CHECK(registry.find("logistics") == nullptr);
  CHECK(registry.has_plugin("logistics"));
  CHECK_FALSE(registry.has_plugin("logistic"));
  CHECK_FALSE(registry.has_plugin("logistics.status_updater"));
}

TEST_CASE("a name is given once") {
  HandlerRegistry registry;
  const auto first = std::make_shared<NothingHandler>();
  REQUIRE(registry.add("acme", "count", first).has_value());
  const Status again = registry.add("acme", "count", std::make_shared<NothingHandler>());
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().code == ErrorCode::conflict);
  CHECK(again.error().message == "there is a handler acme.count already");
  CHECK(registry.find("acme.count") == first);
}

TEST_CASE("names that could not be written into a template are refused") {
  HandlerRegistry registry;
  for (const std::string& name : {std::string(), std::string("a.b"), std::string("a b"), std::string(65, 'a'),
                                  std::string("ä"), std::string("a\0b", 3)}) {
    CAPTURE(name);
    CHECK_FALSE(registry.add(name, "count", std::make_shared<NothingHandler>()).has_value());
    CHECK_FALSE(registry.add("acme", name, std::make_shared<NothingHandler>()).has_value());
  }
  CHECK(registry.add("Acme-2_x", std::string(64, 'a'), std::make_shared<NothingHandler>()).has_value());
  CHECK_FALSE(registry.add("acme", "empty", nullptr).has_value());
}

TEST_CASE("uuids of an invocation repeat with the seed and differ with the number") {
  const std::regex v4("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Invocation invocation;
    invocation.random_seed = seed;
    for (std::uint64_t n = 0; n < 20; ++n) {
      CHECK(std::regex_match(*seen.insert(invocation.uuid(n)).first, v4));
    }
    CHECK(invocation.uuid(3) == invocation.uuid(3));
    CHECK(invocation.uuid() == invocation.uuid(0));
  }
  CHECK(seen.size() == 400);
}
