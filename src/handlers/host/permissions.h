// What a function may do: its role's policies, or, without a role, what its own template declares.
#pragma once

#include <string>
#include <string_view>

#include "model/topology.h"

namespace waybill {

// AWS: IAM policy evaluation of identity policies: an explicit Deny wins, then an Allow is needed. Actions compare
// without case, resources with it; both take * and ?.
bool is_allowed(const Topology& topology, const FunctionSpec& function, std::string_view action,
                const std::string& resource_arn);

// A Deny covers it.
bool is_denied(const FunctionSpec& function, std::string_view action, const std::string& resource_arn);

// "User: <function ARN> is not authorized to perform: <action> on resource: <ARN>", and what would be right.
std::string not_allowed(const FunctionSpec& function, std::string_view action, const std::string& resource_arn);

}  // namespace waybill
