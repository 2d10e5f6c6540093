// The rules that Waybill keeps for archives (contract section 13): derived from the archives, never stored.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "control/session.h"

namespace waybill::control {

// What Force has left of an archive's rule. The row's state keeps it; a rule that is not whole archives nothing.
enum class ManagedRuleState { whole, without_targets, deleted };
ManagedRuleState managed_rule_state(const CatalogRow& archive);
void leave_managed_rule(Session& session, const CatalogRow& archive, ManagedRuleState left);

std::string managed_rule_name(std::string_view archive);
// The archive whose managed rule has that name; null when there is none, or when its rule was deleted.
const CatalogRow* archive_behind_rule(const Session& session, std::string_view bus, std::string_view rule);

inline constexpr const char* kManagedBy = "prod.vhs.events.aws.internal";

// The managed rules of a bus as rows like those of stored rules, in order of name: "‹bus›/Events-Archive-‹archive›",
// with EventPattern, State, ManagedBy and Targets. Nothing is delivered by them: the archive itself takes the events.
std::vector<CatalogRowPtr> managed_archive_rules(const Session& session, std::string_view bus);

}  // namespace waybill::control
