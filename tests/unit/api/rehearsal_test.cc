// The routes of the clock and of faults: what they take, what they answer, what they refuse.
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "api/admin_clock.h"
#include "api/admin_faults.h"
#include "base/virtual_clock.h"

using namespace waybill;
using nlohmann::json;

namespace {

class FakeControl final : public api::ClockControl {
 public:
  std::optional<WallTime> next_due() override { return from_millis(60'000); }
  std::optional<WallTime> going_to() const override { return std::nullopt; }
  void advance(Goal goal, Done done) override {
    goals.push_back(goal);
    api::ClockAdvanced advanced;
    advanced.to = advanced.now = from_millis(86'400'000);
    advanced.steps = 1;
    advanced.done.attempts = 3;
    advanced.first_steps.push_back({from_millis(60'000), {"deliveries"}, {3, 1, 2, 0}});
    done(std::move(advanced));
  }
  void halt() override { ++halts; }
  std::vector<Goal> goals;
  int halts = 0;
};

struct Clock {
  json turn(const std::string& body, unsigned status = 200) {
    net::HttpResponse response;
    api.turn(body, net::Reply::to([&](net::HttpResponse answered) { response = std::move(answered); }));
    CHECK(response.status == status);
    return json::parse(response.body);
  }
  VirtualClock wall;
  FakeControl control;
  api::ClockApi api{wall, &control};
};

struct FaultRoutes {
  json add(const std::string& body, unsigned status = 200) const {
    const net::HttpResponse response = api.add(body);
    CHECK(response.status == status);
    return json::parse(response.body);
  }
  FaultRoutes() { topology.set(std::make_shared<const Topology>()); }
  delivery::Faults faults;
  Snapshot<Topology> topology;
  api::FaultsApi api{&faults, topology};
};

}  // namespace

TEST_CASE("the clock is shown and turned") {
  Clock clock;
  CHECK(json::parse(clock.api.show().body) == json{{"clock", "virtual"},
                                                   {"now", "1970-01-01T00:00:00.000Z"},
                                                   {"next_due", "1970-01-01T00:01:00.000Z"},
                                                   {"going_to", nullptr}});
  const json answer = clock.turn(R"({"advance":"PT24H"})");
  CHECK(answer["now"] == "1970-01-02T00:00:00.000Z");
  CHECK(answer["reached"] == true);
  CHECK(answer["deliveries"]["attempts"] == 3);
  CHECK(answer["first_steps"][0]["due"] == json{"deliveries"});
  clock.turn(R"({"to":"1970-01-03T01:00:00+01:00"})");
  CHECK(clock.control.goals == std::vector<api::ClockControl::Goal>{Millis{86'400'000}, from_millis(172'800'000)});
  CHECK(clock.turn(R"({"halt":true})")["halted"] == true);
  CHECK(clock.control.halts == 1);
}

TEST_CASE("what does not say where to turn the clock is refused") {
  Clock clock;
  for (const char* body : {"", "{}", "[]", R"({"advance":"PT1H","to":"2030-01-01T00:00:00Z"})", R"({"advance":5})",
                           R"({"advance":"yesterday"})", R"({"advance":"P1M"})", R"({"to":"tomorrow"})",
                           R"({"halt":false})", R"({"back":"1h"})"}) {
    CAPTURE(body);
    const json answer = clock.turn(body, 400);
    CHECK(answer["__type"] == "ValidationException");
  }
  CHECK(clock.turn(R"({"advance":"P1M"})", 400)["message"].get<std::string>().find("use days") != std::string::npos);
  CHECK(clock.control.goals.empty());
}

TEST_CASE("the system's clock is shown, and not turned") {
  VirtualClock wall;
  const api::ClockApi routes(wall, nullptr);
  CHECK(json::parse(routes.show().body) == json{{"clock", "system"}, {"now", "1970-01-01T00:00:00.000Z"}});
  net::HttpResponse response;
  routes.turn(R"({"advance":"1h"})",
              net::Reply::to([&](net::HttpResponse answered) { response = std::move(answered); }));
  CHECK(response.status == 409);
  CHECK(response.body.find("clock=virtual") != std::string::npos);
}

TEST_CASE("a fault is what was asked for") {
  FaultRoutes routes;
  CHECK(routes.add(R"({"target":"work","fail":3})")["left"] == 3);
  routes.add(R"({"target":"work","latency":"2s","count":4})");
  routes.add(R"({"target":"*","status":429,"retry_after":"PT30S","count":2})");
  routes.add(R"({"target":"work","error_code":"NO_RESOURCE","message":"gone"})");
  routes.add(R"({"target":"work","rate":0.1,"seed":9})");
  const auto faults = routes.faults.list();
  REQUIRE(faults.size() == 5);
  CHECK(faults[0].spec.fails);
  CHECK_FALSE(faults[1].spec.fails);
  CHECK(faults[1].spec.latency == Millis{2000});
  CHECK(faults[2].spec.status == 429);
  CHECK(faults[2].spec.retry_after == Millis{30'000});
  CHECK(faults[3].spec.permanent);
  CHECK_FALSE(faults[3].spec.count.has_value());
  CHECK(faults[4].spec.rate == doctest::Approx(0.1));
  CHECK(faults[4].spec.seed == 9);
  CHECK(json::parse(routes.api.list().body)["faults"].size() == 5);
  CHECK(json::parse(routes.api.clear_one("1").body)["cleared"] == 1);
  CHECK(routes.api.clear_one("1").status == 404);
  CHECK(json::parse(routes.api.clear("target=work").body)["cleared"] == 3);
  CHECK(json::parse(routes.api.clear("").body)["cleared"] == 1);
}

TEST_CASE("a fault that makes no sense is refused with its member's name") {
  const std::pair<const char*, const char*> cases[] = {
      {"nonsense", "the body"},
      {"{}", "target"},
      {R"({"target":""})", "target"},
      {R"({"target":"x"})", "say what shall happen"},
      {R"({"target":"x","count":3})", "say what shall happen"},
      {R"({"target":"x","fail":0})", "fail"},
      {R"({"target":"x","fail":1.5})", "fail"},
      {R"({"target":"x","fail":"3"})", "fail"},
      {R"({"target":"x","fail":3,"count":2})", "give one of them"},
      {R"({"target":"x","latency":2})", "latency"},
      {R"({"target":"x","latency":"0s"})", "latency"},
      {R"({"target":"x","latency":"25h"})", "latency"},
      {R"({"target":"x","status":200})", "status"},
      {R"({"target":"x","status":429.5})", "status"},
      {R"({"target":"x","rate":0})", "rate"},
      {R"({"target":"x","rate":1.1})", "rate"},
      {R"({"target":"x","fail":1,"seed":-1})", "seed"},
      {R"({"target":"x","fail":1,"retry_after":"soon"})", "retry_after"},
      {R"({"target":"x","status":500,"permanent":true})", "permanent"},
      {R"({"target":"x","fail":1,"error_code":""})", "error_code"},
      {R"({"target":"x","fails":1})", "'fails'"}};
  FaultRoutes routes;
  for (const auto& [body, names] : cases) {
    CAPTURE(body);
    const json answer = routes.add(body, 400);
    CHECK(answer["message"].get<std::string>().find(names) != std::string::npos);
  }
  CHECK(routes.faults.list().empty());
}

TEST_CASE("where faults are not allowed, every route says how to allow them") {
  Snapshot<Topology> topology;
  const api::FaultsApi routes(nullptr, topology);
  for (const net::HttpResponse& response :
       {routes.add(R"({"target":"x","fail":1})"), routes.list(), routes.clear(""), routes.clear_one("1")}) {
    CHECK(response.status == 403);
    CHECK(response.body.find("allow_faults=true") != std::string::npos);
  }
}
