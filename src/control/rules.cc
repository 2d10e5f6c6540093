// Rules: contract section 6. A rule's row is named "bus/rule", also on the default bus.
#include "base/code_points.h"
#include "control/lookups.h"
#include "control/managed_rules.h"
#include "control/operations.h"
#include "control/rule_rows.h"
#include "control/tags.h"
#include "expr/schedule.h"
#include "pattern/pattern.h"
#include "pattern/test_event_pattern.h"

namespace waybill::control {

namespace {

// Members that a PutRule replaces as a whole: what is not sent is gone.
constexpr const char* kReplaced[] = {"EventPattern", "ScheduleExpression", "State", "Description", "RoleArn"};

Answer<> check_pattern(const Session& session, const std::string& rule, const std::string& text) {
  if (static_cast<std::size_t>(code_points(text)) > session.limits().pattern_characters) {
    return not_valid("Parameter EventPattern for rule " + rule + " exceeds limit of " +
                     std::to_string(session.limits().pattern_characters) + ".");
  }
  if (const auto pattern = pattern::Pattern::parse(text); !pattern) {
    return Fault{"InvalidEventPatternException", pattern.error().message};
  }
  return {};
}

Answer<> check_schedule(const Json& request, const std::string& bus) {
  if (!request.contains("ScheduleExpression")) return {};
  if (bus != "default") return not_valid("ScheduleExpression is supported only on the default event bus.");
  const std::string text = member(request, "ScheduleExpression");
  if (text.empty()) return {};
  if (!expr::Schedule::parse(text)) return not_valid("Parameter ScheduleExpression is not valid.");
  if (member(request, "State") == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS") {
    return not_valid(
        "Parameter State is not valid. Reason: ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS is for rules "
        "with an EventPattern only.");
  }
  return {};
}

Answer<> check_rule(const Session& session, const Json& request, const std::string& bus) {
  const std::string pattern = member(request, "EventPattern");
  if (pattern.empty() && member(request, "ScheduleExpression").empty()) {
    if (bus != "default" && request.contains("ScheduleExpression")) return check_schedule(request, bus);
    return not_valid("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  }
  if (!pattern.empty()) {
    if (auto checked = check_pattern(session, member(request, "Name"), pattern); !checked) return checked;
  }
  return check_schedule(request, bus);
}

Json shown(const CatalogRow& row, const Place& place) {
  const auto [bus, name] = rule_name(row);
  Json rule{{"Name", name}, {"Arn", place.rule(bus, name)}, {"EventBusName", bus}};
  rule["State"] = row.body.value("State", "ENABLED");
  for (const char* each : {"EventPattern", "ScheduleExpression", "Description", "RoleArn", "ManagedBy"}) {
    if (row.body.contains(each)) rule[each] = row.body[each];
  }
  return rule;
}

Fault has_targets() { return not_valid("Rule can't be deleted since it has targets."); }

Answer<Json> set_state(Session& session, const Json& request, const char* state) {
  auto row = changeable_rule(session, request, "Name");
  if (!row) return row.error();
  Json body = (*row)->body;
  body["State"] = state;
  session.put(kinds::kRule, (*row)->resource.key.name, body);
  return Json::object();
}

}  // namespace

Answer<Json> put_rule(Session& session, const Json& request) {
  const std::string name = member(request, "Name");
  const std::string bus = bus_member(request);
  if (auto checked = check_rule(session, request, bus); !checked) return checked.error();
  if (auto found = require_bus(session, member(request, "EventBusName", kDefaultBus)); !found) return found.error();
  if (is_managed_rule(session, bus, name)) return managed_rule(bus, name);
  const CatalogRow* present = session.find(kinds::kRule, rule_key(bus, name));
  if (!present && rules_of(session, bus).size() >= session.limits().rules_per_bus) return over_limit();
  const std::string arn = session.place().rule(bus, name);
  Json body = present ? present->body : Json{{"Name", name}, {"EventBusName", bus}, {"Arn", arn}};
  for (const char* each : kReplaced) {
    body.erase(each);
    if (request.contains(each)) body[each] = request[each];
  }
  if (!body.contains("State")) body["State"] = "ENABLED";
  if (!present) {
    WAYBILL_TRY(const Json tags, merged_tags(session, Json::array(), request.value("Tags", Json::array())));
    if (!tags.empty()) body["Tags"] = tags;
  }
  session.put(kinds::kRule, rule_key(bus, name), body);
  return Json{{"RuleArn", arn}};
}

Answer<Json> delete_rule(Session& session, const Json& request) {
  const std::string name = member(request, "Name");
  const std::string bus = bus_member(request);
  if (auto found = require_bus(session, member(request, "EventBusName", kDefaultBus)); !found) return found.error();
  if (const CatalogRow* archive = archive_behind_rule(session, bus, name)) {
    if (!request.value("Force", false)) return managed_rule(bus, name);
    if (managed_rule_state(*archive) == ManagedRuleState::whole) return has_targets();
    leave_managed_rule(session, *archive, ManagedRuleState::deleted);
    return Json::object();
  }
  const CatalogRow* row = session.find(kinds::kRule, rule_key(bus, name));
  if (!row) return Json::object();  // as on AWS
  if (row->body.contains("Targets") && !row->body["Targets"].empty()) {
    return has_targets();
  }
  session.remove(kinds::kRule, rule_key(bus, name));
  return Json::object();
}

Answer<Json> describe_rule(Session& session, const Json& request) {
  auto row = named_rule(session, request, "Name");
  if (!row) return row.error();
  Json rule = shown(**row, session.place());
  rule["CreatedBy"] = session.place().account;
  return rule;
}

Answer<Json> enable_rule(Session& session, const Json& request) { return set_state(session, request, "ENABLED"); }
Answer<Json> disable_rule(Session& session, const Json& request) { return set_state(session, request, "DISABLED"); }

Answer<Json> list_rules(Session& session, const Json& request) {
  const std::string bus = bus_member(request);
  if (auto found = require_bus(session, member(request, "EventBusName", kDefaultBus)); !found) return found.error();
  Json list = Json::array();
  for (const auto& row : all_rules_of(session, bus, member(request, "NamePrefix"))) {
    list.push_back(shown(*row, session.place()));
  }
  return Json{{"Rules", std::move(list)}};
}

Answer<Json> test_event_pattern(Session&, const Json& request) {
  const auto result = pattern::test_event_pattern(member(request, "EventPattern"), member(request, "Event"));
  if (result) {
    Json answer{{"Result", result->matches}};
    // An extension: clients of AWS ignore members that they do not know.
    if (!result->matches) answer["Explanation"] = result->why_not;
    return answer;
  }
  if (result.error().code == ErrorCode::internal) return internal_fault(result.error().message);
  if (result.error().message.starts_with("Event pattern")) {
    return Fault{"InvalidEventPatternException", result.error().message};
  }
  return not_valid(result.error().message);
}

}  // namespace waybill::control
