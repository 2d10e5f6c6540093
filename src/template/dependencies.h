// Which resource needs which, and an order in which each comes after what it needs.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "template/conditions.h"

namespace waybill::templates {

// Logical ids that a value refers to by Ref, Fn::GetAtt and Fn::Sub. Of an Fn::If only the branch that is taken counts.
// Names that are not in `resources` are passed over.
std::set<std::string> references_of(const Json& node, const Path& path,
                                    const std::map<std::string, KnownResource>& resources, Conditions& conditions);

struct DependencyOrder {
  std::vector<std::string> order;  // all of them; what does not depend on one another stays in the given order
  std::vector<std::vector<std::string>> cycles;  // each as A, B, …, A
};

DependencyOrder dependency_order(const std::vector<std::string>& ids,
                                 const std::map<std::string, std::set<std::string>>& needs);

}  // namespace waybill::templates
