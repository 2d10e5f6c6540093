#include "template/loader.h"

#include "loading.h"

using namespace waybill;
using namespace waybill::templates;

namespace {

std::vector<std::string> logical_ids(const LoadedTemplate& loaded) {
  std::vector<std::string> ids;
  for (const Resource& resource : loaded.resources) ids.push_back(text_member(Json::parse(resource.body), "LogicalId"));
  return ids;
}

const std::string kBus = "Resources: {Bus: {Type: AWS::Events::EventBus, Properties: {Name: b}}}";

}  // namespace

TEST_CASE("a resource has its key, owner, and a body with its ARN and logical id") {
  const LoadedTemplate loaded = load(kBus);
  CHECK(loaded.name == "demo");
  CHECK(loaded.file == "demo.yaml");
  REQUIRE(loaded.resources.size() == 1);
  CHECK(loaded.resources[0].key == ResourceKey{"123456789012", "eu-central-1", "AWS::Events::EventBus", "b"});
  CHECK(loaded.resources[0].owner == "demo");
  CHECK(loaded.resources[0].body ==
        R"({"Name":"b","Arn":"arn:aws:events:eu-central-1:123456789012:event-bus/b","LogicalId":"Bus"})");
}

TEST_CASE("keys: a rule has its bus, a metric filter its group, what has no name its template and logical id") {
  const LoadedTemplate loaded = load(R"(
Resources:
  R1: {Type: AWS::Events::Rule, Properties: {Name: r, EventBusName: b, EventPattern: {source: [x]}}}
  R2: {Type: AWS::Events::Rule, Properties: {Name: r, EventPattern: {source: [x]}}}
  P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: f, Action: a, Principal: p}}
  F: {Type: AWS::Logs::MetricFilter, Properties: {FilterName: f, LogGroupName: /g, FilterPattern: x,
      MetricTransformations: [{MetricName: m, MetricNamespace: n, MetricValue: '1'}]}}
  Role: {Type: AWS::IAM::Role, Properties: {Path: /team/, AssumeRolePolicyDocument: {}}}
)");
  std::vector<std::string> names;
  for (const Resource& resource : loaded.resources) names.push_back(resource.key.name);
  CHECK(names == std::vector<std::string>{"b/r", "default/r", "demo/P", "/g:f", "demo-Role"});
  CHECK(body_of(loaded, "Role")["Arn"] == "arn:aws:iam::123456789012:role/team/demo-Role");
}

TEST_CASE("resources come after what they refer to, and otherwise as they stand") {
  const LoadedTemplate loaded = load(R"(
Resources:
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventBusName: !Ref Bus
      EventPattern: {source: [x]}
      Targets: [{Id: a, Arn: !GetAtt Function.Arn}]
  First: {Type: AWS::SNS::Topic, DependsOn: [Last]}
  Function:
    Type: AWS::Lambda::Function
    Properties: {Runtime: native, Handler: a.b, Environment: {Variables: {T: !Sub 'x${Topic}'}}}
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: b}}
  Topic: {Type: AWS::SNS::Topic}
  Last: {Type: AWS::SNS::Topic}
)");
  CHECK(logical_ids(loaded) == std::vector<std::string>{"Bus", "Topic", "Function", "Rule", "Last", "First"});
}

TEST_CASE("resources that need one another are reported with the way round") {
  const std::string text = error_of(R"(
Resources:
  A: {Type: AWS::Events::EventBus, Properties: {Name: a, Description: !Ref B}}
  B: {Type: AWS::Events::EventBus, Properties: {Name: b, Description: !Sub 'x ${C.Arn}'}}
  C: {Type: AWS::Events::EventBus, DependsOn: A, Properties: {Name: c}}
)");
  CHECK(text == "demo.yaml:3:3: A: resources need one another in a circle: A → B → C → A");
  CHECK(has(error_of("Resources: {A: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref A}}}"), "circle: A → A"));
  // The branch of an Fn::If that is not taken does not count.
  CHECK(error_of(R"(
Conditions: {Taken: !Equals [a, a]}
Resources:
  A: {Type: AWS::Events::EventBus, Properties: {Name: a, Description: !If [Taken, none, !Ref B]}}
  B: {Type: AWS::Events::EventBus, Properties: {Name: b, Description: !Ref A}}
)") == "");
}

TEST_CASE("a resource whose condition is false is left out; depending on it is no error") {
  const LoadedTemplate loaded = load(R"(
Conditions: {Never: !Equals [a, b]}
Resources:
  A: {Type: AWS::SNS::Topic, Condition: Never}
  B: {Type: AWS::SNS::Topic, DependsOn: A}
Outputs:
  OfA: {Condition: Never, Value: !Ref A}
  OfB: {Value: !GetAtt B.TopicName}
)");
  CHECK(logical_ids(loaded) == std::vector<std::string>{"B"});
  CHECK(loaded.outputs == std::vector<Output>{{"OfB", "demo-B", "", ""}});
}

TEST_CASE("a condition whose name YAML reads as true or false needs quotes, and the message says so") {
  const std::string text = "Conditions: {No: !Equals [a, b]}\nResources: {A: {Type: AWS::SNS::Topic, Condition: No}}";
  CHECK(has(error_of(text), "A.Condition: must be the name of a condition, as text (an unquoted yes, no, on or off"));
  CHECK(has(error_of("Resources: {A: {Type: AWS::SNS::Topic, Properties: {TopicName: !If [Yes, a, b]}}}"),
            "put the condition's name in quotes"));
}

TEST_CASE("outputs have a value, a description and perhaps an export name") {
  const LoadedTemplate loaded = load(kBus + R"(
Outputs:
  Name: {Value: !Ref Bus, Description: the bus, Export: {Name: !Sub '${AWS::StackName}-bus'}}
)");
  CHECK(loaded.outputs == std::vector<Output>{{"Name", "b", "the bus", "demo-bus"}});
  CHECK(has(error_of(kBus + "\nOutputs: {A: {Description: x}}"), "Outputs.A: Value is missing"));
  CHECK(has(error_of(kBus + "\nOutputs: {A: {Value: [x]}}"), "Outputs.A.Value: the value must be a text, not a list"));
  CHECK(
      has(error_of(kBus + "\nOutputs: {A: {Value: x, Exports: y}}"), "Outputs.A.Exports: is not known for an output"));
  CHECK(has(error_of(kBus + "\nOutputs: {A: {Value: !Ref Nothing}}"),
            "Outputs.A.Value: there is no parameter or resource"));
}

TEST_CASE("Metadata, Tags, DeletionPolicy and UpdateReplacePolicy are accepted; Retain is remembered") {
  const LoadedTemplate loaded = load(R"(
AWSTemplateFormatVersion: 2010-09-09
Description: x
Metadata: {a: b}
Resources:
  A:
    Type: AWS::SNS::Topic
    Metadata: {c: [d]}
    DeletionPolicy: Retain
    UpdateReplacePolicy: Delete
    Properties: {Tags: [{Key: a, Value: b}]}
)");
  CHECK(body_of(loaded, "A")["DeletionPolicy"] == "Retain");
  CHECK(has(error_of("Resources: {A: {Type: AWS::SNS::Topic, DeletionPolicy: Keep}}"),
            "A.DeletionPolicy: must be Delete"));
  CHECK(has(error_of("Resources: {A: {Type: AWS::SNS::Topic, UpdateReplacePolicy: RetainExceptOnCreate}}"),
            "A.UpdateReplacePolicy: must be Delete"));
  CHECK(body_of(load("Resources: {A: {Type: AWS::SNS::Topic, UpdateReplacePolicy: Retain}}"),
                "A")["UpdateReplacePolicy"] == "Retain");
}

TEST_CASE("all errors of a template are said at once, each with its place") {
  const std::string text = error_of(R"(Parameters:
  Stage: {Type: String}
Resources:
  Rule:
    Type: AWS::Events::Rule
    Properties:
      Nam: x
      EventPattern: {source: [!Ref Nobody]}
      Targets:
        - Id: a
          Arn: b
  Topic:
    Type: AWS::SNS::Topik
Outputs:
  Out: {Value: !GetAtt Rule.Name}
)");
  CHECK(text ==
        "demo.yaml:2:3: Parameters.Stage: has no Default and no value was given; give the parameter Stage a value\n"
        "demo.yaml:13:5: Topic.Type: the type \"AWS::SNS::Topik\" is not known to Waybill; the nearest is "
        "AWS::SNS::Topic\n"
        "demo.yaml:8:31: Rule.EventPattern.source[0]: there is no parameter or resource \"Nobody\"; the nearest is "
        "Topic\n"
        "demo.yaml:7:7: Rule.Nam: \"Nam\" is not known here; the nearest is Name\n"
        "demo.yaml:11:11: Rule.Targets[0].Arn: \"b\" is not an ARN\n"
        "demo.yaml:15:16: Outputs.Out.Value: Rule (AWS::Events::Rule) has no attribute \"Name\"; it has Arn");
}

TEST_CASE("a template of nothing but errors stops after fifty") {
  std::string text = "Resources:\n";
  for (int i = 0; i < 80; ++i) text += "  R" + std::to_string(i) + ": {Type: Nothing}\n";
  const std::string error = error_of(text);
  CHECK(std::count(error.begin(), error.end(), '\n') == 50);
  CHECK(error.ends_with("\n… and more"));
}

TEST_CASE("sections and shapes that are not a template's") {
  CHECK(has(error_of("[]"), "demo.yaml: a template is a map with Resources, not a list"));
  CHECK(has(error_of("Description: x"), "Resources: is missing"));
  CHECK(has(error_of("Resources: {}"), "Resources: must be a map with at least one resource"));
  CHECK(has(error_of("Resource: {}"), "Resource: is no section of a template; the nearest is Resources"));
  CHECK(has(error_of("Transform: x\n" + kBus), "Transform: is not supported: macros"));
  CHECK(has(error_of("Rules: {}\n" + kBus), "Rules: is not supported: check values with"));
  CHECK(has(error_of("AWSTemplateFormatVersion: 2020-01-01\n" + kBus), "must be 2010-09-09"));
  CHECK(has(error_of("Mappings: {A: {b: c}}\n" + kBus), "Mappings.A: must be a map of maps"));
  CHECK(has(error_of("Resources: {A: x}"), "A: must be a map with Type and Properties, not a string"));
  CHECK(has(error_of("Resources: {A: {Properties: {}}}"), "A: Type is missing"));
  CHECK(has(error_of("Resources: {A-B: {Type: AWS::SNS::Topic}}"), "A-B: a logical id has letters and digits only"));
  CHECK(has(error_of("Resources: {A: {Type: AWS::SNS::Topic, Propertys: {}}}"), "the nearest is Properties"));
  CHECK(has(error_of("Resources: {A: {Type: AWS::SNS::Topic, Properties: []}}"), "must be a map, not a list"));
  CHECK(has(error_of("Resources: {A: {Type: AWS::SNS::Topic, DependsOn: B}}"),
            "A.DependsOn: there is no resource \"B\""));
  CHECK(has(error_of("Parameters: {A: {Type: String, Default: x}}\nResources: {A: {Type: AWS::SNS::Topic}}"),
            "A: a parameter has this name already"));
  CHECK(has(error_of("Resources: {A: {Type: AWS::SNS::Topic, Properties: {TopicName: t}}, B: {Type: AWS::SNS::Topic, "
                     "Properties: {TopicName: t}}}"),
            "B: a second AWS::SNS::Topic with the name \"t\""));
}

TEST_CASE("JSON templates load like YAML ones") {
  const LoadedTemplate loaded = load(R"({"Resources": {"T": {"Type": "AWS::SNS::Topic",
    "Properties": {"TopicName": {"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}]]}}}}})",
                                     options_for({}, "x/demo.json"));
  CHECK(loaded.resources[0].key.name == "a-eu-central-1");
  CHECK(loaded.name == "demo");
}

TEST_CASE("the fingerprint tells text, parameters, name, account and region apart") {
  const std::string text = "Parameters: {P: {Type: String, Default: x}}\n" + kBus;
  const auto fingerprint = [&](const LoadOptions& options, const std::string& more = "") {
    return load(text + more, options).fingerprint;
  };
  const LoadOptions plain = options_for();
  CHECK(fingerprint(plain) == fingerprint(plain));
  LoadOptions other = plain;
  other.place.region = "us-east-1";
  CHECK(fingerprint(plain) != fingerprint(other));
  CHECK(fingerprint(plain) != fingerprint(options_for({{"P", "y"}})));
  CHECK(fingerprint(plain) != fingerprint(options_for({}, "else.yaml")));
  CHECK(fingerprint(plain) != fingerprint(plain, "\n# comment"));
}

TEST_CASE("the stem of a file") {
  CHECK(file_stem("rules/logistics-events.yaml") == "logistics-events");
  CHECK(file_stem("a.b.json") == "a.b");
  CHECK(file_stem("plain") == "plain");
  CHECK(file_stem("/x/.hidden") == ".hidden");
}
