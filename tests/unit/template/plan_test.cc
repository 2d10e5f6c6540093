#include "template/plan.h"

#include "loading.h"

using namespace waybill;
using namespace waybill::templates;

namespace {

const Place kPlace{"123456789012", "eu-central-1"};

LoadedTemplate topics(const std::string& stack, const std::vector<std::string>& names, const std::string& more = "") {
  std::string text = "Resources:\n";
  for (const std::string& name : names) {
    text += "  T" + name + ": {Type: AWS::SNS::Topic, Properties: {TopicName: " + name + more + "}}\n";
  }
  return load(text, options_for({}, "rules/" + stack + ".yaml"));
}

PlanOptions options(std::map<std::string, std::string> applied = {}, bool reload = false) {
  return {kPlace, std::move(applied), reload};
}
Plan plan(const std::vector<Resource>& in_catalog, const std::vector<LoadedTemplate>& templates,
          const PlanOptions& how) {
  auto made = make_plan(in_catalog, templates, how);
  if (!made) FAIL(made.error().message);
  return *made;
}
std::vector<std::string> names(const std::vector<Resource>& resources) {
  std::vector<std::string> result;
  for (const Resource& resource : resources) result.push_back(resource.key.name);
  return result;
}
std::vector<std::string> names(const std::vector<ResourceKey>& keys) {
  std::vector<std::string> result;
  for (const ResourceKey& key : keys) result.push_back(key.name);
  return result;
}

// The plan where the template demo.yaml declares nothing of this any more.
Plan plan_without(const std::vector<Resource>& in_catalog) {
  static const LoadedTemplate other = load(
      "Resources: {Other: {Type: AWS::IAM::ManagedPolicy, "
      "Properties: {ManagedPolicyName: other, PolicyDocument: {Statement: []}}}}");
  Plan made = plan(in_catalog, {other}, options());
  std::erase_if(made.puts, [](const Resource& put) { return put.key.name == "other"; });
  return made;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("into an empty catalog everything is put; a second time nothing is") {
  const LoadedTemplate a = topics("a", {"x", "y"});
  const Plan first = plan({}, {a}, options());
  CHECK(names(first.puts) == Names{"x", "y"});
  CHECK(first.applied == std::map<std::string, std::string>{{"a", a.fingerprint}});
  const Plan second = plan(first.puts, {a}, options(first.applied));
  CHECK_FALSE(second.changes_anything());
  CHECK(second.untouched == 2);
  CHECK(second.drift.empty());
}

TEST_CASE("a changed template is applied as a difference") {
  const Plan first = plan({}, {topics("a", {"x", "y"})}, options());
  const Plan second = plan(first.puts, {topics("a", {"y", "z"})}, options(first.applied));
  CHECK(names(second.puts) == Names{"z"});
  CHECK(names(second.deletes) == Names{"x"});
  CHECK(second.untouched == 1);
  const Plan third = plan(first.puts, {topics("a", {"x", "y"}, ", DisplayName: d")}, options(first.applied));
  CHECK(names(third.puts) == Names{"x", "y"});
  CHECK(third.deletes.empty());
}

TEST_CASE("a template that is not among the rules leaves its resources; one of which nothing is left is forgotten") {
  const LoadedTemplate a = topics("a", {"x"});
  const LoadedTemplate b = topics("b", {"y"});
  const Plan first = plan({}, {a, b}, options());
  const Plan second = plan(first.puts, {b}, options(first.applied));
  CHECK_FALSE(second.changes_anything());
  CHECK(second.forgotten.empty());
  CHECK(second.applied.size() == 1);
  CHECK(plan(b.resources, {b}, options(first.applied)).forgotten == Names{"a"});
}

TEST_CASE("rules go before their bus, functions before their role") {
  const LoadedTemplate a = load(R"(
Resources:
  Bus: {Type: AWS::Events::EventBus, Properties: {Name: bus}}
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: role, AssumeRolePolicyDocument: {}}}
  Function:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: f, Runtime: native, Handler: a.b, Role: !GetAtt Role.Arn}
  Rule: {Type: AWS::Events::Rule, Properties: {Name: rule, EventBusName: !Ref Bus, EventPattern: {source: [x]}}}
)");
  CHECK(names(plan_without(a.resources).deletes) == Names{"bus/rule", "f", "role", "bus"});
}

TEST_CASE("DeletionPolicy Retain hands the resource over to nobody") {
  const LoadedTemplate a =
      load("Resources: {T: {Type: AWS::SNS::Topic, DeletionPolicy: Retain, Properties: {TopicName: keep}}}");
  const Plan gone = plan_without(a.resources);
  CHECK(gone.deletes.empty());
  REQUIRE(names(gone.puts) == Names{"keep"});
  CHECK(gone.puts[0].owner == "");
}

TEST_CASE("each removal is told, and a resource by another name as what it is") {
  const auto one = [](const std::string& name, const std::string& policies) {
    return load("Resources: {T: {Type: AWS::SNS::Topic, Properties: {TopicName: " + name + "}" + policies + "}}");
  };
  const LoadedTemplate before = one("before", "");
  const Plan renamed = plan(before.resources, {one("after", "")}, options());
  CHECK(names(renamed.deletes) == Names{"before"});
  REQUIRE(renamed.removals.size() == 1);
  CHECK(display(renamed.removals[0]) ==
        "demo: T (AWS::SNS::Topic before): deleted, as the template calls it after now");
  const Plan gone = plan_without(before.resources);
  REQUIRE(gone.removals.size() == 1);
  CHECK(display(gone.removals[0]) ==
        "demo: T (AWS::SNS::Topic before): deleted, as the template no longer declares it");
  // What keeps it may come with the new name.
  for (const char* policies : {", UpdateReplacePolicy: Retain", ", DeletionPolicy: Retain"}) {
    CAPTURE(policies);
    const Plan kept = plan(before.resources, {one("after", policies)}, options());
    CHECK(kept.deletes.empty());
    CHECK(names(kept.puts) == Names{"after", "before"});
    CHECK(kept.puts[1].owner == "");
    REQUIRE(kept.removals.size() == 1);
    CHECK(has(display(kept.removals[0]), "kept, and no template's any more"));
  }
}

TEST_CASE("UpdateReplacePolicy Retain keeps what is renamed, not what is removed") {
  const LoadedTemplate before =
      load("Resources: {T: {Type: AWS::SNS::Topic, UpdateReplacePolicy: Retain, Properties: {TopicName: before}}}");
  const LoadedTemplate after = load("Resources: {T: {Type: AWS::SNS::Topic, Properties: {TopicName: after}}}");
  CHECK(plan(before.resources, {after}, options()).deletes.empty());
  CHECK(names(plan_without(before.resources).deletes) == Names{"before"});
}

TEST_CASE("a table that is protected from deletion refuses the plan, unless it is kept anyway") {
  const auto table = [](const std::string& more, const std::string& policies = "") {
    return load("Resources: {T: {Type: AWS::DynamoDB::Table" + policies + ", Properties: {TableName: kept, " + more +
                "AttributeDefinitions: [{AttributeName: a, AttributeType: S}], "
                "KeySchema: [{AttributeName: a, KeyType: HASH}]}}}");
  };
  const auto made = make_plan(table("DeletionProtectionEnabled: true, ").resources, {topics("demo", {"x"})}, options());
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == ErrorCode::conflict);
  CHECK(has(made.error().message,
            "demo: the table \"kept\" (T) would be deleted, as the template no longer declares "
            "it, and its DeletionProtectionEnabled is true; apply"));
  CHECK(names(plan_without(table("DeletionProtectionEnabled: false, ").resources).deletes) == Names{"kept"});
  const LoadedTemplate retained = table("DeletionProtectionEnabled: true, ", ", DeletionPolicy: Retain");
  CHECK(plan_without(retained.resources).deletes.empty());
}

TEST_CASE("two templates that claim one name are refused, with both files") {
  const auto made = make_plan({}, {topics("a", {"x", "y"}), topics("b", {"y"})}, options());
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == ErrorCode::conflict);
  CHECK(made.error().message ==
        "rules/a.yaml and rules/b.yaml both declare the AWS::SNS::Topic \"y\"; rename it in one of them");
  LoadedTemplate twin = topics("a", {"z"});
  twin.file = "more/a.yaml";
  const auto same = make_plan({}, {topics("a", {"x"}), twin}, options());
  REQUIRE_FALSE(same.has_value());
  CHECK(same.error().message == "rules/a.yaml and more/a.yaml have the same name \"a\"; rename one of them");
}

TEST_CASE("what the API made is taken over with a notice; what nobody claims is left alone") {
  const LoadedTemplate a = topics("a", {"x"});
  Resource made = a.resources[0];
  made.owner = "";
  Resource other = made;
  other.key.name = "other";
  const Plan taken = plan({made, other}, {a}, options());
  CHECK(names(taken.puts) == Names{"x"});
  CHECK(taken.deletes.empty());
  REQUIRE(taken.notices.size() == 1);
  CHECK(taken.notices[0] == Notice{Notice::Kind::taken_over, "a", "Tx", "x", "AWS::SNS::Topic",
                                   "was made through the API and now belongs to this template"});
}

TEST_CASE("a resource that moves from one template to another is not deleted") {
  const Plan first = plan({}, {topics("a", {"x", "y"}), topics("b", {"z"})}, options());
  const Plan second = plan(first.puts, {topics("a", {"x"}), topics("b", {"y", "z"})}, options(first.applied));
  CHECK(second.deletes.empty());
  REQUIRE(names(second.puts) == Names{"y"});
  CHECK(second.puts[0].owner == "b");
  CHECK(second.notices[0].text == "was the template \"a\"'s and now belongs to this template");
}

TEST_CASE("a file that is renamed takes over what has a name, and replaces what has none") {
  const std::string text = R"(
Resources:
  T: {Type: AWS::SNS::Topic, Properties: {TopicName: t}}
  S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref T, Protocol: https, Endpoint: 'https://a.example/'}}
  R: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [x]}, Targets: [{Id: a, Arn: !Ref T}]}}
)";
  const LoadedTemplate one = load(text, options_for({}, "one.yaml"));
  std::vector<Resource> catalog = one.resources;
  for (Resource& each : catalog) each.state = R"({"Confirmed":"https://a.example/"})";
  const Plan renamed = plan(catalog, {load(text, options_for({}, "two.yaml"))}, options({{"one", one.fingerprint}}));
  CHECK(names(renamed.deletes) == Names{"default/one-R", "one/S"});
  CHECK(renamed.forgotten == Names{"one"});
  REQUIRE(renamed.notices.size() == 1);
  CHECK(renamed.notices[0].text == "was the template \"one\"'s and now belongs to this template");
  REQUIRE(renamed.removals.size() == 2);
  CHECK(renamed.removals[0].reason == "what this template declared is \"two\"'s now");
  for (const Resource& put : renamed.puts) {
    CAPTURE(put.key.name);
    CHECK(put.owner == "two");
    CHECK((put.state == catalog[0].state) == (put.key.name != "t"));
  }
}

TEST_CASE("a template that takes one thing of an absent one over leaves it the rest") {
  const LoadedTemplate one = load(R"(
Resources:
  T: {Type: AWS::SNS::Topic, Properties: {TopicName: t}}
  U: {Type: AWS::SNS::Topic, Properties: {TopicName: u}}
  S: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref U, Protocol: email, Endpoint: a@example.com}}
)",
                                  options_for({}, "one.yaml"));
  const std::map<std::string, std::string> applied = {{"one", one.fingerprint}};
  const Plan taken = plan(one.resources, {topics("two", {"t"})}, options(applied));
  CHECK(names(taken.puts) == Names{"t"});
  CHECK(taken.deletes.empty());
  CHECK(taken.forgotten.empty());
  const Plan all = plan(one.resources, {topics("two", {"t", "u"})}, options(applied));
  CHECK(names(all.deletes) == Names{"one/S"});
  CHECK(all.forgotten == Names{"one"});
}

TEST_CASE("subscriptions that the API made go with their topic") {
  std::vector<Resource> catalog = topics("demo", {"x", "y"}).resources;
  const auto subscribe = [&](const std::string& topic) {
    catalog.push_back({{kPlace.account, kPlace.region, "AWS::SNS::Subscription", "api-" + topic},
                       "",
                       R"({"TopicArn":")" + kPlace.topic(topic) + R"(","Protocol":"email"})"});
  };
  subscribe("x");
  subscribe("y");
  const Plan made = plan(catalog, {topics("demo", {"x"})}, options());
  CHECK(names(made.deletes) == Names{"api-y", "y"});
  REQUIRE(made.removals.size() == 2);
  CHECK(display(made.removals[1]) == "demo: AWS::SNS::Subscription api-y: deleted, as its topic y is deleted");
}

TEST_CASE("a bus that still has the API's rules is not deleted, as by DeleteEventBus") {
  std::vector<Resource> catalog =
      load("Resources: {Bus: {Type: AWS::Events::EventBus, Properties: {Name: bus}}}").resources;
  const LoadedTemplate without = topics("demo", {"x"});
  CHECK(names(plan(catalog, {without}, options()).deletes) == Names{"bus"});
  catalog.push_back({{kPlace.account, kPlace.region, "AWS::Events::Rule", "bus2/rule"}, "", "{}"});
  CHECK(names(plan(catalog, {without}, options()).deletes) == Names{"bus"});
  catalog.push_back({{kPlace.account, kPlace.region, "AWS::Events::Rule", "bus/rule"}, "", "{}"});
  const auto made = make_plan(catalog, {without}, options());
  REQUIRE_FALSE(made.has_value());
  CHECK(made.error().code == ErrorCode::conflict);
  CHECK(has(made.error().message,
            "demo: the event bus \"bus\" (Bus) would be deleted, as the template no longer "
            "declares it, and has rules that no template here declares: rule; apply"));
}

TEST_CASE("what the API changed since shows as drift and stays, until a reload") {
  const LoadedTemplate a = topics("a", {"x", "y", "z"});
  std::vector<Resource> catalog = plan({}, {a}, options()).puts;
  catalog[0].body = R"({"TopicName":"x","DisplayName":"by hand"})";
  catalog[1].owner = "";
  catalog.pop_back();
  const std::map<std::string, std::string> applied = {{"a", a.fingerprint}};
  const Plan kept = plan(catalog, {a}, options(applied));
  CHECK_FALSE(kept.changes_anything());
  REQUIRE(kept.drift.size() == 3);
  CHECK(display(kept.drift[0]) == "a: AWS::SNS::Topic x was changed since the template was applied");
  CHECK(kept.drift[1].kind == Drift::Kind::replaced);
  CHECK(kept.drift[2].kind == Drift::Kind::removed);
  const Plan forced = plan(catalog, {a}, options(applied, true));
  CHECK(names(forced.puts) == Names{"x", "y", "z"});
  CHECK(forced.drift.empty());
}

TEST_CASE("bodies are compared as values: order and spelling do not matter") {
  const LoadedTemplate a = topics("a", {"x"}, ", DisplayName: d");
  std::vector<Resource> catalog = a.resources;
  catalog[0].body = nlohmann::json::parse(catalog[0].body).dump(2);
  CHECK(catalog[0].body != a.resources[0].body);
  CHECK(plan(catalog, {a}, options()).untouched == 1);
}

TEST_CASE("resources of another account or region are not touched") {
  Resource elsewhere = topics("a", {"x"}).resources[0];
  elsewhere.key.region = "us-east-1";
  CHECK_FALSE(plan({elsewhere}, {}, options()).changes_anything());
}
