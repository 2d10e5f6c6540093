// The resource policy of a bus (contract section 5, "Permissions"): "Policy" in the row's body, a JSON object; and the
// statements that templates declare, a row of kinds::kEventBusPolicy each.
#pragma once

#include <optional>
#include <string>

#include "control/session.h"

namespace waybill::control {

// As answers show it: JSON text whose members stand in the order in which policies are written. None without a
// statement.
std::optional<std::string> policy_text(const Session& session, const CatalogRow& bus);

// The Statement list of a policy, of which one statement may stand alone; empty where there is none.
Json policy_statements(const Json& policy);

}  // namespace waybill::control
