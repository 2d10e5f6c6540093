// AWS::Events::*: event buses, rules, archives.
#include <algorithm>
#include <set>

#include "expr/input_shape.h"
#include "expr/schedule.h"
#include "model/arn.h"
#include "template/loader.h"
#include "template/resource_types.h"
#include "template/text.h"

namespace waybill::templates {

namespace {

constexpr const char* kNameCharacters = "._-";

bool has_only(std::string_view text, std::string_view extra) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           extra.find(c) != std::string_view::npos;
  });
}

// Patterns are kept as text: nothing that later reads the body may change the order of their members.
void check_pattern(CheckContext& c, std::size_t longest) {
  const Json* pattern = find_member(c.body, "EventPattern");
  if (!pattern || pattern->is_discarded()) return;
  const std::string text = pattern->is_string() ? pattern->get<std::string>() : pattern->dump();
  if (text.size() > longest) {
    return c.bad(c.path / "EventPattern", "the pattern has " + std::to_string(text.size()) + " characters, at most " +
                                              std::to_string(longest) + " are allowed");
  }
  if (c.options.check_pattern) {
    if (const Status valid = c.options.check_pattern(text); !valid) {
      return c.bad(c.path / "EventPattern", valid.error().message);
    }
  }
  c.body["EventPattern"] = text;
}

void check_bus(CheckContext& c) {
  if (c.name == "default") c.bad(c.path / "Name", "the bus \"default\" always exists and cannot be declared");
}

// What EventBridge refuses when it is put.
void check_input(CheckContext& c, const Json& target, const std::string& id, const Path& path) {
  expr::InputSpec spec;
  if (find_member(target, "Input")) spec.input = text_member(target, "Input");
  if (find_member(target, "InputPath")) spec.path = text_member(target, "InputPath");
  const Json* transformer = find_member(target, "InputTransformer");
  if (transformer && transformer->is_object()) {
    auto& given = spec.transformer.emplace();
    given.text = text_member(*transformer, "InputTemplate");
    const Json* paths = find_member(*transformer, "InputPathsMap");
    if (paths && paths->is_object()) {
      for (const auto& [name, value] : paths->items()) {
        if (value.is_string()) given.paths[name] = value.get<std::string>();
      }
    }
  }
  if (const auto shape = expr::InputShape::parse(spec, {id}); !shape) c.bad(path, shape.error().message);
}

void check_target(CheckContext& c, const Json& target, const Path& path) {
  if (!target.is_object()) return;
  const std::string id = text_member(target, "Id");
  if (!has_only(id, kNameCharacters)) c.bad(path / "Id", in_quotes(id) + " may have letters, digits and ._- only");
  const std::string arn = text_member(target, "Arn");
  if (!arn.empty() && !Arn::parse(arn)) c.bad(path / "Arn", in_quotes(arn) + " is not an ARN");
  int inputs = 0;
  for (const char* name : {"Input", "InputPath", "InputTransformer"}) inputs += find_member(target, name) ? 1 : 0;
  if (inputs > 1) c.bad(path, "only one of Input, InputPath and InputTransformer can be given");
  if (inputs == 1) check_input(c, target, id, path);
}

void check_rule(CheckContext& c) {
  const Json* bus_property = find_member(c.body, "EventBusName");
  const bool broken_bus = bus_property && !bus_property->is_string();
  const std::string bus =
      broken_bus ? "" : std::string(event_bus_name(bus_property ? bus_property->get<std::string>() : "default"));
  if (!broken_bus) c.body["EventBusName"] = bus;
  if (bus.size() > 256 || !has_only(bus, "/._-") || (bus.empty() && !broken_bus)) {
    c.bad(c.path / "EventBusName", in_quotes(bus) + " is no bus name: 1 to 256 letters, digits and /._-");
  }
  // As the API stores it, so that disabling and enabling leaves no drift.
  if (!find_member(c.body, "State")) c.body["State"] = "ENABLED";
  const bool scheduled = find_member(c.body, "ScheduleExpression") != nullptr;
  if (!scheduled && !find_member(c.body, "EventPattern")) {
    c.bad(c.path, "EventPattern or ScheduleExpression must be given");
  }
  if (scheduled && !broken_bus && bus != "default") {
    c.bad(c.path / "ScheduleExpression", "is supported only on the default event bus");
  }
  if (scheduled && !expr::Schedule::parse(text_member(c.body, "ScheduleExpression"))) {
    c.bad(c.path / "ScheduleExpression",
          in_quotes(text_member(c.body, "ScheduleExpression")) +
              " is no schedule: rate(5 minutes) or cron(minutes hours day-of-month month day-of-week year)");
  }
  check_pattern(c, c.options.pattern_characters);
  std::set<std::string> ids;
  const Json* targets = find_member(c.body, "Targets");
  if (!targets || !targets->is_array()) return;
  if (targets->size() > c.options.targets_per_rule) {
    c.bad(c.path / "Targets", "has " + std::to_string(targets->size()) + " entries and must be at most " +
                                  std::to_string(c.options.targets_per_rule));
  }
  for (std::size_t i = 0; i < targets->size(); ++i) {
    const Json& target = (*targets)[i];
    check_target(c, target, c.path / "Targets" / i);
    if (target.is_object() && !ids.insert(text_member(target, "Id")).second) {
      c.bad(c.path / "Targets" / i / "Id", "a second target with the Id " + in_quotes(text_member(target, "Id")));
    }
  }
}

void check_archive(CheckContext& c) {
  check_pattern(c, 4096);
  const Json* source = find_member(c.body, "SourceArn");
  if (!source || !source->is_string()) return;
  const auto arn = Arn::parse(source->get<std::string>());
  if (!arn || arn->service != "events" || !arn->resource_of("event-bus")) {
    c.bad(c.path / "SourceArn", in_quotes(source->get<std::string>()) + " is not the ARN of an event bus");
  }
}

Property retry_policy() {
  return object("RetryPolicy", {integer("MaximumRetryAttempts").between(0, 185),
                                integer("MaximumEventAgeInSeconds").between(60, 86'400)});
}

Properties target_properties() {
  return {
      text("Id").required().between(1, 64),
      text("Arn").required().between(1, 1600),
      text("Input").at_most(8192),
      text("InputPath").at_most(256),
      object("InputTransformer", {text_map("InputPathsMap"), text("InputTemplate").required().between(1, 8192)}),
      retry_policy(),
      object("DeadLetterConfig", {text("Arn").between(1, 1600)}),
      object("SqsParameters", {text("MessageGroupId").required().at_most(100)}),
      object("HttpParameters",
             {texts("PathParameterValues"), text_map("HeaderParameters"), text_map("QueryStringParameters")}),
      anything("AppSyncParameters").without_effect(),
      anything("BatchParameters").without_effect(),
      anything("EcsParameters").without_effect(),
      anything("KinesisParameters").without_effect(),
      anything("RedshiftDataParameters").without_effect(),
      anything("RunCommandParameters").without_effect(),
      anything("SageMakerPipelineParameters").without_effect(),
      text("RoleArn").without_effect(),
  };
}

ResourceType bus() {
  ResourceType type;
  type.name = "AWS::Events::EventBus";
  type.name_property = "Name";
  type.name_characters = kNameCharacters;
  type.arn = "arn:{partition}:events:{region}:{account}:event-bus/{name}";
  type.ref = "{name}";
  type.key = "{name}";
  type.attributes = {{"Arn", "{arn}", ""}, {"Name", "{name}", ""}};
  type.properties = {
      text("Name").required(),
      text("Description").at_most(512),
      text("EventSourceName").without_effect(),
      text("KmsKeyIdentifier").without_effect(),
      object("DeadLetterConfig", {text("Arn")}).without_effect(),
      anything("LogConfig").without_effect(),
      anything("Policy").without_effect(),
      tags(),
  };
  type.check = check_bus;
  return type;
}

ResourceType rule() {
  ResourceType type;
  type.name = "AWS::Events::Rule";
  type.name_property = "Name";
  type.name_length = 64;
  type.name_characters = kNameCharacters;
  type.arn = "arn:{partition}:events:{region}:{account}:rule/{bus/}{name}";
  type.ref = "{bus|}{name}";
  type.key = "{EventBusName}/{name}";
  type.attributes = {{"Arn", "{arn}", ""}};
  type.properties = {
      text("Name"),
      text("Description").at_most(512),
      text("EventBusName"),
      json("EventPattern"),
      text("ScheduleExpression").at_most(256),
      one_of("State", {"ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"}),
      objects("Targets", target_properties()),
      text("RoleArn").without_effect(),
      tags(),
  };
  type.check = check_rule;
  return type;
}

ResourceType archive() {
  ResourceType type;
  type.name = "AWS::Events::Archive";
  type.name_property = "ArchiveName";
  type.name_length = 48;
  type.name_characters = kNameCharacters;
  type.arn = "arn:{partition}:events:{region}:{account}:archive/{name}";
  type.ref = "{name}";
  type.key = "{name}";
  type.attributes = {{"Arn", "{arn}", ""}, {"ArchiveName", "{name}", ""}};
  type.properties = {
      text("ArchiveName"),
      text("SourceArn").required(),
      text("Description").at_most(512),
      json("EventPattern"),
      integer("RetentionDays").between(0, 2147483647),
      text("KmsKeyIdentifier").without_effect(),
  };
  type.check = check_archive;
  return type;
}

}  // namespace

std::vector<ResourceType> event_types() { return {bus(), rule(), archive()}; }

}  // namespace waybill::templates
