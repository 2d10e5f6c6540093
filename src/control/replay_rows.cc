#include "control/replay_rows.h"

namespace waybill::control {

std::string replay_state(const CatalogRow& replay) { return replay.state.value("State", ""); }

bool is_active_replay(const CatalogRow& replay) {
  const std::string state = replay_state(replay);
  return state == replay_states::kStarting || state == replay_states::kRunning || state == replay_states::kCancelling;
}

}  // namespace waybill::control
