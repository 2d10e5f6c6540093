// One entry of PutEvents and what became of it (contract section 4).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/arn.h"

namespace waybill::bus {

struct Entry {
  std::optional<WallTime> time;
  std::string source;
  std::string detail_type;
  std::string detail;  // JSON text as sent
  std::vector<std::string> resources;
  std::string bus = "default";  // name or ARN
  std::optional<Place> place;   // account and region that the caller speaks for; none: the daemon's own
};

// Either event_id, or error_code and error_message.
struct EntryResult {
  std::string event_id;
  std::string error_code;
  std::string error_message;
  bool ok() const { return error_code.empty(); }
};

// First failing check of contract section 4, or empty. `detail` gets the compact detail.
std::optional<EntryResult> check_entry(const Entry& entry, std::string& detail);

}  // namespace waybill::bus
