#include "template/references.h"

#include "loading.h"

using namespace waybill;
using namespace waybill::templates;

namespace {

const Place kHome{"123456789012", "eu-central-1"};

std::vector<std::string> dangling(const std::string& text, const std::vector<Resource>& in_catalog = {}) {
  std::vector<std::string> said;
  for (const Notice& notice : dangling_references({load(text)}, in_catalog, kHome)) {
    CHECK(notice.kind == Notice::Kind::dangling);
    said.push_back(notice.logical_id + "." + notice.text);
  }
  return said;
}

using Said = std::vector<std::string>;

std::string rule(const std::string& arn, const std::string& more = "") {
  return "Resources: {R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [x]}, Targets: [{Id: a, Arn: '" +
         arn + "'" + more + "}]}}}";
}

const std::string kFunction = "arn:aws:lambda:eu-central-1:123456789012:function:f";

}  // namespace

TEST_CASE("a target that names nothing is noticed; one in the catalog or elsewhere is not") {
  CHECK(dangling(rule(kFunction)) == Said{"R.Targets[0].Arn names " + kFunction + ", which does not exist"});
  const std::vector<Resource> catalog = {
      {{"123456789012", "eu-central-1", "AWS::Lambda::Function", "f"}, "", R"({"Arn":")" + kFunction + "\"}"}};
  CHECK(dangling(rule(kFunction), catalog).empty());
  CHECK(dangling(rule(kFunction + ":live"), catalog).empty());
  CHECK(dangling(rule("arn:aws:lambda:us-east-1:123456789012:function:f")).empty());
  CHECK(dangling(rule("arn:aws:lambda:eu-central-1:999999999999:function:f")).empty());
  CHECK(dangling(rule("arn:aws:events:eu-central-1:123456789012:event-bus/default")).empty());
}

TEST_CASE("dead-letter targets, roles, actions and names are looked up too") {
  CHECK(dangling(rule("arn:aws:events:eu-central-1:123456789012:event-bus/default",
                      ", DeadLetterConfig: {Arn: 'arn:aws:sqs:eu-central-1:123456789012:q'}")) ==
        Said{"R.Targets[0].DeadLetterConfig.Arn names arn:aws:sqs:eu-central-1:123456789012:q, which does not exist"});
  CHECK(dangling("Resources: {F: {Type: AWS::Lambda::Function, Properties: {Runtime: native, Handler: a.b, Role: "
                 "'arn:aws:iam::123456789012:role/r'}}}") ==
        Said{"F.Role names arn:aws:iam::123456789012:role/r, which does not exist"});
  CHECK(dangling(
            "Resources: {R: {Type: AWS::Events::Rule, Properties: {EventBusName: b, EventPattern: {source: [x]}}}}") ==
        Said{"R.EventBusName names b, which does not exist"});
  CHECK(
      dangling(
          "Resources: {P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: f, Action: a, Principal: p}}}") ==
      Said{"P.FunctionName names f, which does not exist"});
  CHECK(
      dangling(
          "Resources: {A: {Type: AWS::CloudWatch::Alarm, Properties: {ComparisonOperator: GreaterThanThreshold, "
          "EvaluationPeriods: 1, Threshold: 1, MetricName: m, Namespace: n, Period: 60, Statistic: Sum, AlarmActions: "
          "['arn:aws:sns:eu-central-1:123456789012:t']}}}") ==
      Said{"A.AlarmActions[0] names arn:aws:sns:eu-central-1:123456789012:t, which does not exist"});
  CHECK(dangling(
            "Resources: {S: {Type: AWS::SNS::Subscription, Properties: {Protocol: email, Endpoint: a@b.cc, TopicArn: "
            "'arn:aws:sns:eu-central-1:123456789012:t'}}}") ==
        Said{"S.TopicArn names arn:aws:sns:eu-central-1:123456789012:t, which does not exist"});
}
