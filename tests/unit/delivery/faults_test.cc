#include "delivery/faults.h"

#include <doctest/doctest.h>

using namespace waybill;
using delivery::Faults;
using delivery::FaultSpec;

namespace {

EndpointSpec function_endpoint(const std::string& name) {
  EndpointSpec endpoint;
  endpoint.target = TargetKind::function;
  endpoint.target_arn = "arn:aws:lambda:us-east-1:000000000000:function:" + name;
  return endpoint;
}

EndpointSpec subscription_endpoint() {
  EndpointSpec endpoint;
  endpoint.kind = EndpointKind::subscription;
  endpoint.topic_arn = "arn:aws:sns:us-east-1:000000000000:alerts";
  endpoint.target_arn = endpoint.topic_arn + ":0b5c";
  endpoint.protocol = "email";
  endpoint.address = "ops@example.com";
  return endpoint;
}

FaultSpec failing(const std::string& target, std::optional<std::int64_t> count = std::nullopt) {
  FaultSpec spec;
  spec.target = target;
  spec.count = count;
  return spec;
}

}  // namespace

TEST_CASE("a fault names its target by ARN, name or address, with * for any characters") {
  const EndpointSpec work = function_endpoint("work");
  for (const char* target : {"work", "wo*", "*", "*work", "*:function:w*k", work.target_arn.c_str()}) {
    CAPTURE(target);
    CHECK(Faults::matches(target, work));
  }
  for (const char* target : {"", "wor", "function", "worker", "Work", "work*x", "arn:aws:lambda"}) {
    CAPTURE(target);
    CHECK_FALSE(Faults::matches(target, work));
  }
  for (const char* target : {"alerts", "ops@example.com", "*@example.com", "arn:aws:sns:*:alerts"}) {
    CAPTURE(target);
    CHECK(Faults::matches(target, subscription_endpoint()));
  }
  EndpointSpec api;
  api.target_arn = "arn:aws:events:us-east-1:000000000000:api-destination/calls/11aa";
  CHECK(Faults::matches("calls", api));
  CHECK_FALSE(Faults::matches("11aa", api));
  EndpointSpec bus;
  bus.target_arn = "arn:aws:events:us-east-1:000000000000:event-bus/orders";
  CHECK(Faults::matches("orders", bus));
}

TEST_CASE("a fault touches as many attempts as asked for, and is gone") {
  Faults faults;
  faults.add(failing("work", 2));
  const EndpointSpec work = function_endpoint("work");
  CHECK_FALSE(faults.take(function_endpoint("other"), true).has_value());
  CHECK(faults.take(work, true)->touched == 1);
  CHECK(faults.list().at(0).spec.count == 1);
  CHECK(faults.take(work, true)->touched == 2);
  CHECK_FALSE(faults.take(work, true).has_value());
  CHECK(faults.list().empty());
}

TEST_CASE("the oldest fault comes first; without a count it stays until it is cleared") {
  Faults faults;
  const auto first = faults.add(failing("work"));
  faults.add(failing("w*", 1));
  const EndpointSpec work = function_endpoint("work");
  for (int i = 0; i < 5; ++i) CHECK(faults.take(work, true)->id == first.id);
  CHECK(faults.remove(first.id) == 1);
  CHECK(faults.take(work, true)->spec.target == "w*");
  faults.add(failing("a"));
  faults.add(failing("a"));
  faults.add(failing("b"));
  CHECK(faults.remove("a") == 2);
  CHECK(faults.remove("a") == 0);
  CHECK(faults.clear() == 1);
}

TEST_CASE("the dice behind a rate fall the same way for the same seed") {
  const auto touched = [](std::uint64_t seed) {
    Faults faults;
    FaultSpec spec = failing("work");
    spec.rate = 0.25;
    spec.seed = seed;
    faults.add(spec);
    std::vector<int> which;
    for (int i = 0; i < 1000; ++i) {
      if (faults.take(function_endpoint("work"), true)) which.push_back(i);
    }
    return which;
  };
  CHECK(touched(7) == touched(7));
  CHECK(touched(7) != touched(8));
  CHECK(touched(7).size() > 200);
  CHECK(touched(7).size() < 300);
}

TEST_CASE("an attempt that cannot wait is left alone by a fault that is slow, and counted by the next") {
  Faults faults;
  FaultSpec slow = failing("work", 1);
  slow.latency = Millis{2000};
  faults.add(slow);
  const EndpointSpec work = function_endpoint("work");
  CHECK(faults.may_slow(work));
  CHECK_FALSE(faults.may_slow(function_endpoint("other")));
  CHECK_FALSE(faults.take(work, false).has_value());
  CHECK(faults.take(work, true).has_value());
  CHECK_FALSE(faults.may_slow(work));
}
