#include "handlers/host/permissions.h"

#include <algorithm>

#include "model/arn.h"

namespace waybill {

namespace {

bool covers(const PolicyStatement& statement, std::string_view action, const std::string& resource) {
  const auto any = [](const std::vector<std::string>& patterns, std::string_view text, bool ignore_case) {
    for (const std::string& pattern : patterns) {
      if (wildcard_matches(pattern, text, ignore_case)) return true;
    }
    return false;
  };
  return any(statement.actions, action, true) && any(statement.resources, resource, false);
}

}  // namespace

bool is_allowed(const Topology& topology, const FunctionSpec& function, std::string_view action,
                const std::string& resource_arn) {
  if (!function.permissions) {
    return resource_arn == topology.place().event_bus("default") || topology.owner_of(resource_arn) == function.owner;
  }
  bool allowed = false;
  for (const PolicyStatement& statement : *function.permissions) {
    if (!covers(statement, action, resource_arn)) continue;
    if (!statement.allow) return false;
    allowed = true;
  }
  return allowed;
}

bool is_denied(const FunctionSpec& function, std::string_view action, const std::string& resource_arn) {
  if (!function.permissions) return false;
  return std::any_of(function.permissions->begin(), function.permissions->end(), [&](const PolicyStatement& statement) {
    return !statement.allow && covers(statement, action, resource_arn);
  });
}

std::string not_allowed(const FunctionSpec& function, std::string_view action, const std::string& resource_arn) {
  std::string text = "User: " + function.arn + " is not authorized to perform: " + std::string(action) +
                     " on resource: " + resource_arn + " because ";
  text += function.permissions ? "no policy of its role allows it"
                               : "it has no role and its template does not declare that resource";
  return text;
}

}  // namespace waybill
