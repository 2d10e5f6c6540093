// Every operation of the control plane. Requests have passed the request model (types, lengths, patterns, enums).
#pragma once

#include "control/session.h"

namespace waybill::control {

// buses.cc: contract section 5
Answer<Json> create_event_bus(Session& session, const Json& request);
Answer<Json> delete_event_bus(Session& session, const Json& request);
Answer<Json> describe_event_bus(Session& session, const Json& request);
Answer<Json> list_event_buses(Session& session, const Json& request);
Answer<Json> update_event_bus(Session& session, const Json& request);
// permissions.cc: contract section 5, "Permissions"
Answer<Json> put_permission(Session& session, const Json& request);
Answer<Json> remove_permission(Session& session, const Json& request);
// rules.cc: contract section 6
Answer<Json> put_rule(Session& session, const Json& request);
Answer<Json> delete_rule(Session& session, const Json& request);
Answer<Json> describe_rule(Session& session, const Json& request);
Answer<Json> enable_rule(Session& session, const Json& request);
Answer<Json> disable_rule(Session& session, const Json& request);
Answer<Json> list_rules(Session& session, const Json& request);
Answer<Json> test_event_pattern(Session& session, const Json& request);
// targets.cc: contract section 7
Answer<Json> put_targets(Session& session, const Json& request);
Answer<Json> remove_targets(Session& session, const Json& request);
Answer<Json> list_targets_by_rule(Session& session, const Json& request);
Answer<Json> list_rule_names_by_target(Session& session, const Json& request);
// tags.cc: contract section 16
Answer<Json> tag_resource(Session& session, const Json& request);
Answer<Json> untag_resource(Session& session, const Json& request);
Answer<Json> list_tags_for_resource(Session& session, const Json& request);
// archives.cc: contract section 13
Answer<Json> create_archive(Session& session, const Json& request);
Answer<Json> delete_archive(Session& session, const Json& request);
Answer<Json> describe_archive(Session& session, const Json& request);
Answer<Json> list_archives(Session& session, const Json& request);
Answer<Json> update_archive(Session& session, const Json& request);
// replays.cc: contract section 14
Answer<Json> start_replay(Session& session, const Json& request);
Answer<Json> cancel_replay(Session& session, const Json& request);
Answer<Json> describe_replay(Session& session, const Json& request);
Answer<Json> list_replays(Session& session, const Json& request);
// connections.cc: contract section 15
Answer<Json> create_connection(Session& session, const Json& request);
Answer<Json> update_connection(Session& session, const Json& request);
Answer<Json> delete_connection(Session& session, const Json& request);
Answer<Json> deauthorize_connection(Session& session, const Json& request);
Answer<Json> describe_connection(Session& session, const Json& request);
Answer<Json> list_connections(Session& session, const Json& request);
// api_destinations.cc: contract section 15
Answer<Json> create_api_destination(Session& session, const Json& request);
Answer<Json> update_api_destination(Session& session, const Json& request);
Answer<Json> delete_api_destination(Session& session, const Json& request);
Answer<Json> describe_api_destination(Session& session, const Json& request);
Answer<Json> list_api_destinations(Session& session, const Json& request);

}  // namespace waybill::control
