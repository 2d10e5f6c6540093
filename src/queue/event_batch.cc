#include "queue/event_batch.h"

namespace waybill::queue {

BatchUnit batch_unit(const std::vector<Received>& messages, const std::vector<RecordResult>& results,
                     const BatchPart& part, const BatchRules& rules, WallTime now) {
  BatchUnit unit;
  unit.part = part;
  for (std::size_t i = part.first; i < part.end; ++i) {
    const RecordResult& result = results[i];
    if (result.lost || (result.ok && rules.keep_all)) continue;
    if (result.ok) {
      unit.changes.add(store::DeleteMessage{messages[i].fence, rules.fifo, now, true});
      unit.owners.push_back(i);
      ++unit.deletions;
    }
    for (const store::Change& change : result.changes.list) {
      unit.changes.list.push_back(change);
      unit.owners.push_back(i);
    }
    if (result.on_commit) unit.on_commit.push_back(result.on_commit);
    unit.deliveries.insert(unit.deliveries.end(), result.deliveries.begin(), result.deliveries.end());
  }
  return unit;
}

void hold_back_groups(const std::vector<Received>& messages, std::vector<RecordResult>& results,
                      std::set<std::string>& stopped) {
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const std::string& group = messages[i].message->group;
    if (results[i].ok && !results[i].lost && stopped.count(group) > 0) {
      results[i] = RecordResult::failure("an earlier message of its group failed");
    }
    if (!results[i].ok || results[i].lost) stopped.insert(group);
  }
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
    case Reason::version_conflict: return {message > unit.part.first ? Step::commit_before : Step::ask_again, message};
    default: return {Step::give_up, message};
  }
}

}  // namespace waybill::queue
