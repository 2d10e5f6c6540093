#include "template/plan.h"

#include <algorithm>

#include "model/catalog.h"
#include "template/resource_types.h"
#include "template/text.h"

namespace waybill::templates {

namespace {

// Bodies are compared as values: the API writes members in another order.
bool same_body(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const auto left = nlohmann::json::parse(a, nullptr, false);
  return !left.is_discarded() && left == nlohmann::json::parse(b, nullptr, false);
}

std::string logical_id(const Resource& resource) {
  return text_member(Json::parse(resource.body, nullptr, false), "LogicalId");
}

bool retains(const Resource& resource, const char* policy) {
  return text_member(Json::parse(resource.body, nullptr, false), policy) == "Retain";
}

// As applied last: whoever wants such a table gone turns the protection off first, as on AWS.
bool is_protected(const Resource& resource) {
  if (resource.key.kind != kinds::kTable) return false;
  const Json body = Json::parse(resource.body, nullptr, false);
  const Json* protection = find_member(body, "DeletionProtectionEnabled");
  return protection && *protection == true;
}

std::string protected_text(const Removal& removal) {
  return removal.template_name + ": the table " + in_quotes(removal.key.name) + " (" + removal.logical_id +
         ") would be deleted, as " + reason(removal) +
         ", and its DeletionProtectionEnabled is true; apply the template as it was with false first, or give the "
         "table "
         "DeletionPolicy: Retain";
}

class Planner {
 public:
  Planner(const std::vector<Resource>& in_catalog, const std::vector<LoadedTemplate>& templates,
          const PlanOptions& options)
      : templates_(templates), options_(options) {
    for (const Resource& resource : in_catalog) {
      if (resource.key.account == options.place.account && resource.key.region == options.place.region) {
        catalog_.emplace(resource.key, &resource);
      }
    }
  }

  Result<Plan> plan() {
    WAYBILL_CHECK(check_names());
    WAYBILL_CHECK(check_claims());
    for (const LoadedTemplate& loaded : templates_) apply(loaded);
    WAYBILL_CHECK(remove());
    for (const auto& [name, fingerprint] : options_.applied) {
      if (!plan_.applied.contains(name)) plan_.forgotten.push_back(name);
    }
    return std::move(plan_);
  }

 private:
  Status check_names() const {
    std::map<std::string, std::string> files;
    for (const LoadedTemplate& loaded : templates_) {
      const auto [first, fresh] = files.emplace(loaded.name, loaded.file);
      if (!fresh) {
        return invalid(first->second + " and " + loaded.file + " have the same name " + in_quotes(loaded.name) +
                       "; rename one of them");
      }
    }
    return {};
  }

  // All double claims at once, for the same reason as all errors of a template.
  Status check_claims() {
    std::string problems;
    for (const LoadedTemplate& loaded : templates_) {
      for (const Resource& resource : loaded.resources) {
        const auto [first, fresh] = claims_.emplace(resource.key, &loaded);
        if (fresh) continue;
        problems += (problems.empty() ? "" : "\n") + first->second->file + " and " + loaded.file +
                    " both declare the " + resource.key.kind + " " + in_quotes(resource.key.name) +
                    "; rename it in one of them";
      }
    }
    if (!problems.empty()) return Error{ErrorCode::conflict, problems};
    return {};
  }

  void apply(const LoadedTemplate& loaded) {
    plan_.applied[loaded.name] = loaded.fingerprint;
    const auto last = options_.applied.find(loaded.name);
    const bool unchanged = !options_.reload && last != options_.applied.end() && last->second == loaded.fingerprint;
    for (const Resource& resource : loaded.resources) {
      const auto found = catalog_.find(resource.key);
      const Resource* present = found == catalog_.end() ? nullptr : found->second;
      if (present && present->owner == resource.owner && same_body(present->body, resource.body)) {
        ++plan_.untouched;
      } else if (unchanged) {
        plan_.drift.push_back({drift_kind(present, resource), loaded.name, resource.key});
      } else {
        put(resource, present);
      }
    }
  }

  static Drift::Kind drift_kind(const Resource* present, const Resource& resource) {
    if (!present) return Drift::Kind::removed;
    return present->owner == resource.owner ? Drift::Kind::changed : Drift::Kind::replaced;
  }

  void put(const Resource& resource, const Resource* present) {
    plan_.puts.push_back(resource);
    if (!present || present->owner == resource.owner) return;
    const std::string from =
        present->owner.empty() ? "made through the API" : "the template " + in_quotes(present->owner) + "'s";
    plan_.notices.push_back({Notice::Kind::taken_over, resource.owner, logical_id(resource), resource.key.name,
                             resource.key.kind, "was " + from + " and now belongs to this template"});
  }

  Status remove() {
    std::string problems;
    for (const auto& [key, resource] : catalog_) {
      if (resource->owner.empty() || claims_.contains(key)) continue;
      Removal removal = removal_of(*resource);
      if (removal.kept) {
        Resource kept = *resource;
        kept.owner.clear();
        plan_.puts.push_back(std::move(kept));
      } else if (is_protected(*resource)) {
        problems += (problems.empty() ? "" : "\n") + protected_text(removal);
      } else {
        plan_.deletes.push_back(key);
      }
      plan_.removals.push_back(std::move(removal));
    }
    if (!problems.empty()) return Error{ErrorCode::conflict, problems};
    std::stable_sort(plan_.deletes.begin(), plan_.deletes.end(), [](const ResourceKey& a, const ResourceKey& b) {
      return removal_order(a.kind) < removal_order(b.kind);
    });
    return {};
  }

  // Policies count as they were applied and, where the template still has the resource, as they are there now: who
  // renames a table and adds UpdateReplacePolicy in one edit wants it kept.
  Removal removal_of(const Resource& resource) const {
    Removal removal{resource.owner, logical_id(resource), resource.key, "", retains(resource, "DeletionPolicy")};
    for (const LoadedTemplate& loaded : templates_) {
      if (loaded.name != resource.owner) continue;
      for (const Resource& declared : loaded.resources) {
        if (declared.key.kind != resource.key.kind || logical_id(declared) != removal.logical_id) continue;
        removal.new_name = declared.key.name;
        removal.kept = removal.kept || retains(resource, "UpdateReplacePolicy") ||
                       retains(declared, "DeletionPolicy") || retains(declared, "UpdateReplacePolicy");
      }
    }
    return removal;
  }

  const std::vector<LoadedTemplate>& templates_;
  const PlanOptions& options_;
  std::map<ResourceKey, const Resource*> catalog_;
  std::map<ResourceKey, const LoadedTemplate*> claims_;
  Plan plan_;
};

}  // namespace

Result<Plan> make_plan(const std::vector<Resource>& in_catalog, const std::vector<LoadedTemplate>& templates,
                       const PlanOptions& options) {
  return Planner(in_catalog, templates, options).plan();
}

std::string display(const Drift& drift) {
  const std::string text = drift.template_name + ": " + drift.key.kind + " " + drift.key.name;
  switch (drift.kind) {
    case Drift::Kind::changed: return text + " was changed since the template was applied";
    case Drift::Kind::removed: return text + " was removed since the template was applied";
    case Drift::Kind::replaced: return text + " was removed and made anew since the template was applied";
  }
  return text;
}

std::string reason(const Removal& removal) {
  return removal.new_name.empty() ? "the template no longer declares it"
                                  : "the template calls it " + removal.new_name + " now";
}

std::string display(const Removal& removal) {
  const std::string text =
      removal.template_name + ": " + removal.logical_id + " (" + removal.key.kind + " " + removal.key.name + "): ";
  if (removal.kept) return text + "kept, and no template's any more, as " + reason(removal);
  return text + "deleted, as " + reason(removal);
}

}  // namespace waybill::templates
