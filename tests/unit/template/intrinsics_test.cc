#include "template/intrinsics.h"

#include "loading.h"

using namespace waybill::templates;

namespace {

// A template with one of everything; the text under test is the Description of the bus Subject.
std::string around(const std::string& description, const std::string& more = "") {
  return R"(
Parameters:
  Stage: {Type: String, Default: dev}
  Names: {Type: CommaDelimitedList, Default: 'a,b,c'}
Mappings:
  Sizes:
    dev: {Limit: 5, Zones: [x, y]}
    prod: {Limit: 50, Zones: [z]}
Conditions:
  IsDev: !Equals [!Ref Stage, dev]
  IsProd: !Equals [!Ref Stage, prod]
  Both: !And [!Condition IsDev, !Condition IsProd]
  Either: !Or [!Condition IsDev, !Condition IsProd]
  NotDev: !Not [!Condition IsDev]
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: news}}
  Rule: {Type: AWS::Events::Rule, Properties: {Name: r, EventBusName: orders, EventPattern: {source: [x]}}}
  Plain: {Type: AWS::Events::Rule, Properties: {Name: p, EventPattern: {source: [x]}}}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Absent: {Type: AWS::SNS::Topic, Condition: IsProd}
)" + more +
         R"(
  Subject:
    Type: AWS::Events::EventBus
    Properties:
      Name: subject
      Description: )" +
         description + "\n";
}

Json value(const std::string& description) {
  const Json body = body_of(load(around(description)), "Subject");
  return body.contains("Description") ? body["Description"] : Json();
}
// The message without its file and position.
std::string problem(const std::string& description) {
  const std::string text = error_of(around(description));
  const std::size_t at = text.find(": ");
  return at == std::string::npos ? text : text.substr(at + 2);
}

const std::string kAt = "Subject.Description: ";

}  // namespace

TEST_CASE("Ref gives parameters, pseudo parameters and what each type says") {
  CHECK(value("!Ref Stage") == "dev");
  CHECK(value("{Ref: Stage}") == "dev");
  CHECK(value("!Ref AWS::Region") == "eu-central-1");
  CHECK(value("!Ref AWS::AccountId") == "123456789012");
  CHECK(value("!Ref AWS::Partition") == "aws");
  CHECK(value("!Ref AWS::URLSuffix") == "amazonaws.com");
  CHECK(value("!Ref AWS::StackName") == "demo");
  CHECK(value("!Ref AWS::StackId")
            .get<std::string>()
            .starts_with("arn:aws:cloudformation:eu-central-1:123456789012:stack/demo/"));
  CHECK(value("!Ref AWS::NoValue").is_null());
  CHECK(value("!Ref Topic") == "arn:aws:sns:eu-central-1:123456789012:news");
  CHECK(value("!Ref Table") == "demo-Table");
  CHECK(value("!Ref Rule") == "orders|r");
  CHECK(value("!Ref Plain") == "p");
}

TEST_CASE("Ref to nothing names the nearest; to a left-out resource says why") {
  CHECK(problem("!Ref Stag") == kAt + "there is no parameter or resource \"Stag\"; the nearest is Stage");
  CHECK(problem("!Ref AWS::Regoin") ==
        kAt + "there is no parameter or resource \"AWS::Regoin\"; the nearest is AWS::Region");
  CHECK(problem("!Ref Absent") ==
        kAt + "refers to Absent, but Absent is left out because its condition IsProd is false");
  CHECK(problem("!Ref [a]") == kAt + "Ref takes the name of a parameter or a resource");
  CHECK(problem("!Ref Names") == kAt + "must be a text, not a list");
}

TEST_CASE("Fn::GetAtt in its three spellings") {
  const Json arn = "arn:aws:events:eu-central-1:123456789012:rule/orders/r";
  CHECK(value("!GetAtt Rule.Arn") == arn);
  CHECK(value("!GetAtt [Rule, Arn]") == arn);
  CHECK(value("{'Fn::GetAtt': Rule.Arn}") == arn);
  CHECK(value("{'Fn::GetAtt': [Rule, Arn]}") == arn);
  CHECK(value("!GetAtt Plain.Arn") == "arn:aws:events:eu-central-1:123456789012:rule/p");
  CHECK(value("!GetAtt Topic.TopicName") == "news");
  CHECK(problem("!GetAtt Topic.Arn") ==
        kAt + "Topic (AWS::SNS::Topic) has no attribute \"Arn\"; it has TopicArn or TopicName");
  CHECK(problem("!GetAtt Table.StreamArn") ==
        kAt + "Table (AWS::DynamoDB::Table) has no attribute \"StreamArn\"; it has Arn");
  CHECK(problem("!GetAtt Topik.Arn") == kAt + "there is no parameter or resource \"Topik\"; the nearest is Topic");
  CHECK(problem("!GetAtt Topic") == kAt + "Fn::GetAtt takes LogicalId.Attribute or a list of both");
  CHECK(problem("!GetAtt Absent.TopicArn") ==
        kAt + "reads Absent.TopicArn, but Absent is left out because its condition IsProd is false");
}

TEST_CASE("Fn::Sub in both forms, with literals") {
  CHECK(value("!Sub '${Stage}-${AWS::Region}'") == "dev-eu-central-1");
  CHECK(value("{'Fn::Sub': 'x ${Topic} y'}") == "x arn:aws:sns:eu-central-1:123456789012:news y");
  CHECK(value("!Sub '${Rule.Arn}'") == "arn:aws:events:eu-central-1:123456789012:rule/orders/r");
  CHECK(value("!Sub ['${A}/${Stage}', {A: !Ref Table}]") == "demo-Table/dev");
  CHECK(value("!Sub ['${Stage}', {Stage: own}]") == "own");
  CHECK(value("!Sub '${!Stage} $ {} 5$'") == "${Stage} $ {} 5$");
  CHECK(problem("!Sub '${Stage'") == kAt + "Fn::Sub has a ${ without its }");
  CHECK(has(problem("!Sub '${a b}'"), "Fn::Sub has ${a b}; a name has letters"));
  CHECK(has(problem("!Sub '${}'"), "Fn::Sub has ${}; a name has letters"));
  CHECK(problem("!Sub '${Nobody}'") == kAt + "there is no parameter or resource \"Nobody\"; the nearest is Names");
  CHECK(problem("!Sub '${Names}'") == kAt + "${Names} must be a text, not a list");
  CHECK(problem("!Sub [x]") == kAt + "Fn::Sub takes a text, or a list of a text and a map of variables");
}

TEST_CASE("Fn::Join, Fn::Select, Fn::Split") {
  CHECK(value("!Join ['-', [a, !Ref Stage, 3]]") == "a-dev-3");
  CHECK(value("{'Fn::Join': ['', [a, b]]}") == "ab");
  CHECK(value("!Join ['/', !Ref Names]") == "a/b/c");
  CHECK(value("!Join ['/', [a, !Ref AWS::NoValue, b]]") == "a/b");
  CHECK(value("!Select [1, !Ref Names]") == "b");
  CHECK(value("!Select ['0', [x, y]]") == "x");
  CHECK(value("!Select [5, !Split [':', !GetAtt Rule.Arn]]") == "rule/orders/r");
  CHECK(value("!Join ['+', !Split [',', 'a,,b']]") == "a++b");
  CHECK(problem("!Join [a]") == kAt + "Fn::Join takes a list of a delimiter and a list of texts");
  CHECK(problem("!Join ['-', x]") == kAt + "what Fn::Join joins must be a list, not a string");
  CHECK(problem("!Join ['-', [{a: 1}]]") == kAt + "Fn::Join joins texts, not a map");
  CHECK(problem("!Select [3, !Ref Names]") ==
        kAt + "the index of Fn::Select is 3, but the list has 3 entries, counted from 0");
  CHECK(problem("!Select [-1, [a]]") ==
        kAt + "the index of Fn::Select is -1, but the list has 1 entries, counted from 0");
  CHECK(problem("!Split ['', a]") == kAt + "the delimiter of Fn::Split must not be empty");
}

TEST_CASE("Fn::FindInMap, Fn::Base64") {
  CHECK(value("!FindInMap [Sizes, !Ref Stage, Limit]") == "5");
  CHECK(value("!Select [1, !FindInMap [Sizes, dev, Zones]]") == "y");
  CHECK(problem("!FindInMap [Sizes, test, Limit]") == kAt + "Mappings Sizes has no \"test\"; the nearest is dev");
  CHECK(problem("!FindInMap [Size, dev, Limit]") == kAt + "Mappings has no \"Size\"; the nearest is Sizes");
  CHECK(problem("!FindInMap [Sizes, dev, Limits]") ==
        kAt + "Mappings Sizes.dev has no \"Limits\"; the nearest is Limit");
  CHECK(value("!Base64 ''") == "");
  CHECK(value("!Base64 a") == "YQ==");
  CHECK(value("!Base64 ab") == "YWI=");
  CHECK(value("{'Fn::Base64': {'Fn::Sub': '${Stage}'}}") == "ZGV2");
}

TEST_CASE("Fn::If takes the branch; the other one is not looked at") {
  CHECK(value("!If [IsDev, yes it is, !Ref Absent]") == "yes it is");
  CHECK(value("!If [NotDev, a, b]") == "b");
  CHECK(value("!If [Both, a, b]") == "b");
  CHECK(value("!If [Either, a, b]") == "a");
  CHECK(value("{'Fn::If': [IsProd, a, {Ref: 'AWS::NoValue'}]}").is_null());
  CHECK(problem("!If [IsDevv, a, b]") == kAt + "there is no condition \"IsDevv\"; the nearest is IsDev");
  CHECK(has(problem("!If [IsDev, a]"), "Fn::If takes a list of a condition's name"));
}

TEST_CASE("functions that Waybill does not have are refused with the reason") {
  CHECK(has(problem("!ImportValue x"), "Fn::ImportValue is not supported: templates are loaded independently"));
  CHECK(has(problem("{'Fn::Transform': x}"), "Fn::Transform is not supported: macros"));
  CHECK(has(problem("!GetAZs ''"), "Fn::GetAZs is not supported; what is: Ref, "));
  CHECK(has(problem("!Equals [a, b]"), "Fn::Equals can stand in Conditions only"));
  CHECK(problem("{'Fn::Subb': x}") == kAt + "\"Fn::Subb\" is no function; the nearest is Fn::Sub");
  CHECK(problem("{'Fn::Sub': x, b: y}") == kAt + "Fn::Sub must be the only member of its map");
}

TEST_CASE("one broken value is reported once, not again by everything that uses it") {
  const std::string text = problem("!Join ['-', [!Sub '${Nobody}', !Select [0, [!Ref Nobody]]]]");
  CHECK(std::count(text.begin(), text.end(), '\n') == 1);
}

TEST_CASE("an Fn::Sub or Fn::Join that grows beyond the size of a template is stopped") {
  std::string many;
  for (int i = 0; i < 400; ++i) many += "${Big}";
  const std::string text =
      error_of("Parameters: {Big: {Type: String, Default: " + std::string(4000, 'x') +
               "}}\nResources: {B: {Type: AWS::Events::EventBus, Properties: {Name: b, Description: "
               "!Sub '" +
               many + "'}}}");
  CHECK(has(text, "more than 1 MB"));
}
