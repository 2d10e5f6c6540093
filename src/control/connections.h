// What API destinations need of connections (contract section 15).
#pragma once

#include <string>
#include <string_view>

#include "control/session.h"

namespace waybill::control {

// What stands at the end of the ARN of a connection or an API destination: of the row's state, or where a template
// declared it of its Arn.
std::string uuid_of(const CatalogRow& row);
// "arn:…:connection/‹name›/‹uuid›".
std::string connection_arn(const CatalogRow& row);
// Fault: `Failed to describe the connection(s). Connection '‹n›' does not exist.`; a connection that was made anew
// under the old name is another one.
Answer<const CatalogRow*> require_connection_by_arn(const Session& session, std::string_view arn);

// "arn:…:api-destination/‹name›/‹uuid›".
std::string destination_arn(const CatalogRow& row);

// "AUTHORIZED", "AUTHORIZING" or "DEAUTHORIZED".
std::string connection_state(const CatalogRow& row);
// The same for calls that only look. An OAuth connection is AUTHORIZING in the answer of the call that gave it its
// parameters, and for calls that change something after it; the first that looks finds it AUTHORIZED, and leaves it so.
// The token is fetched when a delivery needs it, so there is nothing to wait for.
std::string settled_connection_state(Session& session, const CatalogRow& row);

}  // namespace waybill::control
