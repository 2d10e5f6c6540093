#include "queue/event_batch.h"

#include <algorithm>

namespace waybill::queue {

BatchUnit batch_unit(const std::vector<Received>& messages, const std::vector<RecordResult>& results, std::size_t count,
                     bool item_failures, bool fifo, WallTime now) {
  BatchUnit unit;
  const auto end = results.begin() + static_cast<std::ptrdiff_t>(count);
  const bool all_ok = std::all_of(results.begin(), end, [](const RecordResult& each) { return each.ok; });
  for (std::size_t i = 0; i < count; ++i) {
    const RecordResult& result = results[i];
    const bool done = result.ok && (item_failures || all_ok);
    if (result.ok && !done) continue;
    if (done) {
      unit.changes.add(store::DeleteMessage{messages[i].fence, fifo, now, true});
      unit.owners.push_back(i);
    }
    for (const store::Change& change : result.changes.list) {
      unit.changes.list.push_back(change);
      unit.owners.push_back(i);
    }
    unit.deliveries.insert(unit.deliveries.end(), result.deliveries.begin(), result.deliveries.end());
  }
  return unit;
}

AfterRefusal after_refusal(const store::Refusal& refusal, const BatchUnit& unit) {
  using Reason = store::Refusal::Reason;
  using Step = AfterRefusal::Step;
  if (refusal.change >= unit.owners.size()) return {Step::give_up, 0};
  const std::size_t message = unit.owners[refusal.change];
  switch (refusal.reason) {
    case Reason::fenced:
    case Reason::condition_failed:
    case Reason::invalid_effect: return {Step::commit_again, message};
    // An item that an earlier message of the batch wrote is no longer as the function read it.
    case Reason::version_conflict: return {message > 0 ? Step::commit_before : Step::ask_again, message};
    default: return {Step::give_up, message};
  }
}

}  // namespace waybill::queue
