#include "daemon/deployment.h"

#include <algorithm>

#include "base/log.h"
#include "table/table_definition.h"
#include "template/batch_times.h"
#include "template/references.h"

namespace waybill {

namespace {

constexpr const char* kApplied = "templates.applied";
constexpr const char* kLastTable = "tables.last_id";

std::vector<Resource> resources_of(const Catalog& catalog) {
  std::vector<Resource> resources;
  for (const auto& [key, row] : catalog) resources.push_back(row->resource);
  return resources;
}

std::vector<TableSpec>::iterator table_named(std::vector<TableSpec>& tables, const std::string& name) {
  return std::find_if(tables.begin(), tables.end(), [&](const TableSpec& table) { return table.name == name; });
}

}  // namespace

struct Deployment::State {
  std::vector<Resource> resources;  // stored now; after plan(): as they will be
  std::vector<TableSpec> tables;    // the same
  std::map<std::string, std::string> applied;
  std::int64_t last_table = 0;

  std::vector<templates::LoadedTemplate> loaded;
  templates::Plan plan;
  std::vector<std::string> notices;
  std::vector<std::string> removals;  // in words
  store::Changes changes;
};

Status Deployment::load(bool reload) {
  const std::lock_guard lock(installing_);
  WAYBILL_TRY(auto loaded, load_templates(options_));
  return install(std::move(loaded), reload);
}

Status Deployment::restore() {
  const std::lock_guard lock(installing_);
  return install(loaded_, true);
}

Status Deployment::install(std::vector<templates::LoadedTemplate> loaded, bool reload) {
  State state;
  state.loaded = std::move(loaded);
  WAYBILL_CHECK(ports_.book.edit([&](const Catalog& catalog) { return make_edit(state, catalog, reload); }));
  for (const std::string& removal : state.removals) spdlog::warn("{}", removal);
  note(state);
  loaded_ = std::move(state.loaded);
  return {};
}

Result<control::Edit> Deployment::make_edit(State& state, const Catalog& catalog, bool reload) const {
  WAYBILL_CHECK(read_store(state));
  WAYBILL_CHECK(plan(state, catalog, reload));
  WAYBILL_CHECK(plan_removals(state));
  WAYBILL_CHECK(plan_tables(state));
  control::Edit edit;
  edit.deletes = state.plan.deletes;
  edit.puts = state.plan.puts;
  edit.more = std::move(state.changes);
  edit.more.add(store::PutSetting{kApplied, nlohmann::json(state.applied).dump()});
  // Before the topology, whose functions look their tables up.
  edit.committed = [this, tables = state.tables]() mutable {
    ports_.tables.set(std::make_shared<const table::TableCatalog>(std::move(tables)));
  };
  return edit;
}

Status Deployment::read_store(State& state) const {
  WAYBILL_TRY(const auto reader, ports_.readers.lend());
  WAYBILL_TRY(state.tables, reader->tables());
  WAYBILL_TRY(const auto applied, reader->setting(kApplied));
  if (applied) {
    const auto json = nlohmann::json::parse(*applied, nullptr, false);
    for (const auto& [name, fingerprint] : json.items()) state.applied[name] = fingerprint.get<std::string>();
  }
  WAYBILL_TRY(const auto last_table, reader->setting(kLastTable));
  if (last_table) state.last_table = std::stoll(*last_table);
  return {};
}

// A template that is not among the rules this time is left alone, with all it declared: starting once without --rules
// must not drop tables. What a template that is there no longer declares is deleted, as CloudFormation does.
Status Deployment::plan(State& state, const Catalog& catalog, bool reload) const {
  state.resources = resources_of(catalog);
  templates::PlanOptions options;
  options.place = options_.place;
  options.reload = reload;
  options.applied = state.applied;
  WAYBILL_TRY(state.plan, templates::make_plan(state.resources, state.loaded, options));
  for (const std::string& name : state.plan.forgotten) state.applied.erase(name);
  for (const auto& [name, fingerprint] : state.applied) {
    if (state.plan.applied.contains(name)) continue;
    state.notices.push_back(name + ": this template is no longer among the rules; what it declared stays");
  }
  for (const ResourceKey& key : state.plan.deletes) {
    std::erase_if(state.resources, [&](const Resource& each) { return each.key == key; });
  }
  for (const Resource& put : state.plan.puts) {
    std::erase_if(state.resources, [&](const Resource& each) { return each.key == put.key; });
    state.resources.push_back(put);
  }
  for (const auto& [name, fingerprint] : state.plan.applied) state.applied[name] = fingerprint;
  return {};
}

// CloudFormation deletes a table whatever it holds. Here a parameter that was forgotten at one start is enough to
// rename them all, and nobody was asked: so what holds items is deleted only where a setting allows it.
Status Deployment::plan_removals(State& state) const {
  WAYBILL_TRY(const auto reader, ports_.readers.lend());
  std::string refused;
  for (const templates::Removal& removal : state.plan.removals) {
    std::string text = templates::display(removal);
    const auto table = removal.kept || removal.key.kind != kinds::kTable ? state.tables.end()
                                                                         : table_named(state.tables, removal.key.name);
    if (table != state.tables.end()) {
      WAYBILL_TRY(const std::int64_t items, reader->count_items(table->id));
      text += ", with its " + std::to_string(items) + " items";
      if (items > 0 && !options_.drop_tables) {
        refused += (refused.empty() ? "" : ", ") + removal.key.name + " (" + std::to_string(items) + " items; in " +
                   removal.template_name + ", " + removal.reason + ")";
      }
      state.changes.add(store::DropTable{table->id});
      state.tables.erase(table);
    }
    state.removals.push_back(std::move(text));
  }
  if (refused.empty()) return {};
  return Error{
      ErrorCode::conflict,
      "nothing was applied, because tables would be deleted with their items: " + refused +
          "; to keep them, give parameters and templates as they were, or the tables DeletionPolicy: Retain, or "
          "take another data_dir for another environment; to delete them, set templates.drop_tables to true"};
}

Status Deployment::plan_tables(State& state) const {
  WAYBILL_TRY(const auto reader, ports_.readers.lend());
  for (const Resource& put : state.plan.puts) {
    if (put.key.kind != kinds::kTable) continue;
    const auto found = table_named(state.tables, put.key.name);
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

void Deployment::note(State& state) {
  for (std::string& notice : empty_directories(options_.rules)) state.notices.push_back(std::move(notice));
  for (const auto& each : state.loaded) {
    for (const auto& notice : each.notices) state.notices.push_back(templates::display(notice));
  }
  for (const auto& notice : templates::dangling_references(state.loaded, state.resources, options_.place)) {
    state.notices.push_back(templates::display(notice));
  }
  for (const auto& notice : templates::doubtful_batch_times(state.loaded, state.resources)) {
    state.notices.push_back(templates::display(notice));
  }
  for (const auto& notice : state.plan.notices) state.notices.push_back(templates::display(notice));
  for (std::string& notice : missing_handlers(state.loaded, ports_.registry))
    state.notices.push_back(std::move(notice));
  nlohmann::json shown{{"templates", nlohmann::json::array()}, {"notices", state.notices}};
  for (const auto& each : state.loaded) {
    nlohmann::json outputs = nlohmann::json::object();
    for (const auto& output : each.outputs) outputs[output.name] = output.value;
    shown["templates"].push_back({{"name", each.name},
                                  {"file", each.file},
                                  {"resources", each.resources.size()},
                                  {"parameters", each.parameters},
                                  {"outputs", std::move(outputs)}});
  }
  description_.with([&](nlohmann::json& held) { held = std::move(shown); });
}

nlohmann::json Deployment::describe() const {
  auto shown = description_.with([](const nlohmann::json& held) { return held; });
  shown["drift"] = nlohmann::json::array();
  const std::lock_guard lock(installing_);
  templates::PlanOptions options;
  options.place = options_.place;
  for (const auto& each : loaded_) options.applied[each.name] = each.fingerprint;
  if (const auto plan = templates::make_plan(resources_of(*ports_.book.get()), loaded_, options)) {
    for (const auto& drift : plan->drift) shown["drift"].push_back(templates::display(drift));
  }
  return shown;
}

std::vector<std::string> Deployment::notices() const {
  return description_.with(
      [](const nlohmann::json& held) { return held.value("notices", std::vector<std::string>()); });
}

}  // namespace waybill
