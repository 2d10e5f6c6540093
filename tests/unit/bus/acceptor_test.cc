#include "bus/acceptor.h"

#include <doctest/doctest.h>

#include "support/pipeline.h"

using namespace waybill;
using namespace waybill::testing;

namespace {

class Heard final : public bus::BusProbe {
 public:
  void rejected(std::string_view code) override { rejections.emplace_back(code); }
  void matched(const RuleSpec& rule) override { matches.push_back(rule.name); }
  void unmatched() override { ++misses; }
  void unknown_bus(std::string_view name, std::string_view nearest) override {
    unknown = std::string(name) + " near " + std::string(nearest);
  }
  std::vector<std::string> rejections, matches;
  int misses = 0;
  std::string unknown;
};

struct Fixture {
  Pipeline pipeline{one_rule()};
  Heard heard;
  bus::Acceptor acceptor{pipeline.rules, pipeline.journal, pipeline.wall, pipeline.random, heard};
};

}  // namespace

TEST_CASE("a matching event becomes one payload and one delivery per target, with the event as delivered") {
  Fixture f;
  const auto prepared = f.acceptor.prepare({entry(R"({"n": 3e2})")}, 0);
  REQUIRE(prepared.deliveries.size() == 1);
  CHECK(prepared.changes.list.size() == 2);
  const std::string& body = prepared.deliveries[0].payload->body;
  CHECK(body == R"({"version":"0","id":")" + prepared.results[0].event_id +
                    R"(","detail-type":"Order Placed","source":"shop","account":"000000000000",)"
                    R"("time":"2023-11-14T22:13:20Z","region":"us-east-1","resources":[],"detail":{"n":3e2}})");
  CHECK(f.heard.matches == std::vector<std::string>{"all"});
}

TEST_CASE("the time given is the event's time; the age of the delivery starts now") {
  Fixture f;
  bus::Entry sent = entry();
  sent.time = from_millis(1'000'000'000'700);
  const auto prepared = f.acceptor.prepare({sent}, 0);
  CHECK(prepared.deliveries[0].payload->body.find(R"("time":"2001-09-09T01:46:40Z")") != std::string::npos);
  CHECK(prepared.deliveries[0].delivery.ingested_at == f.pipeline.wall.now());
}

TEST_CASE("a bad entry is refused alone, good ones beside it go on") {
  Fixture f;
  const auto prepared = f.acceptor.prepare({entry(), entry("broken"), entry()}, 0);
  CHECK(prepared.results[0].ok());
  CHECK(prepared.results[1].error_code == "MalformedDetail");
  CHECK(prepared.results[2].ok());
  CHECK(prepared.deliveries.size() == 2);
  CHECK(f.heard.rejections == std::vector<std::string>{"MalformedDetail"});
}

TEST_CASE("an event for an unknown bus succeeds and vanishes, and the nearest bus is named") {
  Fixture f;
  bus::Entry sent = entry();
  sent.bus = "order";
  const auto prepared = f.acceptor.prepare({sent}, 0);
  CHECK(prepared.results[0].ok());
  CHECK(prepared.changes.list.empty());
  CHECK(f.heard.unknown == "order near orders");
}

TEST_CASE("an event with the deepest detail that is allowed is matched and delivered") {
  Fixture f;
  std::string detail = R"({"n":)" + std::string(1099, '[') + std::string(1099, ']') + "}";
  const auto prepared = f.acceptor.prepare({entry(detail)}, 0);
  CHECK(prepared.results[0].ok());
  CHECK(prepared.deliveries.size() == 1);
}

TEST_CASE("a bus may be named by ARN; rules of other buses do not see the event") {
  Fixture f;
  bus::Entry sent = entry();
  sent.bus = Place{}.event_bus("orders");
  CHECK(f.acceptor.prepare({sent}, 0).deliveries.size() == 1);
  sent.bus = "default";
  CHECK(f.acceptor.prepare({sent}, 0).deliveries.empty());
  CHECK(f.heard.misses == 1);
}

TEST_CASE("two targets of a rule share one payload; a disabled rule sees nothing") {
  Pipeline pipeline(
      {resource(
           "AWS::Events::Rule", "default/two",
           R"({"EventPattern":{"source":["shop"]},"Targets":[{"Id":"1","Arn":"arn:a"},{"Id":"2","Arn":"arn:b"}]})"),
       resource("AWS::Events::Rule", "default/off",
                R"({"State":"DISABLED","EventPattern":{"source":["shop"]},"Targets":[{"Id":"1","Arn":"arn:c"}]})")});
  bus::Entry sent = entry();
  sent.bus = "default";
  const auto prepared = pipeline.acceptor.prepare({sent}, 0);
  CHECK(prepared.deliveries.size() == 2);
  CHECK(prepared.changes.list.size() == 3);
  CHECK(prepared.deliveries[0].payload == prepared.deliveries[1].payload);
}

TEST_CASE("a rule whose pattern is not valid cannot be put into the table") {
  Topology::EndpointNumbers numbers;
  const auto topology =
      Topology::build(
          catalog_of({resource("AWS::Events::Rule", "default/bad", R"({"EventPattern":{"source":"shop"}})")}).value(),
          Place{}, numbers)
          .value();
  const auto table = bus::RuleTable::build(topology);
  REQUIRE(table.has_error());
  CHECK(table.error().message.find("rule/bad") != std::string::npos);
}
