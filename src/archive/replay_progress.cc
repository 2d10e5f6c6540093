#include "archive/replay_progress.h"

#include "control/archive_rows.h"
#include "control/replay_rows.h"

namespace waybill::archive {

using Json = nlohmann::json;

Result<Replay> Replay::read(const CatalogRow& row) {
  try {
    Replay replay;
    replay.key = row.resource.key;
    replay.archive_name = control::archive_name(row.body.at("EventSourceArn"));
    replay.archive = ArchiveId{row.state.at("Archive").get<std::int64_t>()};
    const Json& destination = row.body.at("Destination");
    replay.bus_arn = destination.at("Arn");
    replay.rule_arns = destination.value("FilterArns", std::vector<std::string>());
    replay.from = from_millis(row.body.at("EventStartTime"));
    replay.to = from_millis(row.body.at("EventEndTime"));
    if (const auto cursor = row.state.find("Cursor"); cursor != row.state.end()) {
      replay.after = {from_millis(cursor->at("Time")), PayloadId{cursor->at("Payload").get<std::int64_t>()}};
    }
    return replay;
  } catch (const Json::exception& error) {
    return Error{ErrorCode::corrupt, "the replay " + row.resource.key.name + " cannot be read: " + error.what()};
  }
}

store::ArchiveQuery Replay::rest(int limit) const { return {archive, from, to, after, limit}; }

control::Edit note_progress(const Catalog& catalog, const CatalogRow& row, const Progress& progress, WallTime now) {
  control::Edit edit;
  const auto found = catalog.find(row.resource.key);
  if (found == catalog.end() || found->second->state != row.state) return edit;
  Json state = row.state;
  state["State"] = progress.state;
  if (!progress.reason.empty()) state["StateReason"] = progress.reason;
  if (progress.after) {
    const std::int64_t time = to_millis(progress.after->event_time);
    state["Cursor"] = {{"Time", time}, {"Payload", progress.after->payload.value}};
    state["LastReplayed"] = time;
  }
  if (progress.state != control::replay_states::kRunning) state["Ended"] = to_millis(now);
  Resource resource = row.resource;
  resource.state = state.dump();
  edit.puts.push_back(std::move(resource));
  return edit;
}

}  // namespace waybill::archive
