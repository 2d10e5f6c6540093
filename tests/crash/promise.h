// What a run was told, and the checks that it still holds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "model/ids.h"

namespace waybill::testing {

// Something acknowledged, by what was acknowledged:
//   "accepted" "archived" "retried" "delivered" "buried"   a shipment
//   "table"                                                a table
//   "sent" "received" "taken" "failed" "moved"             a message
// and, before the answer, what must happen wholly or not at all:
//   "taking" "moving"                                      the messages of `together`
struct Promise {
  std::string what;
  std::int64_t number = 0;  // of the shipment or table; a message keeps for this the number it was sent under
  // The number that a message goes by then: a move gives it a new one. "moving": all new ones are this or more.
  std::int64_t goes_by = 0;
  int receives = 0;  // "received", "failed"
  QueueId to{};      // "moved"; "received": where it was
  std::vector<std::int64_t> together{};

  bool is_before_the_answer() const { return what == "taking" || what == "moving"; }
};

// Of the ingress log in these runs: small, so that its files are written anew on the way.
inline constexpr std::int64_t kCrashSegmentBytes = 8 << 10;

// Opens what is left in the directory as a daemon would and says what is wrong with it: the file itself, a promise that
// was not kept, a shipment or message that is in two places or, having been accepted, in none.
std::vector<std::string> broken_promises(const std::filesystem::path& directory, const std::vector<Promise>& promises);

}  // namespace waybill::testing
