// From template files to a running configuration: loads, plans and checks them, and applies them to the catalog as one
// edit.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/guarded.h"
#include "base/result.h"
#include "control/book.h"
#include "daemon/settings.h"
#include "handlers/registry.h"
#include "model/topology.h"
#include "store/reader_pool.h"
#include "table/table_catalog.h"
#include "template/loader.h"
#include "template/plan.h"

namespace waybill {

// Owner: the App. Thread-safe.
class Deployment {
 public:
  struct Ports {
    store::ReaderPool& readers;
    const HandlerRegistry& registry;
    control::Book& book;
    Snapshot<table::TableCatalog>& tables;
  };
  struct Options {
    Place place;
    std::vector<std::string> rules;  // files or directories; none: the catalog stays as it is
    std::map<std::string, std::string> parameters;
    bool unknown_is_error = true;
    bool drop_tables = false;                       // also those that hold items
    std::set<std::string, std::less<>> transports;  // as in templates::LoadOptions, as what follows
    std::string endpoint = "http://127.0.0.1:4566";
    bool allow_http_endpoints = false;
    std::size_t targets_per_rule = 5;
    std::size_t pattern_characters = 2048;
  };
  Deployment(Ports ports, Options options) : ports_(ports), options_(std::move(options)) {}

  // Applied whole or refused whole. reload: also over what the API changed since. Each resource that is deleted is
  // logged. Errors besides a wrong template's: conflict, when a table would be deleted that holds items or is
  // protected.
  Status load(bool reload);
  // Brings back what the templates that were loaded last declare, without reading files: after a reset.
  Status restore();
  // Templates, their outputs, notices and drift as it is now, as `waybill status` shows them.
  nlohmann::json describe() const;
  std::vector<std::string> notices() const;

 private:
  struct State;  // what the store holds, and what it will hold
  Status install(std::vector<templates::LoadedTemplate> loaded, bool reload);
  Result<control::Edit> make_edit(State& state, const Catalog& catalog, bool reload) const;
  Status read_store(State& state) const;
  Status plan(State& state, const Catalog& catalog, bool reload) const;
  Status plan_removals(State& state) const;
  Status plan_tables(State& state) const;
  void note(State& state);

  Ports ports_;
  Options options_;
  Guarded<nlohmann::json> description_;
  mutable std::mutex installing_;                  // one installation at a time
  std::vector<templates::LoadedTemplate> loaded_;  // guarded by installing_
};

// The template files at a path: itself, or the *.yaml, *.yml and *.json of a directory, sorted.
Result<std::vector<std::string>> template_files(const std::string& path);

// What the settings say of templates.
Deployment::Options template_options(const Settings& settings);

// Reads and loads every template of options.rules. Parameters that no template has are an error.
Result<std::vector<templates::LoadedTemplate>> load_templates(const Deployment::Options& options);

// Notices about directories in which there is no template.
std::vector<std::string> empty_directories(const std::vector<std::string>& rules);

// Notices that need to know the handlers: a function whose handler is not loaded.
std::vector<std::string> missing_handlers(const std::vector<templates::LoadedTemplate>& loaded,
                                          const HandlerRegistry& registry);

}  // namespace waybill
