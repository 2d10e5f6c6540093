#include "control/managed_rules.h"

#include "base/json_tree.h"
#include "control/archive_rows.h"
#include "control/lookups.h"

namespace waybill::control {

namespace {

constexpr const char* kWithoutTargets = "without targets";
constexpr const char* kDeleted = "deleted";

// The archive's pattern, and that the event is no replayed one.
std::string pattern_of(const CatalogRow& archive) {
  nlohmann::ordered_json pattern = nlohmann::ordered_json::object();
  if (const auto text = archive_pattern(archive)) pattern = parse_json<nlohmann::ordered_json>(*text, kMaxPayloadDepth);
  if (!pattern.is_object()) pattern = nlohmann::ordered_json::object();
  pattern["replay-name"] = {{{"exists", false}}};
  return pattern.dump();
}

Json target_of(const CatalogRow& archive) {
  const Place place = archive.place();
  const std::string& name = archive.resource.key.name;
  const std::string arn = place.archive(name) + ":" + std::to_string(archive_id(archive).value);
  return {{"Id", name},
          {"Arn", "arn:aws:events:" + place.region + ":::"},
          {"InputTransformer",
           {{"InputPathsMap", Json::object()},
            {"InputTemplate", R"({"archive-arn": ")" + arn + R"(", "event": <aws.events.event.json>, )" +
                                  R"("ingestion-time": <aws.events.event.ingestion-time>})"}}}};
}

CatalogRowPtr managed_rule(const CatalogRow& archive, std::string_view bus) {
  CatalogRow row;
  row.resource.key = {archive.resource.key.account, archive.resource.key.region, kinds::kRule,
                      rule_key(bus, managed_rule_name(archive.resource.key.name))};
  row.body = {{"EventBusName", bus},
              {"EventPattern", pattern_of(archive)},
              {"State", "ENABLED"},
              {"ManagedBy", kManagedBy},
              {"Targets", Json::array()}};
  if (managed_rule_state(archive) == ManagedRuleState::whole) row.body["Targets"].push_back(target_of(archive));
  row.state = {{"Created", archive.state.value("Created", std::int64_t{0})}};
  return std::make_shared<const CatalogRow>(std::move(row));
}

}  // namespace

ManagedRuleState managed_rule_state(const CatalogRow& archive) {
  const std::string left = member(archive.state, kManagedRuleLeft);
  return left.empty()       ? ManagedRuleState::whole
         : left == kDeleted ? ManagedRuleState::deleted
                            : ManagedRuleState::without_targets;
}

void leave_managed_rule(Session& session, const CatalogRow& archive, ManagedRuleState left) {
  Json state = archive.state;
  state.erase(kManagedRuleLeft);
  if (left == ManagedRuleState::without_targets) state[kManagedRuleLeft] = kWithoutTargets;
  if (left == ManagedRuleState::deleted) state[kManagedRuleLeft] = kDeleted;
  session.put(kinds::kArchive, archive.resource.key.name, archive.body, state);
}

std::string managed_rule_name(std::string_view archive) { return "Events-Archive-" + std::string(archive); }

const CatalogRow* archive_behind_rule(const Session& session, std::string_view bus, std::string_view rule) {
  const std::string prefix = managed_rule_name("");
  if (!rule.starts_with(prefix)) return nullptr;
  const CatalogRow* archive = session.find(kinds::kArchive, rule.substr(prefix.size()));
  if (!archive || archive_source(*archive) != session.place().event_bus(bus)) return nullptr;
  return managed_rule_state(*archive) == ManagedRuleState::deleted ? nullptr : archive;
}

std::vector<CatalogRowPtr> managed_archive_rules(const Session& session, std::string_view bus) {
  std::vector<CatalogRowPtr> rules;
  const std::string source = session.place().event_bus(bus);
  for (const CatalogRow* archive : session.list(kinds::kArchive)) {
    if (archive_source(*archive) != source || managed_rule_state(*archive) == ManagedRuleState::deleted) continue;
    rules.push_back(managed_rule(*archive, bus));
  }
  return rules;
}

}  // namespace waybill::control
