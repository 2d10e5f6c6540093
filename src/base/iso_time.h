#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace waybill {

// RFC 3339: `YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)`. A fraction beyond milliseconds is cut off.
std::optional<WallTime> parse_iso8601(std::string_view text);

}  // namespace waybill
