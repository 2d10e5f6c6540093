// Whether a text is a time as events carry it: ISO 8601 with zone, "2026-09-24T08:15:00Z", seconds optional and
// with any fraction, zone Z or ±hh:mm (colon and minutes optional).
#pragma once

#include <string_view>

namespace waybill::pattern {

bool is_event_time(std::string_view text);

}  // namespace waybill::pattern
