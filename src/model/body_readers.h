// What the builder of the topology reads out of the bodies of catalog rows. They were checked when they were put, so
// what is not as expected counts as not there.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "model/topology.h"

namespace waybill {

using Json = nlohmann::json;

std::string text(const Json& object, const char* name);  // "" where there is no such text
// of a member that is an object
std::string nested_text(const Json& object, const char* member, const char* name);
std::vector<std::string> texts(const Json& one_or_many);
// Pattern properties may be an object in a template, or the text that the API was sent.
std::string json_or_text(const Json& object, const char* name);
RetryPolicy retry_policy(const Json& target);
// Null for a target that gets its event as it is. `id`: of the rule, for its variables.
std::shared_ptr<const expr::InputShape> input_shape(const std::string& id, const Json& target);
void add_statements(const Json& policy_document, std::vector<PolicyStatement>& into);

}  // namespace waybill
