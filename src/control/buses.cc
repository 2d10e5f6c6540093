// Event buses (contract section 5).
#include "control/lookups.h"
#include "control/operations.h"
#include "control/policy.h"
#include "control/rule_rows.h"
#include "control/tags.h"

namespace waybill::control {

namespace {

// What a bus keeps of the requests that create and update it, beside its tags.
constexpr std::initializer_list<const char*> kBusSettings = {"Description", "KmsKeyIdentifier", "DeadLetterConfig",
                                                             "LogConfig"};

Answer<> check_bus_dead_letters(const Json& request) {
  const auto config = request.find("DeadLetterConfig");
  const std::string text = config == request.end() ? "" : member(*config, "Arn");
  if (text.empty()) return {};
  const auto arn = Arn::parse(text);
  if (!arn) return not_valid("Parameter " + text + " is not valid. Reason: Provided Arn is not in correct format.");
  if (arn->service != "sqs") return not_valid(arn->service + " is not supported as a dead letter resource");
  return {};
}

Answer<> check_new_bus(const Session& session, const Json& request) {
  const std::string name = member(request, "Name");
  const std::string source = member(request, "EventSourceName");
  if (source.empty() && name.find('/') != std::string::npos) {
    return not_valid("Event bus name must not contain '/'.");
  }
  if (!source.empty()) {
    if (source != name) return not_valid("Event bus name must match event source name");
    return not_there("Event source " + source + " does not exist.");  // no partner offers one here
  }
  WAYBILL_CHECK(check_bus_dead_letters(request));
  if (session.find(kinds::kEventBus, name)) return already_there("Event bus " + name + " already exists.");
  const std::size_t buses = session.list(kinds::kEventBus).size() - 1;  // the default bus is not counted
  if (buses >= session.limits().buses) return over_limit();
  return {};
}

// "" takes a setting away: what has no value is not shown.
void set_bus_settings(const Json& request, Json& body) {
  for (const char* name : kBusSettings) {
    const auto given = request.find(name);
    if (given == request.end()) continue;
    if (*given == "") {
      body.erase(name);
    } else {
      body[name] = *given;
    }
  }
}

Json shown_bus(const Session& session, const CatalogRow& row) {
  const std::string& name = row.resource.key.name;
  Json bus{{"Name", name},
           {"Arn", session.place().event_bus(name)},
           {"CreationTime", created_seconds(row)},
           {"LastModifiedTime", modified_seconds(row)}};
  copy_members(row.body, bus, {"Description"});
  if (const auto policy = policy_text(session, row)) bus["Policy"] = *policy;
  return bus;
}

}  // namespace

Answer<Json> create_event_bus(Session& session, const Json& request) {
  WAYBILL_CHECK(check_new_bus(session, request));
  WAYBILL_TRY(const Json tags, merged_tags(session, Json::array(), request.value("Tags", Json::array())));
  const std::string name = member(request, "Name");
  Json body{{"Name", name}};
  set_bus_settings(request, body);
  Json answer{{"EventBusArn", session.place().event_bus(name)}};
  copy_members(body, answer, kBusSettings);
  if (!tags.empty()) body["Tags"] = tags;
  session.put(kinds::kEventBus, name, body);
  return answer;
}

Answer<Json> delete_event_bus(Session& session, const Json& request) {
  const std::string name = member(request, "Name");
  if (name == kDefaultBus) return not_valid("Cannot delete event bus default.");
  if (!session.find(kinds::kEventBus, name)) return Json::object();
  if (!all_rules_of(session, name).empty()) return not_valid("EventBus can't be deleted since it has rules.");
  session.remove(kinds::kEventBus, name);
  return Json::object();
}

Answer<Json> describe_event_bus(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* row, require_bus(session, member(request, "Name", kDefaultBus)));
  Json bus = shown_bus(session, *row);
  copy_members(row->body, bus, kBusSettings);
  return bus;
}

Answer<Json> list_event_buses(Session& session, const Json& request) {
  Json buses = Json::array();
  for (const CatalogRow* row : session.list(kinds::kEventBus, member(request, "NamePrefix"))) {
    buses.push_back(shown_bus(session, *row));
  }
  return Json{{"EventBuses", std::move(buses)}};
}

// No recorded answer says what an absent member does. None is required, and no other member could tell that one is to
// stay: so absent ones stay, as with UpdateArchive and UpdateConnection.
Answer<Json> update_event_bus(Session& session, const Json& request) {
  WAYBILL_TRY(const CatalogRow* row, require_bus(session, member(request, "Name", kDefaultBus)));
  WAYBILL_CHECK(check_bus_dead_letters(request));
  Json body = row->body;
  set_bus_settings(request, body);
  const std::string& name = row->resource.key.name;
  session.put(kinds::kEventBus, name, body);
  Json answer{{"Name", name}, {"Arn", session.place().event_bus(name)}};
  copy_members(body, answer, kBusSettings);
  return answer;
}

}  // namespace waybill::control
