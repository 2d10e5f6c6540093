// Replays: contract section 14. What is started here is run by archive::ReplayRunner.
#include <algorithm>
#include <cmath>

#include "control/archive_rows.h"
#include "control/lookups.h"
#include "control/operations.h"
#include "control/replay_rows.h"

namespace waybill::control {

namespace {

std::int64_t millis_member(const Json& request, const char* name) {
  return std::llround(request.at(name).get<double>() * 1000.0);
}

bool is_bus_arn(const std::string& text) {
  const auto arn = Arn::parse(text);
  return arn && arn->service == "events" && arn->resource_of("event-bus");
}

// The archive that the request names, when all of the request is right: the checks in the service's order.
Answer<const CatalogRow*> check_start(const Session& session, const Json& request) {
  const std::string destination = member(request.at("Destination"), "Arn");
  if (!is_bus_arn(destination)) {
    return not_valid("Parameter Destination.Arn is not valid. Reason: Must contain an event bus ARN.");
  }
  if (auto bus = require_bus(session, destination); !bus) return bus.error();
  const std::string source = member(request, "EventSourceArn");
  const std::string archive_named = archive_name(source);
  const bool elsewhere = session.place().archive(archive_named) != source;
  const CatalogRow* archive = elsewhere ? nullptr : session.find(kinds::kArchive, archive_named);
  if (!archive) {
    return not_valid("Parameter EventSourceArn is not valid. Reason: Archive " + archive_named + " does not exist.");
  }
  if (millis_member(request, "EventStartTime") >= millis_member(request, "EventEndTime")) {
    return not_valid("Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.");
  }
  if (archive_source(*archive) != destination) {
    return not_valid("Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.");
  }
  const std::string name = member(request, "ReplayName");
  if (session.find(kinds::kReplay, name)) return already_there("Replay " + name + " already exists.");
  const auto replays = session.list(kinds::kReplay);
  const auto active = std::count_if(replays.begin(), replays.end(), [](auto* row) { return is_active_replay(*row); });
  if (static_cast<std::size_t>(active) >= session.limits().active_replays) return over_limit();
  return archive;
}

Answer<const CatalogRow*> require_replay(const Session& session, const Json& request) {
  const std::string name = member(request, "ReplayName");
  if (const CatalogRow* row = session.find(kinds::kReplay, name)) return row;
  return not_there("Replay " + name + " does not exist.");
}

Json replay_item(const CatalogRow& row) {
  Json item{{"ReplayName", row.resource.key.name},
            {"EventSourceArn", member(row.body, "EventSourceArn")},
            {"State", replay_state(row)},
            {"EventStartTime", seconds(row.body.at("EventStartTime").get<std::int64_t>())},
            {"EventEndTime", seconds(row.body.at("EventEndTime").get<std::int64_t>())}};
  copy_members(row.state, item, {"StateReason"});
  const auto time = [&](const char* kept, const char* shown) {
    if (const auto found = row.state.find(kept); found != row.state.end()) {
      item[shown] = seconds(found->get<std::int64_t>());
    }
  };
  time("Started", "ReplayStartTime");
  time("Ended", "ReplayEndTime");
  time("LastReplayed", "EventLastReplayedTime");
  return item;
}

}  // namespace

Answer<Json> start_replay(Session& session, const Json& request) {
  auto archive = check_start(session, request);
  if (!archive) return archive.error();
  const std::string name = member(request, "ReplayName");
  Json body{{"EventStartTime", millis_member(request, "EventStartTime")},
            {"EventEndTime", millis_member(request, "EventEndTime")}};
  copy_members(request, body, {"Description", "EventSourceArn", "Destination"});
  session.put(kinds::kReplay, name, body,
              Json{{"State", replay_states::kStarting},
                   {"Started", to_millis(session.now())},
                   {"Archive", archive_id(**archive).value}});
  return Json{{"ReplayArn", session.place().replay(name)},
              {"State", replay_states::kStarting},
              {"ReplayStartTime", seconds(session.now())}};
}

Answer<Json> cancel_replay(Session& session, const Json& request) {
  auto row = require_replay(session, request);
  if (!row) return row.error();
  const std::string& name = (*row)->resource.key.name;
  const std::string present = replay_state(**row);
  if (present != replay_states::kStarting && present != replay_states::kRunning) {
    return Fault{"IllegalStatusException", "Replay " + name + " is not in a valid state for this operation."};
  }
  Json state = (*row)->state;
  state["State"] = replay_states::kCancelling;
  session.put(kinds::kReplay, name, (*row)->body, state);
  return Json{{"ReplayArn", session.place().replay(name)}, {"State", replay_states::kCancelling}};
}

Answer<Json> describe_replay(Session& session, const Json& request) {
  auto row = require_replay(session, request);
  if (!row) return row.error();
  Json shown = replay_item(**row);
  shown["ReplayArn"] = session.place().replay((*row)->resource.key.name);
  copy_members((*row)->body, shown, {"Description", "Destination"});
  return shown;
}

Answer<Json> list_replays(Session& session, const Json& request) {
  if (request.contains("State") + request.contains("EventSourceArn") + request.contains("NamePrefix") > 1) {
    return not_valid(
        "At most one filter is allowed for ListReplays. Use either : State, EventSourceArn, or NamePrefix.");
  }
  Json items = Json::array();
  for (const CatalogRow* row : session.list(kinds::kReplay, member(request, "NamePrefix"))) {
    const std::string state = replay_state(*row), source = member(row->body, "EventSourceArn");
    if (member(request, "State", state) != state || member(request, "EventSourceArn", source) != source) continue;
    Json item = replay_item(*row);
    item.erase("StateReason");
    items.push_back(std::move(item));
  }
  return Json{{"Replays", std::move(items)}};
}

}  // namespace waybill::control
