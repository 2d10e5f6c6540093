// What a rule of a template may say of its targets, and the quotas that it shares with the API.
#include <doctest/doctest.h>

#include "loading.h"

using namespace waybill;
using namespace waybill::templates;

namespace {

const std::string kTargetArn = "'arn:aws:lambda:eu-central-1:123456789012:function:f'";
const std::string kBegin = "Resources:\n  X:\n    Type: AWS::Events::Rule\n    Properties: {";

std::string rule_with(const std::string& targets) {
  return kBegin + "EventPattern: {source: [x]}, Targets: [{" + targets + "}]}\n";
}
// Without file and position; "" when it loads.
std::string said_of(const std::string& targets) {
  const std::string text = error_of(rule_with(targets));
  const std::size_t at = text.find(": ");
  return at == std::string::npos ? text : text.substr(at + 2);
}

}  // namespace

TEST_CASE("a target may have parameters of the request to its API destination, and those of other services") {
  const std::string http =
      "HttpParameters: {PathParameterValues: [a, 7], HeaderParameters: {X-Shop: b}, QueryStringParameters: {q: $.id}}";
  const Json rule = body_of(load(rule_with("Id: a, Arn: " + kTargetArn + ", " + http)), "X");
  CHECK(rule["Targets"][0]["HttpParameters"] ==
        Json::parse(R"({"PathParameterValues":["a","7"],"HeaderParameters":{"X-Shop":"b"},)"
                    R"("QueryStringParameters":{"q":"$.id"}})"));
  CHECK(said_of("Id: a, Arn: " + kTargetArn + ", HttpParameters: {Headers: {a: b}}") ==
        "X.Targets[0].HttpParameters.Headers: \"Headers\" is not known here; the nearest is HeaderParameters");
  for (const char* block : {"KinesisParameters: {PartitionKeyPath: $.id}", "EcsParameters: {TaskDefinitionArn: x}",
                            "BatchParameters: {JobName: x}", "AppSyncParameters: {GraphQLOperation: x}",
                            "RedshiftDataParameters: {Database: x}", "SageMakerPipelineParameters: {}",
                            "RunCommandParameters: {RunCommandTargets: []}"}) {
    CHECK(said_of("Id: a, Arn: " + kTargetArn + ", " + block) == "");
  }
}

TEST_CASE("the length of a rule's pattern is limited as for the API") {
  const std::string rule = kBegin + "EventPattern: {source: [" + std::string(100, 'x') + "]}}\n";
  LoadOptions options = options_for();
  options.pattern_characters = 100;
  CHECK(has(error_of(rule, options), "X.EventPattern: the pattern has 115 characters, at most 100 are allowed"));
  options.pattern_characters = 115;
  CHECK(error_of(rule, options) == "");
}

TEST_CASE("a rule may have as many targets as for the API") {
  std::string six = "Id: t0, Arn: " + kTargetArn;
  for (int i = 1; i < 6; ++i) six += "}, {Id: t" + std::to_string(i) + ", Arn: " + kTargetArn;
  CHECK(said_of(six) == "X.Targets: has 6 entries and must be at most 5");
  LoadOptions options = options_for();
  options.targets_per_rule = 6;
  CHECK(error_of(rule_with(six), options) == "");
}
