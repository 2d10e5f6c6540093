#include "control/rule_rows.h"

#include <algorithm>

#include "control/lookups.h"
#include "control/managed_rules.h"

namespace waybill::control {

namespace {

// Rows of the catalog live as long as it does, which is longer than a call.
CatalogRowPtr unowned(const CatalogRow* row) { return {CatalogRowPtr(), row}; }

CatalogRowPtr find_managed(const Session& session, const std::string& bus, const std::string& name) {
  for (const CatalogRowPtr& row : managed_archive_rules(session, bus)) {
    if (rule_name(*row).rule == name) return row;
  }
  return nullptr;
}

}  // namespace

std::vector<CatalogRowPtr> all_rules_of(const Session& session, const std::string& bus, const std::string& prefix) {
  std::vector<CatalogRowPtr> rows;
  for (const CatalogRow* row : rules_of(session, bus, prefix)) rows.push_back(unowned(row));
  for (const CatalogRowPtr& row : managed_archive_rules(session, bus)) {
    if (rule_name(*row).rule.starts_with(prefix)) rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end(),
            [](const CatalogRowPtr& a, const CatalogRowPtr& b) { return a->resource.key.name < b->resource.key.name; });
  return rows;
}

bool is_managed_rule(const Session& session, const std::string& bus, const std::string& name) {
  return archive_behind_rule(session, bus, name) != nullptr;
}

Fault managed_rule(const std::string& bus, const std::string& name) {
  return {"ManagedRuleException", "Rule " + name + " on EventBus " + bus +
                                      " is managed for its archive: it changes with UpdateArchive and goes with "
                                      "DeleteArchive."};
}

Answer<CatalogRowPtr> named_rule(const Session& session, const Json& request, const char* name_member) {
  const std::string name = member(request, name_member);
  const std::string bus = bus_member(request);
  if (CatalogRowPtr managed = find_managed(session, bus, name)) return managed;
  const auto row = require_rule(session, bus, name);
  if (!row) return row.error();
  return unowned(*row);
}

Answer<CatalogRowPtr> changeable_rule(const Session& session, const Json& request, const char* name_member) {
  const std::string name = member(request, name_member);
  const std::string bus = bus_member(request);
  if (is_managed_rule(session, bus, name)) return managed_rule(bus, name);
  return named_rule(session, request, name_member);
}

}  // namespace waybill::control
