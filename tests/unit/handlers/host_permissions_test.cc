#include <doctest/doctest.h>

#include "handlers/host/handler_call.h"
#include "handlers/host/permissions.h"

using namespace waybill;

TEST_CASE("wildcards of policies: * is any run, ? is one character") {
  CHECK(wildcard_matches("*", "", false));
  CHECK(wildcard_matches("a*c", "abbbc", false));
  CHECK(wildcard_matches("a?c", "abc", false));
  CHECK_FALSE(wildcard_matches("a?c", "ac", false));
  CHECK(wildcard_matches("*table/logistics-*", "arn:aws:dynamodb:r:a:table/logistics-dev", false));
  CHECK_FALSE(wildcard_matches("dynamodb:putitem", "dynamodb:PutItem", false));
  CHECK(wildcard_matches("dynamodb:putitem", "dynamodb:PutItem", true));
  CHECK_FALSE(wildcard_matches("", "a", false));
}

TEST_CASE("a hostile pattern is matched in reasonable time") {
  CHECK_FALSE(wildcard_matches("*a*a*a*a*a*a*a*a*b", std::string(2000, 'a'), false));
}

TEST_CASE("an explicit Deny wins over any Allow, and nothing is allowed by silence") {
  const Topology topology;
  FunctionSpec function;
  function.permissions =
      std::vector<PolicyStatement>{{true, {"dynamodb:*"}, {"*"}}, {false, {"dynamodb:DeleteItem"}, {"*"}}};
  CHECK(is_allowed(topology, function, "dynamodb:PutItem", "arn:t"));
  CHECK_FALSE(is_allowed(topology, function, "dynamodb:DeleteItem", "arn:t"));
  CHECK_FALSE(is_allowed(topology, function, "sns:Publish", "arn:t"));
}

TEST_CASE("an index is read by its table's permission, but for a Deny of the index") {
  const Topology topology;
  FunctionSpec function;
  function.permissions = std::vector<PolicyStatement>{{true, {"dynamodb:Query"}, {"arn:t"}}};
  CHECK(may_read(topology, function, "dynamodb:Query", "arn:t/index/by-time").has_value());
  function.permissions->push_back({false, {"dynamodb:Query"}, {"arn:t/index/*"}});
  CHECK_FALSE(may_read(topology, function, "dynamodb:Query", "arn:t/index/by-time").has_value());
  CHECK(may_read(topology, function, "dynamodb:Query", "arn:t").has_value());
}
