#include "template/resource_types.h"

#include <algorithm>
#include <set>

#include "loading.h"

using namespace waybill;
using namespace waybill::templates;

namespace {

// The one resource X of a type, with its properties in flow style.
std::string one(const std::string& type, const std::string& properties) {
  return "Resources:\n  X:\n    Type: " + type + "\n    Properties: {" + properties + "}\n";
}
Json body(const std::string& type, const std::string& properties) {
  return body_of(load(one("AWS::" + type, properties)), "X");
}
// The messages without file and position; "" when it loads.
std::string problem(const std::string& type, const std::string& properties) {
  const std::string text = error_of(one("AWS::" + type, properties));
  const std::size_t at = text.find(": ");
  return at == std::string::npos ? text : text.substr(at + 2);
}

const std::string kPattern = "EventPattern: {source: [x]}";
const std::string kKeys =
    "AttributeDefinitions: [{AttributeName: id, AttributeType: S}], "
    "KeySchema: [{AttributeName: id, KeyType: HASH}]";
const std::string kNative = "Runtime: native, Handler: a.b";
const std::string kArn = "'arn:aws:lambda:eu-central-1:123456789012:function:f'";

std::string rule_with_target(const std::string& target) {
  return problem("Events::Rule", kPattern + ", Targets: [{" + target + "}]");
}

}  // namespace

TEST_CASE("the table has these types, sorted") {
  std::vector<std::string> names;
  for (const ResourceType& type : resource_types()) names.push_back(type.name);
  CHECK(names == std::vector<std::string>{"AWS::CloudWatch::Alarm",
                                          "AWS::CloudWatch::Dashboard",
                                          "AWS::DynamoDB::Table",
                                          "AWS::Events::ApiDestination",
                                          "AWS::Events::Archive",
                                          "AWS::Events::Connection",
                                          "AWS::Events::EventBus",
                                          "AWS::Events::EventBusPolicy",
                                          "AWS::Events::Rule",
                                          "AWS::IAM::ManagedPolicy",
                                          "AWS::IAM::Policy",
                                          "AWS::IAM::Role",
                                          "AWS::Lambda::EventInvokeConfig",
                                          "AWS::Lambda::EventSourceMapping",
                                          "AWS::Lambda::Function",
                                          "AWS::Lambda::Permission",
                                          "AWS::Logs::LogGroup",
                                          "AWS::Logs::MetricFilter",
                                          "AWS::SNS::Subscription",
                                          "AWS::SNS::Topic",
                                          "AWS::SNS::TopicPolicy",
                                          "AWS::SQS::Queue",
                                          "AWS::SQS::QueuePolicy"});
  for (const std::string& name : names) CHECK(find_resource_type(name)->name == name);
  CHECK(find_resource_type("AWS::Events::Rul") == nullptr);
}

TEST_CASE("every type's name property is one of its properties, and no property is there twice") {
  for (const ResourceType& type : resource_types()) {
    std::set<std::string> names;
    for (const Property& property : type.properties) CHECK_MESSAGE(names.insert(property.name).second, property.name);
    CHECK_MESSAGE((type.name_property.empty() || names.contains(type.name_property)), type.name);
    CHECK_MESSAGE(!type.key.empty(), type.name);
    CHECK_MESSAGE(!type.ref.empty() == (type.name != "AWS::Lambda::Nothing"), type.name);
  }
}

TEST_CASE("a type that is not known names the nearest one; what is to come says so") {
  CHECK(problem("Event::Rule", kPattern) ==
        "X.Type: the type \"AWS::Event::Rule\" is not known to Waybill; the nearest is AWS::Events::Rule");
  CHECK(has(problem("SSM::Parameter", ""),
            "X.Type: the type \"AWS::SSM::Parameter\" is not supported by Waybill yet; the nearest is"));
  CHECK(has(problem("ApiGateway::RestApi", ""), "not supported by Waybill yet"));
}

TEST_CASE("an unknown property names the nearest one, at any depth") {
  CHECK(problem("SNS::Topic", "TopicNam: x") == "X.TopicNam: \"TopicNam\" is not known here; the nearest is TopicName");
  CHECK(rule_with_target("Id: a, Arn: " + kArn + ", RetryPolicy: {MaximumRetryAttempt: 2}") ==
        "X.Targets[0].RetryPolicy.MaximumRetryAttempt: \"MaximumRetryAttempt\" is not known here; the nearest is "
        "MaximumRetryAttempts");
}

TEST_CASE("with unknown: warn an unknown property, and an unknown resource, are left out with a notice") {
  LoadOptions options = options_for();
  options.unknown = UnknownMode::warn;
  const LoadedTemplate loaded = load(R"(
Resources:
  X: {Type: AWS::SNS::Topic, Properties: {TopicName: x, Colour: red}}
  Y: {Type: AWS::SSM::Parameter}
)",
                                     options);
  CHECK(loaded.resources.size() == 1);
  CHECK_FALSE(body_of(loaded, "X").contains("Colour"));
  REQUIRE(loaded.notices.size() == 2);
  CHECK(loaded.notices[0] ==
        Notice{Notice::Kind::unknown, "demo", "Y", "demo-Y", "AWS::SSM::Parameter",
               "the type \"AWS::SSM::Parameter\" is not supported by Waybill yet; the nearest is " +
                   loaded.notices[0].text.substr(loaded.notices[0].text.find("AWS::", 60))});
  CHECK(has(loaded.notices[1].text, "X.Colour: \"Colour\" is not known here"));
  CHECK(has(
      error_of(
          "Resources: {Y: {Type: AWS::SSM::Parameter}, T: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Y}}}",
          options),
      "refers to Y, but Y is left out because its type AWS::SSM::Parameter is not known"));
}

TEST_CASE("values are brought into the form of the property") {
  const Json function =
      body("Lambda::Function", kNative +
                                   ", Timeout: '30', ReservedConcurrentExecutions: 0, Environment: {Variables: {A: 1, "
                                   "B: true, C: 1.5, D: x}}");
  CHECK(function["Timeout"] == Json(30));
  CHECK(function["ReservedConcurrentExecutions"] == Json(0));
  CHECK(function["Environment"]["Variables"] == Json{{"A", "1"}, {"B", "true"}, {"C", "1.5"}, {"D", "x"}});
  CHECK(body("DynamoDB::Table",
             kKeys + ", TimeToLiveSpecification: {Enabled: 'true', AttributeName: t}")["TimeToLiveSpecification"]
                                                                                      ["Enabled"] == Json(true));
  CHECK(problem("Lambda::Function", kNative + ", Timeout: soon") == "X.Timeout: \"soon\" is not a whole number");
  CHECK(problem("Lambda::Function", kNative + ", Timeout: 1.5") == "X.Timeout: \"1.5\" is not a whole number");
  CHECK(problem("Lambda::Function", kNative + ", Timeout: [1]") == "X.Timeout: a list is not a whole number");
  CHECK(problem("Lambda::Function", kNative + ", Timeout:") == "X.Timeout: has no value");
  CHECK(problem("Lambda::Function", kNative + ", Environment: x") == "X.Environment: must be a map, not a string");
  CHECK(problem("SNS::Topic", "TopicName: [a]") == "X.TopicName: must be a text, not a list");
  CHECK(problem("DynamoDB::Table", kKeys + ", TimeToLiveSpecification: {Enabled: maybe}") ==
        "X.TimeToLiveSpecification.Enabled: must be true or false, not \"maybe\"");
}

TEST_CASE("names: given or <stack>-<LogicalId>, checked for length and letters") {
  CHECK(body("SNS::Topic", "")["TopicName"] == "demo-X");
  CHECK(body("SNS::Topic", "TopicName: news")["TopicName"] == "news");
  CHECK(problem("SNS::Topic", "TopicName: 'a b'") ==
        "X.TopicName: the name \"a b\" may have letters, digits and _-. only");
  CHECK(problem("SNS::Topic", "TopicName: a.b") == "X.TopicName: \"a.b\" may have letters, digits, _ and - only");
  CHECK(problem("Lambda::Function", kNative + ", FunctionName: " + std::string(65, 'f')) ==
        "X.FunctionName: the name \"" + std::string(65, 'f') + "\" has 65 characters, at most 64 are allowed");
  CHECK(problem("Events::EventBus", "Name: default") ==
        "X.Name: the bus \"default\" always exists and cannot be declared");
  CHECK(problem("Events::EventBus", "Name: a/b") == "X.Name: the name \"a/b\" may have letters, digits and ._- only");
  CHECK(problem("Events::EventBus", "") == "X: Name is missing");
}

TEST_CASE("a name that Waybill makes up is cut to what the type allows, and stays distinct") {
  const auto name = [](const std::string& id, const std::string& type, const std::string& property,
                       const std::string& more = "") {
    const std::string text = "Resources: {" + id + ": {Type: AWS::" + type + ", Properties: {" + more + "}}}";
    return body_of(load(text), id)[property].get<std::string>();
  };
  const std::string stem(80, 'q');
  const std::string queue = name(stem + "1", "SQS::Queue", "QueueName");
  CHECK(queue.size() == 80);
  CHECK(queue.starts_with("demo-" + stem.substr(0, 62) + "-"));
  CHECK(queue == name(stem + "1", "SQS::Queue", "QueueName"));
  CHECK(queue != name(stem + "2", "SQS::Queue", "QueueName"));
  const std::string fifo = name(stem, "SQS::Queue", "QueueName", "FifoQueue: true");
  CHECK(fifo.size() == 80);
  CHECK(fifo.ends_with(".fifo"));
  CHECK(name(std::string(59, 'f'), "Lambda::Function", "FunctionName", kNative) == "demo-" + std::string(59, 'f'));
  CHECK(name(std::string(60, 'f'), "Lambda::Function", "FunctionName", kNative).size() == 64);
}

TEST_CASE("an archive keeps events for no more days than are counted") {
  const std::string source = "SourceArn: 'arn:aws:events:eu-central-1:123456789012:event-bus/default', RetentionDays: ";
  CHECK(body("Events::Archive", source + "2147483647")["RetentionDays"] == 2147483647);
  CHECK(problem("Events::Archive", source + "4294967297") == "X.RetentionDays: 4294967297 must be 0 to 2147483647");
}

TEST_CASE("a rule has a pattern or a schedule, a bus name from a name or an ARN, and its pattern as text") {
  CHECK(body("Events::Rule", kPattern)["EventPattern"] == R"({"source":["x"]})");
  CHECK(body("Events::Rule", R"(EventPattern: '{"source": ["x"]}')")["EventPattern"] == R"({"source": ["x"]})");
  CHECK(
      body("Events::Rule", R"(EventPattern: {z: [1, 1.50, true, null, "5"], a: [{exists: false}]})")["EventPattern"] ==
      R"({"z":[1,1.5,true,null,"5"],"a":[{"exists":false}]})");
  CHECK(body("Events::Rule", kPattern)["EventBusName"] == "default");
  CHECK(body("Events::Rule",
             kPattern + ", EventBusName: 'arn:aws:events:eu-central-1:123456789012:event-bus/b'")["EventBusName"] ==
        "b");
  CHECK(problem("Events::Rule", "State: ENABLED") == "X: EventPattern or ScheduleExpression must be given");
  CHECK(problem("Events::Rule", "ScheduleExpression: rate(1 minute), EventBusName: b") ==
        "X.ScheduleExpression: is supported only on the default event bus");
  CHECK(problem("Events::Rule", "EventPattern: [x]") == "X.EventPattern: must be a JSON object");
  std::string group;
  for (int i = 0; i < 100; ++i) group += "é";
  const auto of_group = [](const std::string& text) {
    return rule_with_target(
        "Id: '1', Arn: 'arn:aws:sqs:us-east-1:000000000000:q', SqsParameters: {MessageGroupId: " + text + "}");
  };
  CHECK(of_group(group) == "");  // characters, not bytes
  CHECK(of_group(group + "é").find("is 101 characters long and must be at most 100") != std::string::npos);
  CHECK(problem("Events::Rule", "EventPattern: '{'") == "X.EventPattern: must be a JSON object");
  CHECK(
      has(problem("Events::Rule", "EventPattern: {a: [" + std::string(2100, 'x') + "]}"), "at most 2048 are allowed"));
  CHECK(problem("Events::Rule", kPattern + ", State: ON1") ==
        "X.State: \"ON1\" is not one of ENABLED, DISABLED or ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS");
}

TEST_CASE("patterns are checked by whoever knows them") {
  LoadOptions options = options_for();
  std::vector<std::string> seen;
  options.check_pattern = [&](std::string_view text) -> Status {
    seen.emplace_back(text);
    if (text.find("bad") != std::string_view::npos) return invalid("Event pattern is not valid. Reason: bad");
    return {};
  };
  load(one("AWS::Events::Rule", kPattern), options);
  CHECK(seen == std::vector<std::string>{R"({"source":["x"]})"});
  CHECK(has(error_of(one("AWS::Events::Rule", "EventPattern: {bad: [x]}"), options),
            "demo.yaml:4:18: X.EventPattern: Event pattern is not valid. Reason: bad"));
  CHECK(has(error_of(one("AWS::Events::Archive",
                         "EventPattern: {bad: [x]}, SourceArn: 'arn:aws:events:eu-central-1:123456789012:event-bus/b'"),
                     options),
            "X.EventPattern: Event pattern is not valid."));
}

TEST_CASE("targets: Id and Arn, at most five, retry limits, one kind of input") {
  CHECK(rule_with_target("Arn: " + kArn) == "X.Targets[0]: Id is missing");
  CHECK(rule_with_target("Id: a") == "X.Targets[0]: Arn is missing");
  CHECK(rule_with_target("Id: a, Arn: lambda") == "X.Targets[0].Arn: \"lambda\" is not an ARN");
  CHECK(rule_with_target("Id: 'a b', Arn: " + kArn) ==
        "X.Targets[0].Id: \"a b\" may have letters, digits and ._- only");
  CHECK(rule_with_target("Id: a, Arn: " + kArn + ", RetryPolicy: {MaximumRetryAttempts: 186}") ==
        "X.Targets[0].RetryPolicy.MaximumRetryAttempts: 186 must be 0 to 185");
  CHECK(rule_with_target("Id: a, Arn: " + kArn + ", RetryPolicy: {MaximumEventAgeInSeconds: 59}") ==
        "X.Targets[0].RetryPolicy.MaximumEventAgeInSeconds: 59 must be 60 to 86400");
  CHECK(rule_with_target("Id: a, Arn: " + kArn +
                         ", RetryPolicy: {MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60}") == "");
  CHECK(rule_with_target("Id: a, Arn: " + kArn + ", Input: '{}', InputPath: $.a") ==
        "X.Targets[0]: only one of Input, InputPath and InputTransformer can be given");
  CHECK(rule_with_target("Id: a, Arn: " + kArn + ", Input: '{'") ==
        R"text(X.Targets[0]: JSON syntax error in input for target a: [Source: (String)"{"; line: 1, column: 1])text");
  CHECK(rule_with_target("Id: a, Arn: " + kArn + ", InputPath: detail") ==
        "X.Targets[0]: InputPath for target a is invalid.");
  CHECK(rule_with_target("Id: a, Arn: " + kArn + "}, {Id: a, Arn: " + kArn) ==
        "X.Targets[1].Id: a second target with the Id \"a\"");
  std::string six = "Id: t0, Arn: " + kArn;
  for (int i = 1; i < 6; ++i) six += "}, {Id: t" + std::to_string(i) + ", Arn: " + kArn;
  CHECK(rule_with_target(six) == "X.Targets: has 6 entries and must be at most 5");
}

TEST_CASE("a function runs natively, with limits") {
  CHECK(problem("Lambda::Function", "Runtime: python3.12, Handler: app.handler") ==
        "X.Runtime: \"python3.12\" cannot be run; Waybill runs C++ handlers: set Runtime to native and Handler to "
        "<plugin>.<name>");
  CHECK(has(problem("Lambda::Function", "Runtime: native, Handler: shipments"), "is not of the form <plugin>.<name>"));
  CHECK(has(problem("Lambda::Function", "Runtime: native, Handler: a.b.c"), "is not of the form <plugin>.<name>"));
  CHECK(problem("Lambda::Function", "Runtime: native") == "X: Handler is missing");
  CHECK(problem("Lambda::Function", kNative + ", Timeout: 0") == "X.Timeout: 0 must be 1 to 900");
  CHECK(problem("Lambda::Function", kNative + ", Timeout: 901") == "X.Timeout: 901 must be 1 to 900");
  CHECK(problem("Lambda::Function", kNative + ", ReservedConcurrentExecutions: -1") ==
        "X.ReservedConcurrentExecutions: -1 must be at least 0");
  CHECK(problem("Lambda::Function", kNative + ", Role: admin") == "X.Role: \"admin\" is not the ARN of a role");
  CHECK(problem("Lambda::Function", kNative + ", DeadLetterConfig: {TargetArn: " + kArn + "}") ==
        "X.DeadLetterConfig.TargetArn: \"arn:aws:lambda:eu-central-1:123456789012:function:f\" is not the ARN of a "
        "topic or "
        "a queue");
}

TEST_CASE("policies grant what they say, or are refused") {
  const auto role = [](const std::string& statement) {
    return problem("IAM::Role",
                   "AssumeRolePolicyDocument: {Statement: []}, Policies: [{PolicyName: p, PolicyDocument: "
                   "{Statement: [{" +
                       statement + "}]}}]");
  };
  const std::string at = "X.Policies[0].PolicyDocument.Statement[0]";
  CHECK(role("Effect: Allow, Action: 'sns:*', Resource: '*'") == "");
  CHECK(role("Effect: Perhaps, Action: 'sns:*', Resource: '*'") == at + ".Effect: must be Allow or Deny");
  CHECK(role("Effect: Allow, Resource: '*'") == at + ": Action is missing");
  CHECK(role("Effect: Allow, Action: [1], Resource: '*'") == at + ".Action: must be a text or a list of texts");
  CHECK(role("Effect: Allow, NotAction: a, Resource: '*'") == at + ".NotAction: NotAction is not supported");
  // A document may be text; it is kept as an object.
  CHECK(body("IAM::Policy",
             R"(PolicyName: p, Roles: [r], PolicyDocument: '{"Statement":[]}')")["PolicyDocument"]["Statement"]
            .is_array());
  const LoadedTemplate loaded = load(one("AWS::IAM::Policy",
                                         "PolicyName: p, PolicyDocument: {Statement: {Effect: Allow, "
                                         "Action: a, Resource: b, Condition: {Bool: {x: y}}}}"));
  REQUIRE(loaded.notices.size() == 1);
  CHECK(loaded.notices[0].kind == Notice::Kind::doubtful);
  CHECK(has(loaded.notices[0].text, "PolicyDocument.Statement has a Condition, which is not looked at"));
}

TEST_CASE("JSON texts that are nested without end are refused") {
  std::string deep = R"({"Statement":)";
  deep.append(200'000, '[').append(200'000, ']').append("}");
  CHECK(problem("IAM::Policy", "PolicyName: p, PolicyDocument: '" + deep + "'") ==
        "X.PolicyDocument: must be a JSON object");
  CHECK(has(problem("Events::Rule", "EventPattern: '" + deep + "'"), "X.EventPattern: must be a JSON object"));
}

TEST_CASE("a metric filter with a pattern in brackets does not do what its author wants, and is doubted") {
  const auto doubts = [](const std::string& pattern) {
    int count = 0;
    for (const Notice& notice :
         load(one("AWS::Logs::MetricFilter", "LogGroupName: g, FilterPattern: '" + pattern +
                                                 "', MetricTransformations: [{MetricName: m, MetricNamespace: n, "
                                                 "MetricValue: '1'}]"))
             .notices) {
      count += notice.kind == Notice::Kind::doubtful ? 1 : 0;
    }
    return count;
  };
  CHECK(doubts("[ERROR]") == 1);
  CHECK(doubts("ERROR") == 0);
  CHECK(doubts("\"[ERROR]\"") == 0);
  CHECK(doubts("[level = ERROR, text]") == 0);
  CHECK(doubts("{ $.level = \"ERROR\" }") == 0);
}

TEST_CASE("alarms, dashboards and log groups are checked as far as AWS checks them") {
  const std::string alarm = "ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, Threshold: 1, ";
  CHECK(problem("CloudWatch::Alarm", alarm + "MetricName: m, Namespace: n, Period: 60, Statistic: Sum") == "");
  CHECK(has(problem("CloudWatch::Alarm", alarm + "Namespace: n"), "X: either MetricName with Namespace or Metrics"));
  CHECK(has(problem("CloudWatch::Alarm", alarm + "MetricName: m, Namespace: n, Period: 61, Statistic: Sum"),
            "X.Period: 61 is not 10, 20, 30 or a multiple of 60 seconds"));
  CHECK(has(problem("CloudWatch::Alarm", alarm + "MetricName: m, Namespace: n, Period: 60"),
            "either Statistic or ExtendedStatistic"));
  CHECK(has(problem("Logs::LogGroup", "RetentionInDays: 8"), "X.RetentionInDays: 8 is not one of 1, 3, 5, 7"));
  CHECK(problem("CloudWatch::Dashboard", "DashboardBody: hello") == "X.DashboardBody: must be a JSON object as text");
}

TEST_CASE("what is loaded and not active yet says so, by name") {
  const LoadedTemplate loaded = load(R"(
Resources:
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: b}}
  Logs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /g}}
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties: {FilterName: f, LogGroupName: /g, FilterPattern: x,
                 MetricTransformations: [{MetricName: m, MetricNamespace: n, MetricValue: '1'}]}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties: {AlarmName: al, ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, Threshold: 1,
                 MetricName: m, Namespace: n, Period: 60, Statistic: Sum}
  Board: {Type: AWS::CloudWatch::Dashboard, Properties: {DashboardName: d, DashboardBody: '{}'}}
)");
  std::vector<std::string> said;
  for (const Notice& notice : loaded.notices) {
    CHECK(notice.kind == Notice::Kind::not_active);
    said.push_back(notice.template_name + " " + notice.logical_id + " " + notice.physical_name);
  }
  CHECK(said == std::vector<std::string>{"demo Logs /g", "demo Filter f", "demo Alarm al", "demo Board d"});
  CHECK(display(loaded.notices[2]) == "demo: Alarm (AWS::CloudWatch::Alarm al): the alarm is not evaluated yet");
}
