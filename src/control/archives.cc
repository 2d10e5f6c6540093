// Archives: contract section 13.
#include "control/archive_rows.h"
#include "control/lookups.h"
#include "control/managed_rules.h"
#include "control/operations.h"
#include "pattern/pattern.h"

namespace waybill::control {

namespace {

Answer<> check_archive_pattern(const Json& request) {
  const std::string text = member(request, "EventPattern");
  if (text.empty()) return {};
  if (const auto pattern = pattern::Pattern::parse(text); !pattern) {
    return Fault{"InvalidEventPatternException", pattern.error().message};
  }
  return {};
}

Answer<const CatalogRow*> require_archive(const Session& session, const std::string& name) {
  if (const CatalogRow* row = session.find(kinds::kArchive, name)) return row;
  return not_there("Archive " + name + " does not exist.");
}

// What lists and descriptions have in common.
Answer<Json> archive_item(const Session& session, const CatalogRow& row) {
  const auto reader = session.readers().lend();
  if (!reader) return internal_fault(reader.error().message);
  const auto totals = (*reader)->archive_totals(archive_id(row));
  if (!totals) return internal_fault(totals.error().message);
  return Json{{"ArchiveName", row.resource.key.name},
              {"EventSourceArn", archive_source(row)},
              {"State", "ENABLED"},
              {"RetentionDays", row.body.value("RetentionDays", 0)},
              {"EventCount", totals->events},
              {"SizeBytes", totals->bytes},
              {"CreationTime", created_seconds(row)}};
}

// The archive's rule is made with it, under a name that may be somebody else's.
Answer<> check_managed_rule_name(const Session& session, const std::string& archive, const std::string& bus_arn) {
  const std::string bus(event_bus_name(bus_arn)), rule = managed_rule_name(archive);
  if (!session.find(kinds::kRule, rule_key(bus, rule))) return {};
  return already_there("Rule " + rule + " already exists on EventBus " + bus +
                       ", and the archive's own rule has that name.");
}

Json written(const Session& session, const std::string& name, double created) {
  return {{"ArchiveArn", session.place().archive(name)}, {"State", "ENABLED"}, {"CreationTime", created}};
}

}  // namespace

Answer<Json> create_archive(Session& session, const Json& request) {
  const std::string name = member(request, "ArchiveName");
  if (auto bus = require_bus(session, member(request, "EventSourceArn")); !bus) return bus.error();
  if (session.find(kinds::kArchive, name)) return already_there("Archive " + name + " already exists.");
  if (auto checked = check_archive_pattern(request); !checked) return checked.error();
  WAYBILL_CHECK(check_managed_rule_name(session, name, member(request, "EventSourceArn")));
  Json body{{"ArchiveName", name}, {"RetentionDays", request.value("RetentionDays", 0)}};
  copy_members(request, body, {"EventSourceArn", "Description", "EventPattern", "KmsKeyIdentifier"});
  session.put(kinds::kArchive, name, body);
  return written(session, name, seconds(session.now()));
}

Answer<Json> update_archive(Session& session, const Json& request) {
  Json changes = Json::object();
  copy_members(request, changes, {"Description", "EventPattern", "RetentionDays", "KmsKeyIdentifier"});
  if (changes.empty()) {
    return not_valid("At least one of EventPattern, RetentionDays or Description must be provided.");
  }
  const std::string name = member(request, "ArchiveName");
  auto row = require_archive(session, name);
  if (!row) return row.error();
  if (auto checked = check_archive_pattern(request); !checked) return checked.error();
  Json body = (*row)->body;
  body.update(changes);
  Json state = (*row)->state;
  if (state.erase(kManagedRuleLeft) > 0) {
    WAYBILL_CHECK(check_managed_rule_name(session, name, archive_source(**row)));
  }
  session.put(kinds::kArchive, name, body, state);
  return written(session, name, created_seconds(**row));
}

// The events go in the background.
Answer<Json> delete_archive(Session& session, const Json& request) {
  auto row = require_archive(session, member(request, "ArchiveName"));
  if (!row) return row.error();
  session.remove(kinds::kArchive, (*row)->resource.key.name);
  return Json::object();
}

Answer<Json> describe_archive(Session& session, const Json& request) {
  auto row = require_archive(session, member(request, "ArchiveName"));
  if (!row) return row.error();
  auto shown = archive_item(session, **row);
  if (!shown) return shown;
  (*shown)["ArchiveArn"] = session.place().archive((*row)->resource.key.name);
  copy_members((*row)->body, *shown, {"Description", "KmsKeyIdentifier"});
  if (auto pattern = archive_pattern(**row)) (*shown)["EventPattern"] = std::move(*pattern);
  return shown;
}

Answer<Json> list_archives(Session& session, const Json& request) {
  if (request.contains("State") + request.contains("EventSourceArn") + request.contains("NamePrefix") > 1) {
    return not_valid(
        "At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.");
  }
  const std::string source = member(request, "EventSourceArn");
  if (!source.empty()) {
    if (auto bus = require_bus(session, source); !bus) return bus.error();
  }
  Json items = Json::array();
  for (const CatalogRow* row : session.list(kinds::kArchive, member(request, "NamePrefix"))) {
    if (!source.empty() && archive_source(*row) != source) continue;
    if (member(request, "State", "ENABLED") != "ENABLED") continue;
    auto item = archive_item(session, *row);
    if (!item) return item;
    items.push_back(std::move(*item));
  }
  return Json{{"Archives", std::move(items)}};
}

}  // namespace waybill::control
