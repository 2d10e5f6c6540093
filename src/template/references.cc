#include "template/references.h"

#include <set>

#include "template/json.h"
#include "template/path.h"
#include "template/text.h"

namespace waybill::templates {

namespace {

struct ArnField {
  const char* kind;
  Path path;  // "*" stands for every entry of a list
};

const std::vector<ArnField>& arn_fields() {
  static const std::vector<ArnField> fields = {
      {"AWS::Events::Rule", {"Targets", "*", "Arn"}},
      {"AWS::Events::Rule", {"Targets", "*", "DeadLetterConfig", "Arn"}},
      {"AWS::Events::Archive", {"SourceArn"}},
      {"AWS::Lambda::Function", {"Role"}},
      {"AWS::Lambda::Function", {"DeadLetterConfig", "TargetArn"}},
      {"AWS::Lambda::EventInvokeConfig", {"DestinationConfig", "OnFailure", "Destination"}},
      {"AWS::Lambda::EventInvokeConfig", {"DestinationConfig", "OnSuccess", "Destination"}},
      {"AWS::Lambda::Permission", {"SourceArn"}},
      {"AWS::SNS::Subscription", {"TopicArn"}},
      {"AWS::SNS::Subscription", {"Endpoint"}},
      {"AWS::SNS::TopicPolicy", {"Topics", "*"}},
      {"AWS::SQS::Queue", {"RedrivePolicy", "deadLetterTargetArn"}},
      {"AWS::Lambda::EventSourceMapping", {"EventSourceArn"}},
      {"AWS::Events::ApiDestination", {"ConnectionArn"}},
      {"AWS::CloudWatch::Alarm", {"AlarmActions", "*"}},
      {"AWS::CloudWatch::Alarm", {"OKActions", "*"}},
      {"AWS::CloudWatch::Alarm", {"InsufficientDataActions", "*"}},
  };
  return fields;
}

struct NameField {
  const char* kind;
  Path path;
  const char* names;  // kind of what is named
};

const std::vector<NameField>& name_fields() {
  static const std::vector<NameField> fields = {
      {"AWS::Events::Rule", {"EventBusName"}, "AWS::Events::EventBus"},
      {"AWS::Events::EventBusPolicy", {"EventBusName"}, "AWS::Events::EventBus"},
      {"AWS::Lambda::Permission", {"FunctionName"}, "AWS::Lambda::Function"},
      {"AWS::Lambda::EventSourceMapping", {"FunctionName"}, "AWS::Lambda::Function"},
      {"AWS::Lambda::EventInvokeConfig", {"FunctionName"}, "AWS::Lambda::Function"},
      {"AWS::IAM::Policy", {"Roles", "*"}, "AWS::IAM::Role"},
      {"AWS::IAM::ManagedPolicy", {"Roles", "*"}, "AWS::IAM::Role"},
  };
  return fields;
}

struct Found {
  Path path;
  std::string text;
};

void collect(const Json& value, const Path& pattern, std::size_t at, const Path& here, std::vector<Found>& found) {
  if (at == pattern.size()) {
    if (value.is_string()) found.push_back({here, value.get<std::string>()});
    return;
  }
  if (pattern[at] != "*") {
    if (const Json* member = find_member(value, pattern[at]))
      collect(*member, pattern, at + 1, here / pattern[at], found);
    return;
  }
  if (!value.is_array()) return;
  for (std::size_t i = 0; i < value.size(); ++i) collect(value[i], pattern, at + 1, here / i, found);
}

class Checker {
 public:
  explicit Checker(const Place& place) : place_(place) {
    arns_.insert(place.event_bus("default"));
    names_.insert({"AWS::Events::EventBus", "default"});
  }

  void know(const Resource& resource) {
    const std::string arn = text_member(Json::parse(resource.body, nullptr, false), "Arn");
    if (!arn.empty()) arns_.insert(arn);
    names_.insert({resource.key.kind, resource.key.name});
  }

  void check(const Resource& resource, std::vector<Notice>& notices) const {
    const Json body = Json::parse(resource.body, nullptr, false);
    const Notice subject{Notice::Kind::dangling, resource.owner,    text_member(body, "LogicalId"),
                         resource.key.name,      resource.key.kind, ""};
    const auto say = [&](const Found& found) {
      notices.push_back(subject);
      notices.back().text = display(found.path) + " names " + found.text + ", which does not exist";
    };
    for (const ArnField& field : arn_fields()) {
      if (resource.key.kind != field.kind) continue;
      for (const Found& each : at(body, field.path)) {
        if (is_ours(each.text) && !arns_.contains(without_version(each.text))) say(each);
      }
    }
    for (const NameField& field : name_fields()) {
      if (resource.key.kind != field.kind) continue;
      for (const Found& each : at(body, field.path)) {
        if (!is_named(field.names, each.text)) say(each);
      }
    }
  }

 private:
  static std::vector<Found> at(const Json& body, const Path& path) {
    std::vector<Found> found;
    collect(body, path, 0, {}, found);
    return found;
  }

  // Services without regions leave the region out of their ARNs.
  bool is_ours(const std::string& text) const {
    const auto arn = Arn::parse(text);
    return arn && arn->account == place_.account && (arn->region == place_.region || arn->region.empty()) &&
           text.find('*') == std::string::npos;
  }

  // A function's ARN may end in a version or alias, which all mean the one function here.
  static std::string without_version(const std::string& text) {
    auto arn = Arn::parse(text);
    if (!arn || arn->service != "lambda" || !arn->resource.starts_with("function:")) return text;
    arn->resource = arn->resource.substr(0, arn->resource.find(':', std::string_view("function:").size()));
    return arn->str();
  }

  bool is_named(const std::string& kind, const std::string& text) const {
    return names_.contains({kind, text}) || arns_.contains(without_version(text)) ||
           (Arn::parse(text).has_value() && !is_ours(text));
  }

  const Place& place_;
  std::set<std::string> arns_;
  std::set<std::pair<std::string, std::string>> names_;  // kind and ResourceKey::name
};

}  // namespace

std::vector<Notice> dangling_references(const std::vector<LoadedTemplate>& templates,
                                        const std::vector<Resource>& in_catalog, const Place& place) {
  Checker checker(place);
  for (const Resource& resource : in_catalog) checker.know(resource);
  for (const LoadedTemplate& loaded : templates) {
    for (const Resource& resource : loaded.resources) checker.know(resource);
  }
  std::vector<Notice> notices;
  for (const LoadedTemplate& loaded : templates) {
    for (const Resource& resource : loaded.resources) checker.check(resource, notices);
  }
  return notices;
}

}  // namespace waybill::templates
