// Attempts that hang, throw, or may not be made: what becomes of them, and of everybody else's.
#include <stdexcept>

#include <doctest/doctest.h>

#include "delivery/dispatcher.h"
#include "support/pipeline.h"

using namespace waybill;
using namespace waybill::testing;
using delivery::Attempt;
using delivery::AttemptResult;
using std::chrono::seconds;

namespace {

Resource rule(const std::string& source, const std::string& target) {
  return resource("AWS::Events::Rule", "orders/" + source,
                  R"({"EventBusName":"orders","EventPattern":{"source":[")" + source +
                      R"("]},"Targets":[{"Id":"1","Arn":")" + target + R"("}]})");
}

// Beside the function "work" another one, and a queue: a target without a function.
std::vector<Resource> three_rules(const std::string& function_extra = "", const std::string& target_extra = "") {
  auto resources = one_rule(target_extra, function_extra);
  resources.push_back(resource("AWS::Lambda::Function", "other", R"({"Handler":"test.work","Timeout":30})"));
  resources.push_back(rule("other", "arn:aws:lambda:us-east-1:000000000000:function:other"));
  resources.push_back(rule("queue", "arn:aws:sqs:us-east-1:000000000000:parcels"));
  return resources;
}

struct Hanging : Pipeline {
  explicit Hanging(const std::string& function_extra = "", const std::string& target_extra = "")
      : Pipeline(three_rules(function_extra, target_extra)) {
    invoker.act = [this](const Attempt& attempt) {
      if (!attempt.endpoint.target_arn.ends_with("work")) {
        passed_at.push_back(hanging);
        return AttemptResult{};
      }
      most = std::max(most, ++hanging);
      while (run_one()) {  // others get their chance while it hangs
      }
      if (meanwhile) meanwhile();
      --hanging;
      return AttemptResult{};
    };
  }
  void put_hanging(int count) { put(std::vector<bus::Entry>(static_cast<std::size_t>(count), entry())); }

  int hanging = 0, most = 0;
  std::vector<int> passed_at;  // others' attempts: how many hung then
  std::function<void()> meanwhile;
};

AttemptResult raw_bytes_thrown(const Attempt&) { throw std::runtime_error("bad byte \xff"); }

}  // namespace

TEST_CASE("an event behind six of a function that hangs reaches another function while they hang") {
  Hanging pipeline;
  pipeline.put_hanging(6);
  pipeline.put({entry("{}", "other")});
  pipeline.settle();
  REQUIRE(pipeline.passed_at.size() == 1);
  CHECK(pipeline.passed_at[0] > 0);
  CHECK(pipeline.most == 4);  // it holds no more threads than that
  CHECK(pipeline.invoker.calls.size() == 7);
}

TEST_CASE("what calls no function needs no thread that functions can hold") {
  Hanging pipeline;
  pipeline.put_hanging(6);
  pipeline.put({entry("{}", "queue")});
  while (pipeline.executor.run_one()) {  // and no caller does anything
  }
  CHECK(pipeline.passed_at.size() == 1);
  CHECK(pipeline.hanging == 0);
  pipeline.settle();
}

TEST_CASE("a function that hangs runs no more invocations at once than it reserves") {
  Hanging pipeline(R"(,"ReservedConcurrentExecutions":2)");
  pipeline.put_hanging(6);
  pipeline.settle();
  CHECK(pipeline.most == 2);
  CHECK(pipeline.invoker.calls.size() == 6);
}

TEST_CASE("four that hang past their timeout make a function unhealthy: it fails without a thread until one is back") {
  Hanging pipeline("", R"(,"RetryPolicy":{"MaximumRetryAttempts":0})");
  pipeline.meanwhile = [&] {
    pipeline.meanwhile = nullptr;
    pipeline.wall.advance(seconds{31});
    pipeline.steady.advance(seconds{31});
    pipeline.dispatcher->tick();
    while (pipeline.executor.run_one()) {  // no caller: the sound ones have gone to the others
    }
  };
  pipeline.put_hanging(6);
  pipeline.settle();
  CHECK(pipeline.invoker.calls.size() == 4);
  std::map<std::string, int> errors;
  for (const auto& [id, letter] : pipeline.stored()->dead_letters) ++errors[letter.error_code];
  CHECK(errors == std::map<std::string, int>{{"TIMEOUT", 4}, {"ERROR_FROM_TARGET", 2}});
  pipeline.put_hanging(1);
  pipeline.settle();
  CHECK(pipeline.invoker.calls.size() == 5);
  CHECK(pipeline.stored()->dead_letters.size() == 6);
}

TEST_CASE("an attempt that throws is a failed one, and gives back what it held") {
  Pipeline pipeline(one_rule(R"(,"RetryPolicy":{"MaximumRetryAttempts":1})", R"(,"ReservedConcurrentExecutions":1)"));
  pipeline.invoker.act = raw_bytes_thrown;
  pipeline.put({entry(), entry(), entry()});
  pipeline.settle();
  for (int i = 0; i < 5; ++i) pipeline.advance(std::chrono::minutes{1});
  CHECK(pipeline.invoker.calls.size() == 6);
  REQUIRE(pipeline.stored()->dead_letters.size() == 3);
  const DeadLetter& letter = pipeline.stored()->dead_letters.begin()->second;
  CHECK(letter.error_code == "INTERNAL_ERROR");
  CHECK(letter.error_message.find("bad byte \xEF\xBF\xBD") != std::string::npos);
  CHECK(pipeline.dispatcher->quiet());
}

TEST_CASE("an asynchronous attempt that throws is a failed one") {
  Pipeline pipeline(one_rule(R"(,"RetryPolicy":{"MaximumRetryAttempts":0})"));
  pipeline.invoker.async = true;
  pipeline.invoker.act = raw_bytes_thrown;
  pipeline.put({entry()});
  pipeline.run_ready();
  REQUIRE(pipeline.stored()->dead_letters.size() == 1);
  CHECK(pipeline.stored()->dead_letters.begin()->second.error_code == "INTERNAL_ERROR");
  CHECK(pipeline.dispatcher->quiet());
}

TEST_CASE("when a dead letter cannot be routed, even by an exception, its record is kept and deliveries go on") {
  Pipeline pipeline(one_rule());
  pipeline.invoker.act = [](const Attempt&) { return FakeInvoker::failed(delivery::FailureClass::permanent); };
  pipeline.dead_letters.act = []() -> delivery::Consequences { throw std::runtime_error("a record that is no JSON"); };
  pipeline.put({entry(), entry(), entry()});
  pipeline.settle();
  CHECK(pipeline.stored()->dead_letters.size() == 3);
  CHECK(pipeline.stored()->deliveries.empty());
  CHECK(pipeline.stored()->dead_letters.begin()->second.error_code == "ERROR_FROM_TARGET");
}

TEST_CASE("events for a function that reserves no execution wait, and end as THROTTLING at their age limit") {
  const std::string none = R"(,"ReservedConcurrentExecutions":0)";
  const std::string hour = R"(,"RetryPolicy":{"MaximumEventAgeInSeconds":3600})";
  Pipeline pipeline(one_rule(hour, none));
  pipeline.put({entry(), entry()});
  pipeline.settle();
  pipeline.advance(std::chrono::minutes{59});
  CHECK(pipeline.stored()->deliveries.size() == 2);
  REQUIRE(pipeline.dispatcher->next_due());
  CHECK(*pipeline.dispatcher->next_due() == pipeline.wall.now() + std::chrono::minutes{1});
  pipeline.advance(std::chrono::minutes{1});
  CHECK(pipeline.invoker.calls.empty());
  CHECK(pipeline.stored()->deliveries.empty());
  REQUIRE(pipeline.stored()->dead_letters.size() == 2);
  const DeadLetter& letter = pipeline.stored()->dead_letters.begin()->second;
  CHECK(letter.error_code == "THROTTLING");
  CHECK(letter.exhausted_condition == "MaximumEventAgeInSeconds");
  CHECK(letter.attempts == 0);
}

TEST_CASE("events for a function that reserves no execution are delivered once it does") {
  Pipeline pipeline(one_rule("", R"(,"ReservedConcurrentExecutions":0)"));
  pipeline.put({entry(), entry()});
  pipeline.settle();
  CHECK(pipeline.invoker.calls.empty());
  pipeline.configure(one_rule("", R"(,"ReservedConcurrentExecutions":1)"));
  pipeline.settle();
  CHECK(pipeline.invoker.calls.size() == 2);
}
