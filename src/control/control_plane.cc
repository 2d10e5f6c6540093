#include "control/control_plane.h"

#include <map>

#include "control/operations.h"

namespace waybill::control {

namespace {

const std::map<std::string_view, Operation>& operations() {
  static const std::map<std::string_view, Operation> kOperations{
      {"CreateEventBus", create_event_bus},
      {"DeleteEventBus", delete_event_bus},
      {"DescribeEventBus", describe_event_bus},
      {"ListEventBuses", list_event_buses},
      {"UpdateEventBus", update_event_bus},
      {"PutPermission", put_permission},
      {"RemovePermission", remove_permission},
      {"PutRule", put_rule},
      {"DeleteRule", delete_rule},
      {"DescribeRule", describe_rule},
      {"EnableRule", enable_rule},
      {"DisableRule", disable_rule},
      {"ListRules", list_rules},
      {"ListRuleNamesByTarget", list_rule_names_by_target},
      {"PutTargets", put_targets},
      {"RemoveTargets", remove_targets},
      {"ListTargetsByRule", list_targets_by_rule},
      {"TagResource", tag_resource},
      {"UntagResource", untag_resource},
      {"ListTagsForResource", list_tags_for_resource},
      {"TestEventPattern", test_event_pattern},
      {"CreateArchive", create_archive},
      {"DeleteArchive", delete_archive},
      {"DescribeArchive", describe_archive},
      {"ListArchives", list_archives},
      {"UpdateArchive", update_archive},
      {"StartReplay", start_replay},
      {"CancelReplay", cancel_replay},
      {"DescribeReplay", describe_replay},
      {"ListReplays", list_replays},
      {"CreateConnection", create_connection},
      {"UpdateConnection", update_connection},
      {"DeleteConnection", delete_connection},
      {"DeauthorizeConnection", deauthorize_connection},
      {"DescribeConnection", describe_connection},
      {"ListConnections", list_connections},
      {"CreateApiDestination", create_api_destination},
      {"UpdateApiDestination", update_api_destination},
      {"DeleteApiDestination", delete_api_destination},
      {"DescribeApiDestination", describe_api_destination},
      {"ListApiDestinations", list_api_destinations},
  };
  return kOperations;
}

}  // namespace

Operation find_operation(std::string_view name) {
  const auto found = operations().find(name);
  return found == operations().end() ? nullptr : found->second;
}

Answer<Json> ControlPlane::call(Operation operation, const Json& request, const Place& place) {
  std::optional<Answer<Json>> answer;
  const Status applied = book_.edit([&](const Catalog& catalog) -> Result<Edit> {
    Session session(catalog, {place, clock_.now(), limits_, random_, readers_});
    answer.emplace(operation(session, request));
    return answer->has_value() ? session.take_edit() : Edit{};
  });
  if (!applied && answer && answer->has_value()) return internal_fault(applied.error().message);
  return std::move(*answer);
}

}  // namespace waybill::control
