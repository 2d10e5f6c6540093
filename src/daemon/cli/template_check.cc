#include "daemon/cli/template_check.h"

#include "bus/rule_table.h"
#include "daemon/deployment.h"
#include "daemon/mailer.h"
#include "daemon/plugins.h"
#include "table/table_definition.h"
#include "template/batch_times.h"
#include "template/plan.h"
#include "template/references.h"

namespace waybill::cli {

namespace {

using Templates = std::vector<templates::LoadedTemplate>;

class Check {
 public:
  explicit Check(const Settings& settings)
      : settings_(settings), place_{settings.text("account_id"), settings.text("region")} {}

  TemplateCheck run() {
    if (const auto mail = mail_setup(settings_); !mail) fail(mail.error());
    if (const Status loaded = load_handlers(settings_.list("plugins"), registry_); !loaded) fail(loaded.error());
    const auto loaded = load(settings_.list("rules"));
    if (loaded) {
      look_at(*loaded);
    } else {
      fail_each_file(loaded.error());
    }
    return std::move(found_);
  }

 private:
  void fail(const Error& error) { found_.errors.push_back(error.message); }

  Result<Templates> load(const std::vector<std::string>& paths) const {
    Deployment::Options options = template_options(settings_);
    options.rules = paths;
    return load_templates(options);
  }

  // Loading stops at the first file that is wrong; a person wants to hear of all.
  void fail_each_file(const Error& whole) {
    for (const std::string& path : settings_.list("rules")) {
      const auto files = template_files(path);
      if (!files) {
        fail(files.error());
        continue;
      }
      for (const std::string& file : *files) {
        const auto alone = load({file});
        // A parameter that this file does not have may be another one's.
        if (!alone && !alone.error().message.starts_with("parameters.")) fail(alone.error());
      }
    }
    if (found_.errors.empty()) fail(whole);
  }

  void look_at(const Templates& loaded) {
    std::vector<Resource> resources;
    for (std::string& notice : empty_directories(settings_.list("rules"))) found_.notices.push_back(std::move(notice));
    for (const auto& each : loaded) {
      auto& shown = found_.loaded.emplace_back();
      shown.file = each.file;
      for (const Resource& resource : each.resources) ++shown.resources[resource.key.kind];
      resources.insert(resources.end(), each.resources.begin(), each.resources.end());
      for (const auto& notice : each.notices) found_.notices.push_back(templates::display(notice));
    }
    for (const auto& notice : templates::dangling_references(loaded, {}, place_)) {
      found_.notices.push_back(templates::display(notice));
    }
    for (const auto& notice : templates::doubtful_batch_times(loaded, {})) {
      found_.notices.push_back(templates::display(notice));
    }
    for (std::string& notice : missing_handlers(loaded, registry_)) found_.notices.push_back(std::move(notice));
    plan(loaded);
    wire(resources);
  }

  void plan(const Templates& loaded) {
    templates::PlanOptions options;
    options.place = place_;
    const auto plan = templates::make_plan({}, loaded, options);
    if (!plan) fail(plan.error());
  }

  void wire(const std::vector<Resource>& resources) {
    for (const Resource& resource : resources) {
      if (resource.key.kind != "AWS::DynamoDB::Table") continue;
      const auto spec = table::spec_from_resource(resource, TableId{1});
      if (!spec) fail(spec.error());
    }
    Topology::EndpointNumbers numbers;
    const auto catalog = catalog_of(resources);
    if (!catalog) {
      fail(catalog.error());
      return;
    }
    const auto topology = Topology::build(*catalog, place_, numbers);
    if (!topology) {
      fail(topology.error());
      return;
    }
    const auto rules = bus::RuleTable::build(*topology);
    if (!rules) fail(rules.error());
  }

  const Settings& settings_;
  Place place_;
  HandlerRegistry registry_;
  TemplateCheck found_;
};

}  // namespace

TemplateCheck check_templates(const Settings& settings) { return Check(settings).run(); }

}  // namespace waybill::cli
