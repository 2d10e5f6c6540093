// A dead letter goes back to the endpoint that it was meant for, as a new delivery with all its attempts before it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/delivery.h"
#include "model/topology.h"
#include "store/changes.h"
#include "store/journal.h"

namespace waybill::delivery {

struct Redrive {
  store::Changes changes;  // removes the letter, inserts payload and delivery
  NewDelivery delivery;    // to dispatch after the commit
};

// detail: a JSON object that takes the place of the event's detail. Errors: invalid (detail is no JSON object, or the
// letter holds no event), not_found (its endpoint is no longer configured).
Result<Redrive> make_redrive(const DeadLetter& letter, const std::optional<std::string>& detail,
                             const Topology& topology, WallTime now, store::Journal& journal);

// What becomes of several letters, in their order. committed: as Redrive::delivery; called on the writer thread.
struct RedriveOptions {
  std::optional<std::string> detail;
  bool dry_run = false;  // only says what would be redriven
};
struct RedriveResult {
  std::vector<DeadLetterId> redriven;
  std::vector<std::pair<DeadLetterId, std::string>> failed;  // and why
};
// Each in a unit of its own; all are in the Journal before it waits, so that many wait for the disk once. Blocks: not
// on the writer thread.
RedriveResult redrive_many(const std::vector<DeadLetter>& letters, const RedriveOptions& order,
                           const Topology& topology, WallTime now, store::Journal& journal,
                           const std::function<void(std::vector<NewDelivery>)>& committed);

// The event in delivered form with another detail.
Result<std::string> with_detail(std::string_view event, std::string_view detail);

}  // namespace waybill::delivery
