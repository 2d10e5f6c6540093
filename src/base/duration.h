#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace waybill {

// "500ms", "10s", "15m", "24h", "14d": how settings spell a time span. Errors say what is wrong.
Result<Millis> parse_duration(std::string_view text);

// The same, or ISO 8601: "PT24H", "P14D", "P1W", "P1DT12H30M", "PT0.5S". Years and months are refused: they have no
// fixed length. Never negative. Errors say what is wrong.
Result<Millis> parse_time_span(std::string_view text);

}  // namespace waybill
