// CloudFormation templates into catalog resources.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/arn.h"
#include "model/resource.h"
#include "template/notice.h"
#include "template/schema.h"

namespace waybill::templates {

struct LoadOptions {
  std::string file;  // as people know it: begins every error
  std::string name;  // AWS::StackName and owner of the resources; "" for the file's stem
  Place place;
  std::map<std::string, std::string> parameters;  // values given instead of the defaults
  UnknownMode unknown = UnknownMode::error;
  std::string endpoint = "http://127.0.0.1:4566";   // what queue URLs begin with: where clients reach the daemon
  bool allow_http_endpoints = false;                // may API destinations be http://?
  std::size_t targets_per_rule = 5;                 // settings limits.targets
  std::size_t pattern_characters = 2048;            // and limits.pattern_characters, as for the API
  std::set<std::string, std::less<>> transports{};  // protocols of subscriptions whose notifications leave
  // Is this an event pattern? Null: patterns are not checked.
  std::function<Status(std::string_view)> check_pattern;
};

struct Output {
  std::string name;
  std::string value;
  std::string description;
  std::string export_name;  // "" when it is not exported
  bool operator==(const Output&) const = default;
};

struct LoadedTemplate {
  std::string name;
  std::string file;
  // Differs when the text, a parameter, the account, the region or the way templates are read differs.
  std::string fingerprint;
  // Each after what it refers to; owner is `name`. A body has the properties in their form (numbers as numbers,
  // patterns as JSON text, a rule's EventBusName as a name), its name under its name property, and "LogicalId", "Arn"
  // (of types that have one), "DeletionPolicy" and "UpdateReplacePolicy" (where they keep the resource).
  // ResourceKey::name is the physical name; "<bus>/<rule>" of a rule (also on the default bus), "<log group>:<name>" of
  // a metric filter,
  // "<template>/<LogicalId>" of what AWS gives no name (subscriptions, permissions, policies, …), and
  // "<template>/<LogicalId>-<n>" of the n-th subscription inside a topic.
  std::vector<Resource> resources;
  std::vector<Output> outputs;
  std::map<std::string, std::string> parameters;  // values used; "****" where NoEcho hides them
  std::vector<Notice> notices;
};

// Errors: everything that is wrong, one line each: "file:line:column: LogicalId.Property: what, and what would be
// right".
Result<LoadedTemplate> load_template(std::string_view text, const LoadOptions& options);

// "rules/logistics-events.yaml" → "logistics-events".
std::string file_stem(const std::string& file);

}  // namespace waybill::templates
