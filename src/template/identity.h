// Names, ARNs and attributes of a resource, from the forms of its type.
#pragma once

#include <string>

#include "model/arn.h"
#include "template/names.h"
#include "template/resource_types.h"

namespace waybill::templates {

struct Identity {
  std::string key;  // ResourceKey::name
  std::string arn;  // "" for none
  std::string ref;
  std::map<std::string, std::string> attributes;
};

// The physical name of a resource whose template gives none: <stack>-<LogicalId>, and the type's ending. Where that is
// longer than the type allows it is cut, and ends in 12 characters that no other stack and logical id have.
std::string made_up_name(const ResourceType& type, const Json& body, const std::string& logical_id,
                         const std::string& stack, const Place& place);

// name: physical, or "" of a type without one. endpoint: as in LoadOptions. REQUIRES: body went through its type's
// checks.
Identity identify(const ResourceType& type, const Json& body, const std::string& logical_id, const std::string& name,
                  const std::string& stack, const Place& place, const std::string& endpoint);

// Why the physical name cannot be used; "" when it can.
std::string name_problem(const ResourceType& type, const std::string& name);

}  // namespace waybill::templates
