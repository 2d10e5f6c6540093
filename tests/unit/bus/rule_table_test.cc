#include "bus/rule_table.h"

#include <doctest/doctest.h>

#include "support/pipeline.h"

using namespace waybill;
using namespace waybill::testing;

namespace {

std::shared_ptr<const Topology> topology_of(const std::vector<Resource>& resources) {
  Topology::EndpointNumbers numbers;
  return Topology::build(catalog_of(resources).value(), Place{}, numbers).value();
}

Resource rule(const std::string& name, const std::string& properties) {
  return resource("AWS::Events::Rule", "default/" + name, properties);
}

std::vector<std::string> names(const bus::RuleTable& table, std::string_view event) {
  bus::RuleTable::Matching matching;
  const auto* found = table.bus(Place{}.event_bus("default"));
  REQUIRE(found != nullptr);
  REQUIRE(found->match(event, matching));
  std::vector<std::string> result;
  for (const RuleSpec* one : matching.rules) result.push_back(one->name);
  return result;
}

}  // namespace

TEST_CASE("rules that match come in the order of the bus; disabled ones and schedules are left out") {
  const auto table =
      bus::RuleTable::build(topology_of({
                                rule("c", R"({"EventPattern":{"source":["shop"]}})"),
                                rule("a", R"({"EventPattern":{"source":[{"prefix":"s"}]}})"),
                                rule("b", R"({"EventPattern":{"source":["shop"]}})"),
                                rule("off", R"({"EventPattern":{"source":["shop"]},"State":"DISABLED"})"),
                                rule("timed", R"j({"ScheduleExpression":"rate(1 minute)"})j"),
                            }))
          .value();
  const std::vector<std::string> all{"a", "b", "c"};
  CHECK(names(*table, R"({"source":"shop"})") == all);
  CHECK(names(*table, R"({"source":"s"})") == std::vector<std::string>{"a"});
  CHECK(names(*table, R"({"source":"x"})").empty());
}

TEST_CASE("a table made from the one before has its own rules, and leaves the other as it was") {
  const auto before = bus::RuleTable::build(topology_of({rule("a", R"({"EventPattern":{"source":["x"]}})"),
                                                         rule("b", R"({"EventPattern":{"source":["y"]}})")}))
                          .value();
  const auto after = bus::RuleTable::build(topology_of({rule("b", R"({"EventPattern":{"source":["x"]}})"),
                                                        rule("c", R"({"EventPattern":{"source":["z"]}})")}),
                                           before.get())
                         .value();
  CHECK(names(*after, R"({"source":["x","y"]})") == std::vector<std::string>{"b"});
  CHECK(names(*after, R"({"source":"z"})") == std::vector<std::string>{"c"});
  const std::vector<std::string> both{"a", "b"};
  CHECK(names(*before, R"({"source":["x","y","z"]})") == both);
}

TEST_CASE("what is no JSON object is not matched") {
  const auto table = bus::RuleTable::build(topology_of({rule("a", R"({"EventPattern":{"source":["x"]}})")})).value();
  bus::RuleTable::Matching matching;
  CHECK_FALSE(table->bus(Place{}.event_bus("default"))->match("[]", matching));
}
