#include "bus/scheduler.h"

#include <doctest/doctest.h>

#include "support/pipeline.h"

namespace waybill::testing {

namespace {

using std::chrono::hours;
using std::chrono::minutes;

const std::string kRuleArn = "arn:aws:events:us-east-1:000000000000:rule/tick";

// A rule of the default bus with one target, put when the clock started.
std::vector<Resource> scheduled_rule(const Pipeline& pipeline, const std::string& expression,
                                     const std::string& state = "ENABLED") {
  Resource rule =
      resource("AWS::Events::Rule", "default/tick",
               R"({"ScheduleExpression":")" + expression + R"(","State":")" + state +
                   R"(","Targets":[{"Id":"1","Arn":"arn:aws:lambda:us-east-1:000000000000:function:work"}]})");
  const std::string now = std::to_string(to_millis(pipeline.wall.now()));
  rule.state = R"({"ScheduledAt":)" + now + R"(,"Modified":)" + now + "}";
  return {rule};
}

struct Scheduled {
  explicit Scheduled(const std::string& expression, const std::string& state = "ENABLED", bool turned = false)
      : is_virtual(turned) {
    pipeline.configure(scheduled_rule(pipeline, expression, state));
    scheduler.start({});
  }
  // The clock jumps; answers how often the target was called for it.
  std::size_t pass(Millis by) {
    const std::size_t before = pipeline.invoker.calls.size();
    pipeline.advance(by);
    scheduler.tick();
    pipeline.settle();
    return pipeline.invoker.calls.size() - before;
  }
  bus::Scheduler::Ports ports() {
    return {pipeline.topology, pipeline.journal, pipeline, pipeline.wall, pipeline.random, is_virtual};
  }
  const bool is_virtual;
  Pipeline pipeline{{}};
  bus::Scheduler scheduler{ports()};
};

}  // namespace

TEST_CASE("a rate fires one period after it was put, and then every period, without drift") {
  Scheduled run("rate(5 minutes)");
  CHECK(run.scheduler.next() == run.pipeline.wall.now() + minutes{5});
  CHECK(run.pass(minutes{5} - Millis{1}) == 0);
  CHECK(run.pass(Millis{1}) == 1);
  CHECK(run.pass(minutes{3}) == 0);
  CHECK(run.pass(minutes{2}) == 1);
}

TEST_CASE("when a machine has slept or its clock jumped, the latest missed time alone is made up for") {
  for (const char* expression : {"rate(1 minute)", "cron(0/5 * * * ? *)"}) {
    CAPTURE(expression);
    Scheduled run(expression);
    CHECK(run.pass(hours{3}) == 1);
    CHECK(run.pass(Millis{0}) == 0);
    CHECK(run.pass(minutes{5}) == 1);
  }
}

TEST_CASE("a clock that is turned leaves no time out however far, and the order is kept") {
  Scheduled run("rate(1 hour)", "ENABLED", true);
  const WallTime start = run.pipeline.wall.now();
  CHECK(run.pass(hours{3}) == 3);
  for (int i = 0; i < 3; ++i) {
    const std::string& event = run.pipeline.invoker.calls[static_cast<std::size_t>(i)].body;
    CHECK(event.find(R"("time":")" + iso8601_seconds(start + hours{i + 1}) + '"') != std::string::npos);
  }
}

TEST_CASE("the event is what EventBridge sends") {
  Scheduled run("rate(1 minute)");
  REQUIRE(run.pass(minutes{1}) == 1);
  const std::string& event = run.pipeline.invoker.calls[0].body;
  CHECK(event.find(R"("detail-type":"Scheduled Event","source":"aws.events","account":"000000000000")") !=
        std::string::npos);
  CHECK(event.ends_with(R"("resources":[")" + kRuleArn + R"("],"detail":{}})"));
}

TEST_CASE("a disabled rule does nothing, and enabling it makes up for nothing") {
  Scheduled run("rate(1 minute)", "DISABLED");
  CHECK(run.pass(hours{1}) == 0);
  auto rules = scheduled_rule(run.pipeline, "rate(1 minute)");
  run.pipeline.configure(rules);
  run.scheduler.reconfigure();
  CHECK(run.pass(Millis{0}) == 0);
  CHECK(run.pass(minutes{1}) == 1);
}

TEST_CASE("a change of the rule's targets does not restart its clock") {
  Scheduled run("rate(10 minutes)");
  CHECK(run.pass(minutes{6}) == 0);
  run.scheduler.reconfigure();
  CHECK(run.pass(minutes{4}) == 1);
}

TEST_CASE("after a restart the latest missed time alone is made up for, and nothing fires twice") {
  Scheduled run("rate(1 minute)");
  CHECK(run.pass(minutes{1}) == 1);
  CHECK(run.pass(minutes{1}) == 1);
  const auto& settings = run.pipeline.stored()->settings;
  const std::string name = std::string(bus::Scheduler::kSettingPrefix) + kRuleArn;
  REQUIRE(settings.contains(name));
  const std::map<std::string, std::string> fired{{kRuleArn, settings.at(name)}};

  bus::Scheduler at_once(run.ports());
  at_once.start(fired);
  at_once.tick();
  run.pipeline.settle();
  CHECK(run.pipeline.invoker.calls.size() == 2);

  run.pipeline.advance(hours{24 * 400} + Millis{30'000});
  bus::Scheduler after_a_year(run.ports());
  after_a_year.start(fired);
  after_a_year.tick();
  run.pipeline.settle();
  CHECK(run.pipeline.invoker.calls.size() == 3);
}

TEST_CASE("after a reset nothing fires that was due before it") {
  for (const bool turned : {false, true}) {
    CAPTURE(turned);
    Scheduled run("rate(5 minutes)", "ENABLED", turned);
    CHECK(run.pass(minutes{12}) > 0);
    run.scheduler.reset();
    run.scheduler.reconfigure();
    CHECK(run.pass(Millis{0}) == 0);
    CHECK(run.pass(minutes{3} - Millis{1}) == 0);
    CHECK(run.pass(Millis{1}) == 1);
  }
}

TEST_CASE("a rule that is gone does not fire, and tick() says when it wants to be called again") {
  Scheduled run("rate(1 minute)");
  CHECK(run.scheduler.tick() == run.pipeline.wall.now() + minutes{1});
  run.pipeline.configure({});
  run.scheduler.reconfigure();
  CHECK_FALSE(run.scheduler.tick().has_value());
  CHECK(run.pass(hours{1}) == 0);
}

}  // namespace waybill::testing
