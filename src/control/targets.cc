// Targets: contract section 7. They are the member "Targets" of their rule's body.
#include <algorithm>

#include "control/lookups.h"
#include "control/managed_rules.h"
#include "control/operations.h"
#include "control/rule_rows.h"
#include "control/target_checks.h"

namespace waybill::control {

namespace {

Json targets_of(const CatalogRow& rule) { return rule.body.value("Targets", Json::array()); }

void replace_target(Json& targets, const Json& target) {
  for (Json& each : targets) {
    if (each["Id"] == target["Id"]) {
      each = target;
      return;
    }
  }
  targets.push_back(target);
}

bool names_target(const CatalogRow& rule, const std::string& arn) {
  const Json targets = targets_of(rule);
  return std::any_of(targets.begin(), targets.end(),
                     [&](const Json& target) { return target.value("Arn", "") == arn; });
}

Json nothing_failed() { return {{"FailedEntryCount", 0}, {"FailedEntries", Json::array()}}; }

}  // namespace

Answer<Json> put_targets(Session& session, const Json& request) {
  const Json& wanted = request["Targets"];
  if (auto checked = check_queue_targets(wanted); !checked) return checked.error();
  auto rule = changeable_rule(session, request, "Rule");
  if (!rule) return rule.error();
  Json targets = targets_of(**rule);
  if (auto checked = check_targets(session, rule_name(**rule).bus, wanted); !checked) return checked.error();
  for (const Json& target : wanted) replace_target(targets, target);
  if (targets.size() > session.limits().targets_per_rule) return over_limit();
  Json body = (*rule)->body;
  body["Targets"] = std::move(targets);
  session.put(kinds::kRule, (*rule)->resource.key.name, body);
  return nothing_failed();
}

Answer<Json> remove_targets(Session& session, const Json& request) {
  const std::string bus = bus_member(request), name = member(request, "Rule");
  const CatalogRow* archive = request.value("Force", false) ? archive_behind_rule(session, bus, name) : nullptr;
  if (archive) {
    const Json& given = request["Ids"];
    const bool named = std::find(given.begin(), given.end(), Json(archive->resource.key.name)) != given.end();
    if (named) leave_managed_rule(session, *archive, ManagedRuleState::without_targets);
    return nothing_failed();
  }
  auto rule = changeable_rule(session, request, "Rule");
  if (!rule) return rule.error();
  const Json& ids = request["Ids"];
  Json kept = Json::array();
  for (const Json& target : targets_of(**rule)) {
    if (std::find(ids.begin(), ids.end(), target["Id"]) == ids.end()) kept.push_back(target);
  }
  Json body = (*rule)->body;
  body["Targets"] = std::move(kept);
  session.put(kinds::kRule, (*rule)->resource.key.name, body);
  return nothing_failed();
}

Answer<Json> list_targets_by_rule(Session& session, const Json& request) {
  auto rule = named_rule(session, request, "Rule");
  if (!rule) return rule.error();
  Json targets = targets_of(**rule);
  std::sort(targets.begin(), targets.end(),
            [](const Json& a, const Json& b) { return a.value("Id", "") < b.value("Id", ""); });
  return Json{{"Targets", std::move(targets)}};
}

Answer<Json> list_rule_names_by_target(Session& session, const Json& request) {
  const std::string bus = bus_member(request);
  if (auto found = require_bus(session, member(request, "EventBusName", kDefaultBus)); !found) return found.error();
  const std::string arn = member(request, "TargetArn");
  Json names = Json::array();
  for (const auto& row : all_rules_of(session, bus)) {
    if (names_target(*row, arn)) names.push_back(row->resource.key.name.substr(bus.size() + 1));
  }
  return Json{{"RuleNames", std::move(names)}};
}

}  // namespace waybill::control
