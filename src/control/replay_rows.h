// Replays as rows of the catalog. Body: Description, EventSourceArn (of the archive), Destination, EventStartTime and
// EventEndTime (ms). State: State, StateReason, Started, Ended, LastReplayed (ms), Archive (its number), Cursor.
#pragma once

#include <string>

#include "model/catalog.h"

namespace waybill::control {

// States as AWS names them.
namespace replay_states {
inline constexpr const char* kStarting = "STARTING";
inline constexpr const char* kRunning = "RUNNING";
inline constexpr const char* kCancelling = "CANCELLING";
inline constexpr const char* kCancelled = "CANCELLED";
inline constexpr const char* kCompleted = "COMPLETED";
inline constexpr const char* kFailed = "FAILED";
}  // namespace replay_states

std::string replay_state(const CatalogRow& replay);
// It has not ended.
bool is_active_replay(const CatalogRow& replay);

}  // namespace waybill::control
