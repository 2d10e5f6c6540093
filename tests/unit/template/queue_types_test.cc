// AWS::SQS::*, AWS::Lambda::EventSourceMapping, and what rules call outside.
#include "loading.h"

using namespace waybill;
using namespace waybill::templates;

namespace {

std::string one_of_type(const std::string& type, const std::string& properties) {
  return "Resources:\n  X:\n    Type: AWS::" + type + "\n    Properties: {" + properties + "}\n";
}
Json body_of_type(const std::string& type, const std::string& properties) {
  return body_of(load(one_of_type(type, properties)), "X");
}
std::string problem_of_type(const std::string& type, const std::string& properties) {
  const std::string text = error_of(one_of_type(type, properties));
  const std::size_t at = text.find(": ");
  return at == std::string::npos ? text : text.substr(at + 2);
}
std::string outputs_of(const std::string& text, const LoadOptions& options) {
  std::string lines;
  for (const Output& output : load(text, options).outputs) lines += output.name + "=" + output.value + "\n";
  return lines;
}

const std::string kQueueArn = "'arn:aws:sqs:eu-central-1:123456789012:dead'";
const std::string kMapping = "FunctionName: f, EventSourceArn: " + kQueueArn;
const std::string kConnectionArn = "'arn:aws:events:eu-central-1:123456789012:connection/c/1'";

}  // namespace

TEST_CASE("a queue's Ref is its URL, under the address of the daemon") {
  LoadOptions options = options_for();
  options.endpoint = "http://waybill:4567";
  CHECK(outputs_of(R"(
Resources:
  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
Outputs:
  Ref: {Value: !Ref Q}
  Url: {Value: !GetAtt Q.QueueUrl}
  Name: {Value: !GetAtt Q.QueueName}
  Arn: {Value: !GetAtt Q.Arn}
)",
                   options) ==
        "Ref=http://waybill:4567/123456789012/jobs\nUrl=http://waybill:4567/123456789012/jobs\nName=jobs\n"
        "Arn=arn:aws:sqs:eu-central-1:123456789012:jobs\n");
}

TEST_CASE("a queue without a name gets one, which ends in .fifo where it must") {
  CHECK(body_of_type("SQS::Queue", "")["QueueName"] == "demo-X");
  CHECK(body_of_type("SQS::Queue", "FifoQueue: true")["QueueName"] == "demo-X.fifo");
  CHECK(problem_of_type("SQS::Queue", "QueueName: a, FifoQueue: true") ==
        "X.QueueName: \"a\" must end in .fifo, as FifoQueue is true");
  CHECK(problem_of_type("SQS::Queue", "QueueName: a.fifo") ==
        "X.QueueName: \"a.fifo\" needs FifoQueue: true, as it ends in .fifo");
  CHECK(has(problem_of_type("SQS::Queue", "QueueName: a.b"), "letters, digits, hyphens and underscores only"));
}

TEST_CASE("numbers of a queue have their ranges, and properties of FIFO queues their place") {
  CHECK(body_of_type("SQS::Queue", "VisibilityTimeout: '90'")["VisibilityTimeout"] == 90);
  for (const char* wrong : {"VisibilityTimeout: 43201", "DelaySeconds: 901", "MaximumMessageSize: 1000",
                            "MessageRetentionPeriod: 59", "ReceiveMessageWaitTimeSeconds: 21"}) {
    CHECK_MESSAGE(!problem_of_type("SQS::Queue", wrong).empty(), wrong);
  }
  CHECK(problem_of_type("SQS::Queue", "ContentBasedDeduplication: true") ==
        "X.ContentBasedDeduplication: is for FIFO queues only");
  CHECK(has(problem_of_type("SQS::Queue", "FifoQueue: true, FifoThroughputLimit: perMessageGroupId"),
            "needs the DeduplicationScope messageGroup"));
}

TEST_CASE("a redrive policy names a queue of the same kind and a count") {
  const auto policy = [](const std::string& members) {
    return problem_of_type("SQS::Queue", "RedrivePolicy: {" + members + "}");
  };
  CHECK(body_of_type("SQS::Queue", "RedrivePolicy: {deadLetterTargetArn: " + kQueueArn +
                                       ", maxReceiveCount: '3'}")["RedrivePolicy"]["maxReceiveCount"] == 3);
  CHECK(policy("deadLetterTargetArn: x, maxReceiveCount: 3") ==
        "X.RedrivePolicy.deadLetterTargetArn: \"x\" is not the ARN of a queue");
  CHECK(policy("deadLetterTargetArn: " + kQueueArn) == "X.RedrivePolicy.maxReceiveCount: is missing");
  CHECK(policy("deadLetterTargetArn: " + kQueueArn + ", maxReceiveCount: 0") ==
        "X.RedrivePolicy.maxReceiveCount: 0 is not a whole number from 1 to 1000");
  CHECK(has(policy("deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:123456789012:d.fifo', maxReceiveCount: 3"),
            "the dead-letter queue of a standard queue must be a standard queue"));
  CHECK(has(problem_of_type("SQS::Queue",
                            "QueueName: d, RedrivePolicy: {deadLetterTargetArn: "
                            "'arn:aws:sqs:eu-central-1:123456789012:d', maxReceiveCount: 3}"),
            "X.RedrivePolicy.deadLetterTargetArn: a queue cannot be its own dead-letter queue"));
  CHECK(has(problem_of_type("SQS::Queue", "RedriveAllowPolicy: {redrivePermission: byQueue}"),
            "goes with the redrivePermission \"byQueue\""));
}

TEST_CASE("a queue policy lists URLs and has statements") {
  const Json body = body_of(load(R"(
Resources:
  Q: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
  P:
    Type: AWS::SQS::QueuePolicy
    Properties: {Queues: [!Ref Q], PolicyDocument: {Statement: []}}
)"),
                            "P");
  CHECK(body["Queues"] == Json{"http://127.0.0.1:4566/123456789012/jobs"});
  CHECK(has(problem_of_type("SQS::QueuePolicy", "Queues: [x], PolicyDocument: {}"), "Statement is missing"));
}

TEST_CASE("an event source mapping") {
  const Json body = body_of_type("Lambda::EventSourceMapping",
                                 kMapping +
                                     ", BatchSize: 10, FunctionResponseTypes: [ReportBatchItemFailures], "
                                     "ScalingConfig: {MaximumConcurrency: 2}");
  CHECK(body["BatchSize"] == 10);
  CHECK(body["ScalingConfig"]["MaximumConcurrency"] == 2);
  CHECK(has(problem_of_type("Lambda::EventSourceMapping", kMapping + ", BatchSize: 11"),
            "above 10 needs a MaximumBatchingWindowInSeconds of at least 1"));
  CHECK(error_of(
            one_of_type("Lambda::EventSourceMapping", kMapping + ", BatchSize: 11, MaximumBatchingWindowInSeconds: 1"))
            .empty());
  CHECK(has(problem_of_type("Lambda::EventSourceMapping", kMapping + ", FunctionResponseTypes: [All]"),
            "must be \"ReportBatchItemFailures\""));
  const auto notices =
      load(one_of_type("Lambda::EventSourceMapping",
                       "FunctionName: f, EventSourceArn: 'arn:aws:kinesis:eu-central-1:123456789012:s'"))
          .notices;
  REQUIRE(notices.size() == 1);
  CHECK(notices[0].text == "of event sources, Waybill has queues alone");
  LoadOptions options = options_for();
  options.check_pattern = [](std::string_view pattern) {
    return pattern == "{}" ? Status(invalid("no pattern")) : Status();
  };
  const std::string filters =
      kMapping + ", FilterCriteria: {Filters: [{Pattern: '{\"body\":{\"a\":[1]}}'}, {Pattern: '{}'}]}";
  CHECK(has(error_of(one_of_type("Lambda::EventSourceMapping", filters), options),
            "X.FilterCriteria.Filters[1].Pattern: no pattern"));
}

TEST_CASE("a filter of a queue looks at the body alone") {
  const auto filter = [](const std::string& pattern) {
    return error_of(one_of_type("Lambda::EventSourceMapping",
                                kMapping + ", FilterCriteria: {Filters: [{Pattern: '" + pattern + "'}]}"));
  };
  CHECK(filter(R"({"body":{"a":[1]}})").empty());
  CHECK(filter(R"({"$or":[{"body":["a"]},{"body":["b"]}]})").empty());
  CHECK(has(filter(R"({"messageAttributes":{"a":[1]}})"),
            "Filters[0].Pattern: \"messageAttributes\": a filter of a queue looks at the message's \"body\" alone"));
  CHECK(has(filter(R"({"$or":[{"body":["a"]},{"data":["b"]}]})"), "\"data\": a filter of a queue"));
}

TEST_CASE("a connection has the parameters of its type") {
  const Json body = body_of_type("Events::Connection",
                                 "Name: c, AuthorizationType: BASIC, AuthParameters: {BasicAuthParameters: {Username: "
                                 "u, Password: p}}");
  CHECK(text_member(body, "Arn").starts_with("arn:aws:events:eu-central-1:123456789012:connection/c/"));
  CHECK(problem_of_type("Events::Connection",
                        "AuthorizationType: API_KEY, AuthParameters: {BasicAuthParameters: {Username: u, Password: "
                        "p}}") ==
        "X.AuthParameters: Parameter ApiKeyAuthParameters is not valid. Reason: Missing required field(s)");
  CHECK(has(problem_of_type("Events::Connection", "AuthorizationType: NONE, AuthParameters: {}"),
            "X.AuthorizationType: "));
}

TEST_CASE("an API destination is called by https, unless the settings allow http") {
  const std::string members = "ConnectionArn: " + kConnectionArn + ", HttpMethod: POST, InvocationEndpoint: ";
  CHECK(error_of(one_of_type("Events::ApiDestination", members + "'https://x.example/y'")).empty());
  CHECK(has(problem_of_type("Events::ApiDestination", members + "'http://x.example/y'"),
            "or the setting allow_http_endpoints be true"));
  LoadOptions options = options_for();
  options.allow_http_endpoints = true;
  CHECK(error_of(one_of_type("Events::ApiDestination", members + "'http://x.example/y'"), options).empty());
  CHECK(has(problem_of_type("Events::ApiDestination",
                            "ConnectionArn: x, HttpMethod: POST, InvocationEndpoint: 'https://x.example'"),
            "\"x\" is not the ARN of a connection"));
}

TEST_CASE("a bus policy is a statement, or the members of one") {
  CHECK(body_of_type("Events::EventBusPolicy",
                     "StatementId: s, Action: 'events:PutEvents', Principal: '*'")["EventBusName"] == "default");
  CHECK(has(problem_of_type("Events::EventBusPolicy", "StatementId: s"), "Statement is missing"));
  CHECK(has(problem_of_type("Events::EventBusPolicy", "StatementId: s, Statement: {Effect: Allow}, Principal: '*'"),
            "either Statement, or Action and Principal can be given"));
}
