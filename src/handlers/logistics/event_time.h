// Times as this system writes and reads them. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace waybill::logistics {

using MicroTime = std::chrono::sys_time<std::chrono::microseconds>;

// 2026-10-01T12:00:00Z, with or without a fraction, Z or an offset (RFC 3339) → seconds since the epoch, the fraction
// cut off. Nothing for anything else.
std::optional<std::int64_t> parse_rfc3339_seconds(std::string_view text);

// UTC as YYYY-MM-DDTHH:MM:SS, and .ffffff where there is a fraction; no zone (as Python's isoformat() of a naive time).
std::string iso_format(MicroTime time);

// `days` after `time`, to the microsecond. Nothing when that is outside the years 1 to 9999.
std::optional<MicroTime> plus_days(MicroTime time, double days);

}  // namespace waybill::logistics
