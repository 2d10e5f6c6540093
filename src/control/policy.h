// The resource policy of a bus (contract section 5, "Permissions"): "Policy" in the row's body, a JSON object.
#pragma once

#include <optional>
#include <string>

#include "control/fault.h"

namespace waybill::control {

// As answers show it: JSON text whose members stand in the order in which policies are written. None without a
// statement.
std::optional<std::string> policy_text(const Json& bus_body);

}  // namespace waybill::control
