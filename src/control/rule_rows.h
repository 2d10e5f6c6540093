// Rules as rows: those that are stored, and those that Waybill manages for archives.
#pragma once

#include <string>
#include <vector>

#include "control/session.h"

namespace waybill::control {

// Stored and managed rules of a bus with the prefix, in order of name.
std::vector<CatalogRowPtr> all_rules_of(const Session& session, const std::string& bus, const std::string& prefix = "");

bool is_managed_rule(const Session& session, const std::string& bus, const std::string& name);
Fault managed_rule(const std::string& bus, const std::string& name);

// The rule that the request names by its member `name_member` and EventBusName; a managed one too.
Answer<CatalogRowPtr> named_rule(const Session& session, const Json& request, const char* name_member);
// The same, refusing a managed one.
Answer<CatalogRowPtr> changeable_rule(const Session& session, const Json& request, const char* name_member);

}  // namespace waybill::control
