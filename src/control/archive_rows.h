// Archives as rows of the catalog: made by the API (EventSourceArn, the pattern's text) or by a template (SourceArn,
// the pattern as an object).
#pragma once

#include <optional>
#include <string>

#include "control/session.h"

namespace waybill::control {

// ARN of the event bus whose events are kept.
std::string archive_source(const CatalogRow& archive);
// The pattern's text, as sent where it was sent as text; none: every event.
std::optional<std::string> archive_pattern(const CatalogRow& archive);
ArchiveId archive_id(const CatalogRow& archive);

// The name in an archive's ARN; what follows the last '/' where it is another ARN.
std::string archive_name(const std::string& arn);

}  // namespace waybill::control
