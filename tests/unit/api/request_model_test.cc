#include <set>

#include <doctest/doctest.h>

#include "api/request/check_request.h"
#include "api/request/operation_model.h"

using namespace waybill::api;

namespace {

using Json = nlohmann::json;

struct Sample {
  const char* operation;
  const char* smallest;  // a request that the model takes, with nothing but what is required
};

// Every operation that has a model.
constexpr Sample kSamples[] = {
    {"TestEventPattern", R"({"EventPattern":"{}","Event":"{}"})"},
    {"CreateEventBus", R"({"Name":"aws.partner/a/b"})"},
    {"DeleteEventBus", R"({"Name":"orders"})"},
    {"DescribeEventBus", "{}"},
    {"ListEventBuses", "{}"},
    {"UpdateEventBus", "{}"},
    {"PutRule", R"({"Name":"r"})"},
    {"DeleteRule", R"({"Name":"r"})"},
    {"DescribeRule", R"({"Name":"r"})"},
    {"EnableRule", R"({"Name":"r"})"},
    {"DisableRule", R"({"Name":"r"})"},
    {"ListRules", "{}"},
    {"ListRuleNamesByTarget", R"({"TargetArn":"a"})"},
    {"PutTargets", R"({"Rule":"r","Targets":[{"Id":"1","Arn":"a"}]})"},
    {"RemoveTargets", R"({"Rule":"r","Ids":["1"]})"},
    {"ListTargetsByRule", R"({"Rule":"r"})"},
    {"TagResource", R"({"ResourceARN":"a","Tags":[]})"},
    {"UntagResource", R"({"ResourceARN":"a","TagKeys":[]})"},
    {"ListTagsForResource", R"({"ResourceARN":"a"})"},
    {"PutPermission", "{}"},
    {"RemovePermission", "{}"},
    {"CreateArchive",
     R"({"ArchiveName":"a","EventSourceArn":"arn:aws:events:eu-west-1:123456789012:event-bus/default"})"},
    {"DeleteArchive", R"({"ArchiveName":"a"})"},
    {"DescribeArchive", R"({"ArchiveName":"a"})"},
    {"ListArchives", "{}"},
    {"UpdateArchive", R"({"ArchiveName":"a"})"},
    {"StartReplay", R"({"ReplayName":"r","EventSourceArn":"arn:aws:events:eu-west-1:123456789012:archive/a",)"
                    R"("EventStartTime":1,"EventEndTime":2.5,"Destination":{"Arn":"b"}})"},
    {"CancelReplay", R"({"ReplayName":"r"})"},
    {"DescribeReplay", R"({"ReplayName":"r"})"},
    {"ListReplays", "{}"},
    {"CreateConnection", R"({"Name":"c","AuthorizationType":"BASIC","AuthParameters":{}})"},
    {"UpdateConnection", R"({"Name":"c"})"},
    {"DeleteConnection", R"({"Name":"c"})"},
    {"DeauthorizeConnection", R"({"Name":"c"})"},
    {"DescribeConnection", R"({"Name":"c"})"},
    {"ListConnections", "{}"},
    {"CreateApiDestination", R"({"Name":"d","ConnectionArn":"arn:aws:events:eu-west-1:123456789012:connection/c/1-2",)"
                             R"("InvocationEndpoint":"https://x.example/*","HttpMethod":"POST"})"},
    {"UpdateApiDestination", R"({"Name":"d"})"},
    {"DeleteApiDestination", R"({"Name":"d"})"},
    {"DescribeApiDestination", R"({"Name":"d"})"},
    {"ListApiDestinations", "{}"},
};

std::string problem_of(const char* name, Json request) {
  const OperationModel* model = operation(name);
  REQUIRE(model);
  const auto error = check_request(*model, request);
  return error ? error->message : "";
}

}  // namespace

TEST_CASE("all 57 operations of the API are known, each once") {
  std::set<std::string_view> names;
  for (const OperationModel* each : operations()) names.insert(each->name);
  CHECK(names.size() == 57);
  CHECK(operations().size() == 57);
}

TEST_CASE("an operation is found by its exact name") {
  REQUIRE(operation("PutRule"));
  CHECK(operation("PutRule")->support == Support::core);
  CHECK(operation("CreateConnection")->support == Support::later);
  CHECK(operation("CreateEndpoint")->support == Support::unsupported);
  CHECK(operation("putRule") == nullptr);
  CHECK(operation("AWSEvents.PutRule") == nullptr);
  CHECK(operation("") == nullptr);
}

TEST_CASE("what is not supported: partner event sources and global endpoints") {
  int unsupported = 0;
  for (const OperationModel* each : operations()) {
    if (each->support != Support::unsupported) continue;
    ++unsupported;
    CHECK(each->members.empty());
  }
  CHECK(unsupported == 15);
}

TEST_CASE("each operation takes its smallest request, and misses whatever is taken out of it") {
  std::set<std::string_view> tried{"PutEvents"};  // has a parser of its own
  for (const Sample& sample : kSamples) {
    CAPTURE(sample.operation);
    tried.insert(sample.operation);
    const Json smallest = Json::parse(sample.smallest);
    CHECK(problem_of(sample.operation, smallest) == "");
    for (const auto& [name, value] : smallest.items()) {
      Json without = smallest;
      without.erase(name);
      std::string path = name;
      path[0] = static_cast<char>(std::tolower(path[0]));
      CHECK(problem_of(sample.operation, without) == "1 validation error detected: Value 'null' at '" + path +
                                                         "' failed to satisfy constraint: Member must not be null");
    }
  }
  for (const OperationModel* each : operations()) {
    CAPTURE(each->name);
    CHECK(tried.count(each->name) == (each->support == Support::unsupported ? 0 : 1));
  }
}

TEST_CASE("each member of each operation refuses a value of the wrong type, by name") {
  for (const OperationModel* each : operations()) {
    for (const Member& member : each->members) {
      CAPTURE(each->name);
      CAPTURE(member.name);
      Json request{{std::string(member.name), member.shape.kind == Kind::boolean ? Json("true") : Json(true)}};
      const auto error = check_request(*each, request);
      REQUIRE(error);
      CHECK(error->code == "SerializationException");
      CHECK(error->message.starts_with(std::string(member.name) + ": "));
    }
  }
}
