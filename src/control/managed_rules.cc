#include "control/managed_rules.h"

#include "control/archive_rows.h"
#include "control/lookups.h"

namespace waybill::control {

namespace {

// The archive's pattern, and that the event is no replayed one.
std::string pattern_of(const CatalogRow& archive) {
  nlohmann::ordered_json pattern = nlohmann::ordered_json::object();
  if (const auto text = archive_pattern(archive)) pattern = nlohmann::ordered_json::parse(*text, nullptr, false);
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
                      rule_key(bus, "Events-Archive-" + archive.resource.key.name)};
  row.body = {{"EventBusName", bus},
              {"EventPattern", pattern_of(archive)},
              {"State", "ENABLED"},
              {"ManagedBy", kManagedBy},
              {"Targets", Json::array({target_of(archive)})}};
  row.state = {{"Created", archive.state.value("Created", std::int64_t{0})}};
  return std::make_shared<const CatalogRow>(std::move(row));
}

}  // namespace

std::vector<CatalogRowPtr> managed_archive_rules(const Session& session, std::string_view bus) {
  std::vector<CatalogRowPtr> rules;
  const std::string source = session.place().event_bus(bus);
  for (const CatalogRow* archive : session.list(kinds::kArchive)) {
    if (archive_source(*archive) == source) rules.push_back(managed_rule(*archive, bus));
  }
  return rules;
}

}  // namespace waybill::control
