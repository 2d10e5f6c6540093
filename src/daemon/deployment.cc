#include "daemon/deployment.h"

#include <algorithm>
#include <set>

#include "base/log.h"
#include "table/table_definition.h"
#include "template/references.h"

namespace waybill {

namespace {

constexpr const char* kTable = "AWS::DynamoDB::Table";
constexpr const char* kApplied = "templates.applied";
constexpr const char* kLastTable = "tables.last_id";

Error store_error(const store::Refusal& refusal) {
  return {ErrorCode::unavailable, "the templates could not be stored: " + refusal.message};
}

}  // namespace

struct Deployment::State {
  std::vector<Resource> resources;  // stored now; after plan(): as they will be
  std::vector<TableSpec> tables;    // the same
  std::map<std::string, std::string> applied;
  std::int64_t last_table = 0;
  Topology::EndpointNumbers endpoints;

  std::vector<templates::LoadedTemplate> loaded;
  templates::Plan plan;
  std::vector<std::string> notices;
  store::Changes changes;
  std::shared_ptr<const Topology> topology;
  std::shared_ptr<const bus::RuleTable> rules;
};

Status Deployment::load(bool reload) {
  const std::lock_guard lock(installing_);
  WAYBILL_TRY(auto loaded,
              load_templates(options_.rules, options_.parameters, options_.place, options_.unknown_is_error));
  return install(std::move(loaded), reload);
}

Status Deployment::restore() {
  const std::lock_guard lock(installing_);
  return install(loaded_, true);
}

Status Deployment::install(std::vector<templates::LoadedTemplate> loaded, bool reload) {
  WAYBILL_TRY(State state, read_store());
  state.loaded = std::move(loaded);
  WAYBILL_CHECK(plan(state, reload));
  WAYBILL_CHECK(plan_tables(state));
  WAYBILL_TRY(state.topology, Topology::build(state.resources, options_.place, state.endpoints));
  WAYBILL_TRY(state.rules, bus::RuleTable::build(state.topology));
  WAYBILL_CHECK(apply(state));
  note(state);
  publish(state);
  loaded_ = std::move(state.loaded);
  return {};
}

Result<Deployment::State> Deployment::read_store() const {
  WAYBILL_TRY(const auto reader, ports_.readers.lend());
  State state;
  WAYBILL_TRY(state.resources, reader->resources());
  WAYBILL_TRY(state.tables, reader->tables());
  WAYBILL_TRY(const auto endpoints, reader->endpoints());
  for (const store::EndpointRow& row : endpoints) {
    state.endpoints.by_key[row.key] = row.id;
    state.endpoints.last = std::max(state.endpoints.last, row.id.value);
  }
  WAYBILL_TRY(const auto applied, reader->setting(kApplied));
  if (applied) {
    const auto json = nlohmann::json::parse(*applied, nullptr, false);
    for (const auto& [name, fingerprint] : json.items()) state.applied[name] = fingerprint.get<std::string>();
  }
  WAYBILL_TRY(const auto last_table, reader->setting(kLastTable));
  if (last_table) state.last_table = std::stoll(*last_table);
  return state;
}

// A template that is not among the rules this time is left alone, with all it declared: starting once without --rules
// must not drop tables. What a template that is there no longer declares is deleted, as CloudFormation does.
Status Deployment::plan(State& state, bool reload) const {
  std::set<std::string> present;
  for (const auto& each : state.loaded) present.insert(each.name);
  std::vector<Resource> considered;
  for (const Resource& resource : state.resources) {
    if (resource.owner.empty() || present.count(resource.owner) > 0) considered.push_back(resource);
  }
  templates::PlanOptions options;
  options.place = options_.place;
  options.reload = reload;
  for (const auto& [name, fingerprint] : state.applied) {
    if (present.count(name) > 0) {
      options.applied[name] = fingerprint;
    } else {
      state.notices.push_back(name + ": this template is no longer among the rules; what it declared stays");
    }
  }
  WAYBILL_TRY(state.plan, templates::make_plan(considered, state.loaded, options));
  for (const ResourceKey& key : state.plan.deletes) {
    std::erase_if(state.resources, [&](const Resource& each) { return each.key == key; });
    state.changes.add(store::DeleteResource{key});
  }
  for (const Resource& put : state.plan.puts) {
    std::erase_if(state.resources, [&](const Resource& each) { return each.key == put.key; });
    state.resources.push_back(put);
    state.changes.add(store::PutResource{put});
  }
  for (const auto& [name, fingerprint] : state.plan.applied) state.applied[name] = fingerprint;
  return {};
}

Status Deployment::plan_tables(State& state) const {
  const auto stored = [&](const std::string& name) {
    return std::find_if(state.tables.begin(), state.tables.end(), [&](const TableSpec& t) { return t.name == name; });
  };
  for (const ResourceKey& key : state.plan.deletes) {
    const auto found = key.kind == kTable ? stored(key.name) : state.tables.end();
    if (found == state.tables.end()) continue;
    state.changes.add(store::DropTable{found->id});
    state.tables.erase(found);
  }
  WAYBILL_TRY(const auto reader, ports_.readers.lend());
  for (const Resource& put : state.plan.puts) {
    if (put.key.kind != kTable) continue;
    const auto found = stored(put.key.name);
    const bool is_new = found == state.tables.end();
    WAYBILL_TRY(TableSpec spec, table::spec_from_resource(put, is_new ? TableId{state.last_table + 1} : found->id));
    if (is_new) {
      ++state.last_table;
      state.tables.push_back(spec);
    } else {
      WAYBILL_TRY(const std::int64_t items, reader->count_items(found->id));
      WAYBILL_CHECK(table::same_shape(*found, spec, items == 0));
      spec = table::in_place(*found, std::move(spec));
      *found = spec;
    }
    state.changes.add(store::PutTable{std::move(spec)});
  }
  state.changes.add(store::PutSetting{kLastTable, std::to_string(state.last_table)});
  return {};
}

Status Deployment::apply(State& state) {
  for (const auto& [id, key] : state.endpoints.fresh) state.changes.add(store::PutEndpoint{id, key});
  const bool changed = state.plan.changes_anything() || !state.plan.applied.empty() || !state.endpoints.fresh.empty();
  if (!changed) return {};
  state.changes.add(store::PutSetting{kApplied, nlohmann::json(state.applied).dump()});
  const auto applied = ports_.journal.apply(store::Lane::internal, std::move(state.changes));
  if (!applied) return store_error(applied.error());
  return {};
}

void Deployment::publish(State& state) {
  ports_.tables.set(std::make_shared<const table::TableCatalog>(std::move(state.tables)));
  ports_.topology.set(state.topology);  // before the rules, whose deliveries look their endpoints up in it
  ports_.rules.set(state.rules);
}

void Deployment::note(State& state) {
  for (const auto& each : state.loaded) {
    for (const auto& notice : each.notices) state.notices.push_back(templates::display(notice));
  }
  for (const auto& notice : templates::dangling_references(state.loaded, state.resources, options_.place)) {
    state.notices.push_back(templates::display(notice));
  }
  for (const auto& notice : state.plan.notices) state.notices.push_back(templates::display(notice));
  for (std::string& notice : missing_handlers(state.loaded, ports_.registry))
    state.notices.push_back(std::move(notice));
  nlohmann::json shown{
      {"templates", nlohmann::json::array()}, {"notices", state.notices}, {"drift", nlohmann::json::array()}};
  for (const auto& each : state.loaded) {
    nlohmann::json outputs = nlohmann::json::object();
    for (const auto& output : each.outputs) outputs[output.name] = output.value;
    shown["templates"].push_back({{"name", each.name},
                                  {"file", each.file},
                                  {"resources", each.resources.size()},
                                  {"parameters", each.parameters},
                                  {"outputs", std::move(outputs)}});
  }
  for (const auto& drift : state.plan.drift) shown["drift"].push_back(templates::display(drift));
  description_.with([&](nlohmann::json& held) { held = std::move(shown); });
}

nlohmann::json Deployment::describe() const {
  return description_.with([](const nlohmann::json& held) { return held; });
}

std::vector<std::string> Deployment::notices() const {
  return description_.with(
      [](const nlohmann::json& held) { return held.value("notices", std::vector<std::string>()); });
}

}  // namespace waybill
