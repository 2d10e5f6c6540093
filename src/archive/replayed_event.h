// An event as a replay delivers it (contract section 14).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace waybill::archive {

// The event with another id and the member replay-name between region and resources; all else as it is, to the byte.
// Empty when the text does not begin as append_event_head (model/event.h) writes it.
std::optional<std::string> replayed_event(std::string_view event, std::string_view id, std::string_view replay_name);

}  // namespace waybill::archive
