#include "control/lookups.h"

namespace waybill::control {

std::string member(const Json& request, const char* name, std::string_view fallback) {
  const auto found = request.find(name);
  return found != request.end() && found->is_string() ? found->get<std::string>() : std::string(fallback);
}

std::string bus_member(const Json& request) {
  return std::string(event_bus_name(member(request, "EventBusName", kDefaultBus)));
}

double seconds(std::int64_t millis) { return static_cast<double>(millis) / 1000.0; }
double seconds(WallTime time) { return seconds(to_millis(time)); }
double created_seconds(const CatalogRow& row) { return seconds(row.state.value("Created", std::int64_t{0})); }
double modified_seconds(const CatalogRow& row) { return seconds(row.state.value("Modified", std::int64_t{0})); }

void copy_members(const Json& from, Json& to, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const auto found = from.find(name); found != from.end()) to[name] = *found;
  }
}

Answer<const CatalogRow*> require_bus(const Session& session, std::string_view name_or_arn) {
  const std::string_view name = event_bus_name(name_or_arn);
  const bool elsewhere = name != name_or_arn && session.place().event_bus(name) != name_or_arn;
  if (const CatalogRow* row = elsewhere ? nullptr : session.find(kinds::kEventBus, name)) return row;
  return not_there("Event bus " + std::string(name) + " does not exist.");
}

Answer<const CatalogRow*> require_rule(const Session& session, std::string_view bus_name_or_arn,
                                       std::string_view rule) {
  const std::string_view bus = event_bus_name(bus_name_or_arn);
  const bool elsewhere = bus != bus_name_or_arn && session.place().event_bus(bus) != bus_name_or_arn;
  if (const CatalogRow* row = elsewhere ? nullptr : session.find(kinds::kRule, rule_key(bus, rule))) return row;
  return not_there("Rule " + std::string(rule) + " does not exist on EventBus " + std::string(bus) + ".");
}

std::string rule_key(std::string_view bus, std::string_view rule) { return std::string(bus) + "/" + std::string(rule); }

RuleName rule_name(const CatalogRow& row) {
  const std::string& name = row.resource.key.name;
  const std::size_t slash = name.rfind('/');
  return {name.substr(0, slash), name.substr(slash + 1)};
}

std::vector<const CatalogRow*> rules_of(const Session& session, std::string_view bus, std::string_view prefix) {
  std::vector<const CatalogRow*> rules = session.list(kinds::kRule, rule_key(bus, prefix));
  std::erase_if(rules, [bus](const CatalogRow* row) { return rule_name(*row).bus != bus; });
  return rules;
}

}  // namespace waybill::control
