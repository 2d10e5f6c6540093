// Timestamps on the wire (contract section 1): JSON numbers, seconds since the epoch, fractions allowed.
#pragma once

#include <optional>

#include <nlohmann/json.hpp>

#include "base/clock.h"

namespace waybill::api {

// From the beginning of the year 1 to the end of the year 9999, which is what times are written with.
bool is_request_time(WallTime time);

// A number, to the nearest millisecond, between the years 1 and 9999, or an RFC 3339 text, which some SDKs send.
// Nothing for all else.
std::optional<WallTime> request_time(const nlohmann::json& value);

// A number with as many of three decimals as it needs.
nlohmann::json answer_time(WallTime time);

}  // namespace waybill::api
