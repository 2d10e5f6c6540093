// The rules that Waybill keeps for archives (contract section 13): derived from the archives, never stored.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "control/session.h"

namespace waybill::control {

inline constexpr const char* kManagedBy = "prod.vhs.events.aws.internal";

// The managed rules of a bus as rows like those of stored rules, in order of name: "‹bus›/Events-Archive-‹archive›",
// with EventPattern, State, ManagedBy and Targets. Nothing is delivered by them: the archive itself takes the events.
std::vector<CatalogRowPtr> managed_archive_rules(const Session& session, std::string_view bus);

}  // namespace waybill::control
