#include "model/topology.h"

#include <doctest/doctest.h>

using namespace waybill;

namespace {

Resource resource(const std::string& kind, const std::string& name, const std::string& body,
                  const std::string& owner = "t") {
  return {{"000000000000", "us-east-1", kind, name}, owner, body};
}

std::shared_ptr<const Topology> build(const std::vector<Resource>& resources, Topology::EndpointNumbers& numbers) {
  return Topology::build(catalog_of(resources).value(), Place{}, numbers).value();
}

const std::string kFunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:work";

Resource rule_on_orders(const std::string& target_extra = "") {
  return resource("AWS::Events::Rule", "orders/r",
                  R"({"EventBusName":"orders","EventPattern":{"source":["s"]},"Targets":[{"Id":"1","Arn":")" +
                      kFunctionArn + "\"" + target_extra + "}]}");
}

}  // namespace

TEST_CASE("the default bus is always there") {
  Topology::EndpointNumbers numbers;
  CHECK(build({}, numbers)->bus("default"));
  CHECK_FALSE(build({}, numbers)->bus("orders"));
}

TEST_CASE("a queue that does not say takes messages of the size that the setting allows") {
  Topology::EndpointNumbers numbers;
  const auto catalog = catalog_of({resource("AWS::SQS::Queue", "silent", "{}"),
                                   resource("AWS::SQS::Queue", "own", R"({"MaximumMessageSize":2048})")});
  const auto size = [](const std::shared_ptr<const Topology>& topology, const std::string& name) {
    return topology->queue(topology->place().queue(name))->max_message_bytes;
  };
  const auto usual = Topology::build(catalog.value(), Place{}, numbers).value();
  CHECK(size(usual, "silent") == 262'144);
  CHECK(size(usual, "own") == 2048);
  const auto raised = Topology::build(catalog.value(), Place{}, numbers, nullptr, Retries::single, 1'048'576).value();
  CHECK(size(raised, "silent") == 1'048'576);
  CHECK(size(raised, "own") == 2048);
}

TEST_CASE("a rule's targets become endpoints that know their function, policy and dead-letter target") {
  Topology::EndpointNumbers numbers;
  const auto topology = build(
      {resource("AWS::Events::EventBus", "orders", "{}"),
       resource(
           "AWS::Lambda::Function", "work",
           R"({"Handler":"a.b","Timeout":7,"ReservedConcurrentExecutions":10,"Environment":{"Variables":{"X":"1"}},)"
           R"("DeadLetterConfig":{"TargetArn":"arn:t"}})"),
       rule_on_orders(R"(,"RetryPolicy":{"MaximumRetryAttempts":2,"MaximumEventAgeInSeconds":3600},)"
                      R"("DeadLetterConfig":{"Arn":"arn:d"})")},
      numbers);
  const BusSpec* bus = topology->bus("orders");
  REQUIRE(bus->rules.size() == 1);
  CHECK(bus->rules[0].pattern == R"({"source":["s"]})");
  const auto endpoint = topology->endpoint(bus->rules[0].targets[0].endpoint);
  REQUIRE(endpoint);
  CHECK(endpoint->rule_arn == "arn:aws:events:us-east-1:000000000000:rule/orders/r");
  CHECK(endpoint->retry.max_retries == 2);
  CHECK(endpoint->retry.max_age == std::chrono::seconds{3600});
  CHECK(endpoint->dlq_arn == "arn:d");
  REQUIRE(endpoint->function);
  CHECK(endpoint->function->timeout == std::chrono::seconds{7});
  CHECK(endpoint->function->concurrency == 10);
  CHECK(endpoint->function->environment.at("X") == "1");
  CHECK(endpoint->function->dlq_arn == "arn:t");
  CHECK_FALSE(endpoint->function->permissions);
}

TEST_CASE("an endpoint keeps its number when everything is built again") {
  Topology::EndpointNumbers numbers;
  const std::vector<Resource> resources{resource("AWS::Events::EventBus", "orders", "{}"), rule_on_orders()};
  const auto first = build(resources, numbers)->bus("orders")->rules[0].targets[0].endpoint;
  REQUIRE(numbers.fresh.size() == 1);
  numbers.fresh.clear();
  CHECK(build(resources, numbers)->bus("orders")->rules[0].targets[0].endpoint == first);
  CHECK(numbers.fresh.empty());
}

TEST_CASE("what is not set is 185 retries and 24 hours; a disabled rule says so") {
  Topology::EndpointNumbers numbers;
  Resource off = resource("AWS::Events::Rule", "default/r",
                          R"({"EventPattern":"{\"a\":[1]}","State":"DISABLED","Targets":[{"Id":"1","Arn":"x"}]})");
  const auto topology = build({off}, numbers);
  const RuleSpec& rule = topology->bus("default")->rules.at(0);
  CHECK_FALSE(rule.enabled);
  CHECK(rule.pattern == R"({"a":[1]})");
  const auto endpoint = topology->endpoint(rule.targets[0].endpoint);
  CHECK(endpoint->retry.max_retries == 185);
  CHECK(endpoint->retry.max_age == std::chrono::hours{24});
}

TEST_CASE("a role's inline, attached and managed policies are the function's permissions") {
  Topology::EndpointNumbers numbers;
  const std::string document = R"({"Statement":[{"Effect":"Allow","Action":"sns:Publish","Resource":["*"]}]})";
  const auto topology = build(
      {resource("AWS::IAM::Role", "role",
                R"({"Policies":[{"PolicyDocument":)" + document + R"(}],"ManagedPolicyArns":["arn:m"]})"),
       resource("AWS::IAM::Policy", "p", R"({"Roles":["role"],"PolicyDocument":)" + document + "}"),
       resource("AWS::IAM::ManagedPolicy", "m", R"({"Arn":"arn:m","PolicyDocument":)" + document + "}"),
       resource("AWS::Lambda::Function", "work", R"({"Handler":"a.b","Role":"arn:aws:iam::000000000000:role/role"})")},
      numbers);
  const auto function = topology->function(kFunctionArn);
  REQUIRE(function->permissions);
  CHECK(function->permissions->size() == 3);
  CHECK(function->permissions->at(0).actions == std::vector<std::string>{"sns:Publish"});
}

TEST_CASE("a topic knows its subscriptions, and who owns what is known by ARN") {
  Topology::EndpointNumbers numbers;
  const std::string topic = "arn:aws:sns:us-east-1:000000000000:alerts";
  const auto topology = build({resource("AWS::SNS::Topic", "alerts", R"({"Arn":")" + topic + "\"}", "mine"),
                               resource("AWS::SNS::Subscription", "t/S",
                                        R"({"TopicArn":")" + topic + R"(","Protocol":"email","Endpoint":"a@b.co"})")},
                              numbers);
  REQUIRE(topology->topic(topic));
  CHECK(topology->topic(topic)->subscriptions.at(0).address == "a@b.co");
  CHECK(topology->owner_of(topic) == "mine");
  CHECK(topology->owner_of("arn:else").empty());
}

TEST_CASE("a broken resource in the catalog is an error, not a crash") {
  CHECK(catalog_of({resource("AWS::Events::Rule", "default/r", "{")}).error().code == ErrorCode::corrupt);
  Topology::EndpointNumbers numbers;
  const auto catalog = catalog_of({resource("AWS::Events::Rule", "default/r", R"({"State": 5})")}).value();
  CHECK(Topology::build(catalog, Place{}, numbers).error().code == ErrorCode::corrupt);
}

namespace {

Resource function_named(const std::string& name) {
  return resource("AWS::Lambda::Function", name, R"({"Handler":"a.b"})");
}

std::shared_ptr<const EndpointSpec> invocations_of(const Topology& topology, const std::string& arn) {
  const auto function = topology.function(arn);
  return function ? topology.endpoint(function->invocations) : nullptr;
}

}  // namespace

TEST_CASE("a function's invocations are deliveries of their own where it has an EventInvokeConfig") {
  Topology::EndpointNumbers numbers;
  const auto topology =
      build({resource("AWS::Events::EventBus", "orders", "{}"), function_named("work"), function_named("plain"),
             function_named("hears"),
             resource("AWS::Lambda::EventInvokeConfig", "s/c",
                      R"({"FunctionName":"work","Qualifier":"$LATEST","MaximumRetryAttempts":1,)"
                      R"("MaximumEventAgeInSeconds":600,"DestinationConfig":{"OnFailure":{"Destination":)"
                      R"("arn:aws:lambda:us-east-1:000000000000:function:hears"}}})"),
             rule_on_orders()},
            numbers);
  const auto endpoint = invocations_of(*topology, kFunctionArn);
  REQUIRE(endpoint);
  CHECK(endpoint->kind == EndpointKind::function);
  CHECK(endpoint->key == "function " + kFunctionArn);
  CHECK(endpoint->function->two_stages);
  CHECK(endpoint->retry.max_retries == 1);
  CHECK(endpoint->retry.max_age == std::chrono::seconds{600});
  CHECK(endpoint->retry.phases->delay_before(1) == std::chrono::minutes{1});
  CHECK(endpoint->function->invoke.on_failure.ends_with("function:hears"));
  CHECK_FALSE(invocations_of(*topology, "arn:aws:lambda:us-east-1:000000000000:function:plain"));
  // It can be invoked with the record, and its rules still call it in one stage.
  const auto hears = topology->function("arn:aws:lambda:us-east-1:000000000000:function:hears");
  CHECK(topology->endpoint(hears->invocations));
  CHECK_FALSE(hears->two_stages);
}

TEST_CASE("with the retries of AWS every function has two stages, of two retries after one minute and two") {
  Topology::EndpointNumbers numbers;
  const auto topology =
      Topology::build(catalog_of({function_named("work")}).value(), Place{}, numbers, nullptr, Retries::aws).value();
  const auto endpoint = invocations_of(*topology, kFunctionArn);
  REQUIRE(endpoint);
  CHECK(endpoint->retry.max_retries == 2);
  CHECK(endpoint->retry.max_age == std::chrono::hours{6});
  CHECK(endpoint->retry.phases->delay_before(1) == std::chrono::minutes{1});
  CHECK(endpoint->retry.phases->delay_before(2) == std::chrono::minutes{2});
}

TEST_CASE("invocations that wait find their function also when its configuration is gone") {
  Topology::EndpointNumbers numbers;
  numbers.by_key["function " + kFunctionArn] = EndpointId{7};
  numbers.last = 7;
  const auto topology = build({function_named("work")}, numbers);
  REQUIRE(invocations_of(*topology, kFunctionArn));
  CHECK(topology->endpoint(EndpointId{7})->function->name == "work");
  CHECK_FALSE(topology->endpoint(EndpointId{7})->function->two_stages);
}
