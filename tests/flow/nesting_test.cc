// What is nested 100,000 levels, wherever in a request it may stand: it is answered, the daemon goes on, and it starts
// again. Whatever copies, compares or writes JSON recurses, and would end the daemon.
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "api/request/operation_model.h"
#include "api/sns/sns_api.h"
#include "api/sqs/sqs_shapes.h"
#include "daemon/app.h"
#include "net/http_client.h"
#include "net/url.h"
#include "support/temp_dir.h"

using namespace waybill;
using Json = nlohmann::json;

namespace {

constexpr int kLevels = 100'000;
constexpr const char* kMark = "@deep@";

std::string repeated(std::string_view part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

std::string deep_array() { return repeated("[", kLevels) + repeated("]", kLevels); }
// {"‹name›":[[…]]}: an object, as policies are.
std::string deep_object(const std::string& name = "X") { return "{\"" + name + "\":" + deep_array() + "}"; }
std::string deep_objects() { return repeated("{\"a\":", kLevels) + "1" + repeated("}", kLevels); }

constexpr const char* kCloudEvent = "application/cloudevents+json";
constexpr const char* kForm = "application/x-www-form-urlencoded";

struct Request {
  std::string method = "POST", path = "/", target{}, body{}, type = "application/x-amz-json-1.1";
};

class Daemon {
 public:
  Daemon() { start(); }

  void start() {
    Settings made;
    made.set("listen", "127.0.0.1:0").value();
    made.set("data_dir", (directory_.path() / "data").string()).value();
    made.set("rules", std::string(WAYBILL_SOURCE_DIR) + "/rules/logistics-events.yaml").value();
    made.set("clock", "virtual").value();
    made.set("allow_faults", "true").value();
    made.set("log.level", "off").value();
    app_ = std::make_unique<App>(std::move(made));
    const Status started = app_->start();
    REQUIRE_MESSAGE(started.has_value(), (started ? "" : started.error().message));
  }
  void start_again() {
    CHECK(app_->stop());
    app_.reset();
    start();
  }

  unsigned send(const Request& request) const {
    net::HttpCall call;
    call.method = request.method;
    call.url = "http://127.0.0.1:" + std::to_string(app_->port()) + request.path;
    call.body = request.body;
    if (!request.target.empty()) call.headers.emplace_back("X-Amz-Target", request.target);
    call.headers.emplace_back("Content-Type", request.type);
    const auto response = net::http_call(call);
    REQUIRE_MESSAGE(response.has_value(), (request.target + " " + request.path));
    return response->status;
  }
  void survives(const Request& request) const {
    CAPTURE(request.target);
    CAPTURE(request.path);
    CAPTURE(request.body.substr(0, 300));
    CHECK(send(request) < 500);
  }
  unsigned form(const std::string& body) const { return send({.body = body, .type = kForm}); }

 private:
  testing::TempDir directory_;
  std::unique_ptr<App> app_;
};

constexpr const char* kArn = "arn:aws:events:us-east-1:000000000000:";

// A request for each operation of the control plane that would do something, in an order in which all can.
std::vector<std::pair<std::string, Json>> control_requests() {
  const std::string arn = kArn, bus = arn + "event-bus/default", queue = "arn:aws:sqs:us-east-1:000000000000:jobs";
  const Json tags = Json::array({{{"Key", "k"}, {"Value", "v"}}});
  const Json basic{{"BasicAuthParameters", {{"Username", "u"}, {"Password", "p"}}},
                   {"InvocationHttpParameters", {{"HeaderParameters", {{{"Key", "k"}, {"Value", "v"}}}}}}};
  const Json log{{"Level", "ERROR"}, {"IncludeDetail", "NONE"}};
  return {
      {"CreateEventBus",
       {{"Name", "orders"}, {"LogConfig", log}, {"DeadLetterConfig", {{"Arn", queue}}}, {"Tags", tags}}},
      {"UpdateEventBus", {{"Name", "orders"}, {"LogConfig", log}, {"DeadLetterConfig", {{"Arn", queue}}}}},
      {"DescribeEventBus", {{"Name", "orders"}}},
      {"ListEventBuses", {{"NamePrefix", "o"}}},
      {"PutPermission", {{"Policy", "{}"}, {"EventBusName", "orders"}}},
      {"RemovePermission", {{"StatementId", "s"}, {"EventBusName", "orders"}}},
      {"PutRule", {{"Name", "r"}, {"EventPattern", R"({"source":["a"]})"}, {"Tags", tags}}},
      {"EnableRule", {{"Name", "r"}}},
      {"DisableRule", {{"Name", "r"}}},
      {"DescribeRule", {{"Name", "r"}}},
      {"ListRules", {{"NamePrefix", "r"}}},
      {"PutTargets",
       {{"Rule", "r"},
        {"Targets",
         {{{"Id", "1"},
           {"Arn", queue},
           {"RetryPolicy", {{"MaximumRetryAttempts", 1}}},
           {"DeadLetterConfig", {{"Arn", queue}}},
           {"SqsParameters", {{"MessageGroupId", "g"}}},
           {"InputTransformer", {{"InputPathsMap", {{"v", "$.detail"}}}, {"InputTemplate", "<v>"}}}}}}}},
      {"ListTargetsByRule", {{"Rule", "r"}}},
      {"ListRuleNamesByTarget", {{"TargetArn", queue}}},
      {"RemoveTargets", {{"Rule", "r"}, {"Ids", {"2"}}}},
      {"TagResource", {{"ResourceARN", arn + "rule/r"}, {"Tags", tags}}},
      {"UntagResource", {{"ResourceARN", arn + "rule/r"}, {"TagKeys", {"k"}}}},
      {"ListTagsForResource", {{"ResourceARN", arn + "rule/r"}}},
      {"TestEventPattern", {{"EventPattern", "{}"}, {"Event", "{}"}}},
      {"CreateArchive",
       {{"ArchiveName", "a"}, {"EventSourceArn", bus}, {"EventPattern", R"({"source":["a"]})"}, {"Description", "d"}}},
      {"UpdateArchive", {{"ArchiveName", "a"}, {"Description", "e"}}},
      {"DescribeArchive", {{"ArchiveName", "a"}}},
      {"ListArchives", {{"NamePrefix", "a"}}},
      {"StartReplay",
       {{"ReplayName", "p"},
        {"EventSourceArn", arn + "archive/a"},
        {"EventStartTime", 1},
        {"EventEndTime", 2},
        {"Destination", {{"Arn", bus}, {"FilterArns", {arn + "rule/r"}}}}}},
      {"CancelReplay", {{"ReplayName", "p"}}},
      {"DescribeReplay", {{"ReplayName", "p"}}},
      {"ListReplays", {{"NamePrefix", "p"}}},
      {"CreateConnection", {{"Name", "c"}, {"AuthorizationType", "BASIC"}, {"AuthParameters", basic}}},
      {"UpdateConnection", {{"Name", "c"}, {"AuthorizationType", "BASIC"}, {"AuthParameters", basic}}},
      {"DescribeConnection", {{"Name", "c"}}},
      {"ListConnections", {{"NamePrefix", "c"}}},
      {"CreateApiDestination",
       {{"Name", "d"},
        {"ConnectionArn", arn + "connection/c/1-2"},
        {"InvocationEndpoint", "https://x.example/*"},
        {"HttpMethod", "POST"}}},
      {"UpdateApiDestination", {{"Name", "d"}, {"HttpMethod", "PUT"}}},
      {"DescribeApiDestination", {{"Name", "d"}}},
      {"ListApiDestinations", {{"NamePrefix", "d"}}},
      {"DeleteApiDestination", {{"Name", "d"}}},
      {"DeauthorizeConnection", {{"Name", "c"}}},
      {"DeleteConnection", {{"Name", "c"}}},
      {"DeleteArchive", {{"ArchiveName", "none"}}},
      {"DeleteRule", {{"Name", "none"}}},
      {"DeleteEventBus", {{"Name", "none"}}},
  };
}

// Every place of the request where a deep value may stand: a member more of each object, and each text.
void collect_places(const Json& value, const std::string& path, std::vector<std::string>& into) {
  if (value.is_object()) into.push_back(path + "/X");
  if (value.is_string()) into.push_back(path);
  if (value.is_array() && !value.empty()) collect_places(value.front(), path + "/0", into);
  if (!value.is_object()) return;
  for (const auto& [name, member] : value.items()) collect_places(member, path + "/" + name, into);
}

// An unknown member is the deep value itself, a text has it as text.
std::vector<std::string> deep_bodies(const Json& request) {
  std::vector<std::string> places, bodies;
  collect_places(request, "", places);
  for (const std::string& place : places) {
    Json marked = request;
    marked[Json::json_pointer(place)] = kMark;
    const std::string quoted = "\"" + std::string(kMark) + "\"";
    std::string body = marked.dump();
    body.replace(body.find(quoted), quoted.size(), place.ends_with("/X") ? deep_array() : Json(deep_object()).dump());
    bodies.push_back(std::move(body));
  }
  return bodies;
}

Json sample(const api::SqsShape& shape) {
  switch (shape.kind) {
    case api::SqsKind::integer: return 1;
    case api::SqsKind::boolean: return true;
    case api::SqsKind::list: return Json::array({sample(*shape.element)});
    case api::SqsKind::map: return {{"k", sample(*shape.element)}};
    case api::SqsKind::structure: break;
    default: return "x";
  }
  Json object = Json::object();
  for (const api::SqsMember& member : shape.members) object[std::string(member.name)] = sample(member.shape);
  return object;
}

}  // namespace

TEST_CASE("nested 100,000 levels: every operation of the control plane answers, and the daemon starts again") {
  Daemon daemon;
  std::set<std::string> tried{"PutEvents"};
  for (const auto& [operation, request] : control_requests()) {
    tried.insert(operation);
    const std::string target = "AWSEvents." + operation;
    for (const std::string& body : deep_bodies(request)) daemon.survives({.target = target, .body = body});
    CHECK_MESSAGE(daemon.send({.target = target, .body = request.dump()}) < 500, operation);
  }
  for (const api::OperationModel* each : api::operations()) {
    const bool expected = each->support != api::Support::unsupported;
    CHECK_MESSAGE((tried.count(std::string(each->name)) == 1) == expected, each->name);
  }
  for (const std::string& policy : {deep_array(), deep_object(), deep_object("Statement"),
                                    R"({"Statement":[)" + deep_object() + "]}", deep_objects()}) {
    daemon.survives({.target = "AWSEvents.PutPermission", .body = Json{{"Policy", policy}}.dump()});
  }
  daemon.start_again();
}

TEST_CASE("nested 100,000 levels: SQS answers in both protocols, and the daemon starts again") {
  Daemon daemon;
  for (const api::SqsOperationModel& model : api::sqs_operation_models()) {
    Json request = sample(api::sqs_structure(model.request));
    if (request.contains("QueueUrl")) request["QueueUrl"] = "http://h/000000000000/jobs";
    for (const std::string& body : deep_bodies(request)) {
      daemon.survives({.target = "AmazonSQS." + std::string(model.name), .body = body});
    }
  }
  REQUIRE(daemon.send({.target = "AmazonSQS.CreateQueue", .body = R"({"QueueName":"jobs"})"}) == 200);
  for (const char* name : {"Policy", "RedrivePolicy", "RedriveAllowPolicy"}) {
    for (const std::string& policy :
         {deep_array(), deep_object(), deep_object("Statement"), deep_object("maxReceiveCount"),
          R"({"redrivePermission":"allowAll","X":)" + deep_array() + "}",
          R"({"deadLetterTargetArn":"a","maxReceiveCount":)" + deep_array() + "}"}) {
      const Json attributes{{name, policy}};
      daemon.survives(
          {.target = "AmazonSQS.CreateQueue", .body = Json{{"QueueName", "other"}, {"Attributes", attributes}}.dump()});
      daemon.survives({.target = "AmazonSQS.SetQueueAttributes",
                       .body = Json{{"QueueUrl", "/000000000000/jobs"}, {"Attributes", attributes}}.dump()});
      const std::string form = "Action=SetQueueAttributes&Version=2012-11-05&QueueUrl=%2F000000000000%2Fjobs" +
                               std::string("&Attribute.1.Name=") + name + "&Attribute.1.Value=" + policy;
      daemon.survives({.body = form, .type = kForm});
    }
  }
  daemon.start_again();
}

TEST_CASE("nested 100,000 levels: SNS answers, and the daemon starts again") {
  Daemon daemon;
  const std::string topic = "arn:aws:sns:us-east-1:000000000000:news", version = "&Version=2010-03-31";
  REQUIRE(daemon.form("Action=CreateTopic&Name=news" + version) == 200);
  const std::string subscribe = "Action=Subscribe&Protocol=sqs&Endpoint=arn:aws:sqs:us-east-1:000000000000:jobs" +
                                std::string("&ReturnSubscriptionArn=true&TopicArn=") + topic + version;
  REQUIRE(daemon.form(subscribe) == 200);
  const std::string retries = R"({"healthyRetryPolicy":{"numRetries":)" + deep_array() + "}}";
  for (const std::string& value :
       {deep_array(), deep_object(), deep_objects(), retries, deep_object("deadLetterTargetArn")}) {
    for (const char* name : {"Policy", "DeliveryPolicy"}) {
      const std::string attribute =
          std::string("Attributes.entry.1.key=") + name + "&Attributes.entry.1.value=" + value;
      daemon.survives({.body = "Action=CreateTopic&Name=other&" + attribute + version, .type = kForm});
      daemon.survives({.body = "Action=SetTopicAttributes&TopicArn=" + topic + "&AttributeName=" + name +
                               "&AttributeValue=" + value + version,
                       .type = kForm});
    }
    for (const char* name : {"FilterPolicy", "RedrivePolicy", "DeliveryPolicy"}) {
      const std::string attribute =
          std::string("&Attributes.entry.1.key=") + name + "&Attributes.entry.1.value=" + value;
      daemon.survives({.body = subscribe + attribute, .type = kForm});
      daemon.survives({.body = subscribe + attribute +
                               "&Attributes.entry.2.key=FilterPolicyScope&Attributes.entry.2.value=MessageBody",
                       .type = kForm});
    }
    const std::string publish = "Action=Publish&TopicArn=" + topic + version;
    daemon.survives({.body = publish + "&Message=" + value, .type = kForm});
    daemon.survives({.body = publish + "&MessageStructure=json&Message=" + value, .type = kForm});
    daemon.survives({.body = publish + "&Message=m&MessageAttributes.entry.1.Name=a" +
                             "&MessageAttributes.entry.1.Value.DataType=String.Array" +
                             "&MessageAttributes.entry.1.Value.StringValue=" + value,
                     .type = kForm});
  }
  daemon.start_again();
}

TEST_CASE("nested 100,000 levels: events and Waybill's own routes answer, and the daemon starts again") {
  Daemon daemon;
  const std::string entry = R"({"Source":"a","DetailType":"b","EventBusName":"default","Detail":)";
  const std::string own = "/_waybill/";
  std::vector<Request> requests;
  for (const std::string& deep : {deep_array(), deep_object(), deep_objects()}) {
    const std::string event = entry + deep + "}";
    requests.push_back({.path = "/events", .body = event});
    requests.push_back({.path = "/events", .body = entry + "{},\"X\":" + deep + "}"});
    requests.push_back({.target = "AWSEvents.PutEvents", .body = R"({"X":)" + deep + R"(,"Entries":[]})"});
    requests.push_back({.target = "AWSEvents.PutEvents", .body = R"({"EndpointId":)" + deep + R"(,"Entries":[]})"});
    requests.push_back(
        {.target = "AWSEvents.PutEvents", .body = R"({"Entries":[)" + entry + Json(deep).dump() + "}]}"});
    const std::string cloud = R"({"specversion":"1.0","id":"1","source":"s","type":"t","data":)";
    requests.push_back({.path = "/cloudevents", .body = cloud + deep + "}", .type = kCloudEvent});
    requests.push_back(
        {.path = "/cloudevents", .body = cloud + R"({"cloudevent":)" + deep + "}}", .type = kCloudEvent});
    for (const char* name : {"id", "filter", "detail", "dry_run", "X"}) {
      const std::string one = "{\"filter\":{},\"" + std::string(name) + "\":" + deep + "}";
      requests.push_back({.path = own + "dead-letters/redrive", .body = one});
    }
    requests.push_back({.path = own + "dead-letters/redrive", .body = R"({"filter":{"target":)" + deep + "}}"});
    for (const char* name : {"advance", "to", "halt", "X"}) {
      requests.push_back({.path = own + "clock", .body = "{\"" + std::string(name) + "\":" + deep + "}"});
    }
    for (const char* name : {"target", "fail", "latency", "status", "rate", "permanent", "X"}) {
      const std::string one = "{\"target\":\"t\",\"" + std::string(name) + "\":" + deep + "}";
      requests.push_back({.path = own + "faults", .body = one});
    }
    for (const char* path : {"clock", "faults", "dead-letters/redrive"})
      requests.push_back({.path = own + path, .body = deep});
  }
  // As deep as a request's target may be long.
  requests.push_back({.method = "GET",
                      .path = own + "tables/logistics-shipment-events-dev/items?start=" +
                              net::percent_encode(repeated("[", 1'000) + repeated("]", 1'000))});
  for (const Request& request : requests) daemon.survives(request);
  daemon.start_again();
}
