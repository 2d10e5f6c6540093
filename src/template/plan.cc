#include "template/plan.h"

#include <algorithm>
#include <set>

#include "model/catalog.h"
#include "template/identity.h"
#include "template/resource_types.h"
#include "template/text.h"

namespace waybill::templates {

namespace {

constexpr const char* kTopic = "AWS::SNS::Topic";
constexpr const char* kSubscription = "AWS::SNS::Subscription";

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
         ") would be deleted, as " + removal.reason +
         ", and its DeletionProtectionEnabled is true; apply the template as it was with false first, or give the "
         "table DeletionPolicy: Retain";
}

Json body_of(const Resource& resource) { return Json::parse(resource.body, nullptr, false); }

// Data outlives the file that declared it; and what holds others, or is sent to by name, may be meant by them.
bool outlives_its_template(const std::string& kind) {
  static const std::set<std::string> kKinds = {kinds::kTable, kinds::kQueue, kinds::kArchive, kinds::kEventBus, kTopic};
  return kKinds.contains(kind);
}

// Did the template's author name it? Else its name comes from the file's, and changes with that.
bool has_name_of_its_own(const Resource& resource) {
  const ResourceType* type = find_resource_type(resource.key.kind);
  if (!type || type->name_property.empty()) return false;
  const Json body = body_of(resource);
  return text_member(body, type->name_property) != made_up_name(*type, body, text_member(body, "LogicalId"),
                                                                resource.owner,
                                                                {resource.key.account, resource.key.region});
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
    remove_replaced();
    WAYBILL_CHECK(remove_dependents());
    std::stable_sort(plan_.deletes.begin(), plan_.deletes.end(), [](const ResourceKey& a, const ResourceKey& b) {
      return removal_order(a.kind) < removal_order(b.kind);
    });
    forget();
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
    if (is_absent(present->owner)) successors_[present->owner].insert(resource.owner);
    const std::string from =
        present->owner.empty() ? "made through the API" : "the template " + in_quotes(present->owner) + "'s";
    plan_.notices.push_back({Notice::Kind::taken_over, resource.owner, logical_id(resource), resource.key.name,
                             resource.key.kind, "was " + from + " and now belongs to this template"});
  }

  Status remove() {
    std::string problems;
    for (const auto& [key, resource] : catalog_) {
      if (resource->owner.empty() || is_absent(resource->owner) || claims_.contains(key)) continue;
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
    return {};
  }

  // A file that was renamed: its named resources belong to the new template now, and what has no name of its own
  // (subscriptions, policies, mappings) is there under the new one's. The old ones would act beside it.
  void remove_replaced() {
    for (const auto& [owner, successors] : successors_) {
      std::vector<const Resource*> left;
      for (const auto& [key, resource] : catalog_) {
        if (resource->owner == owner && !claims_.contains(key)) left.push_back(resource);
      }
      const bool whole =
          std::none_of(left.begin(), left.end(), [](const Resource* r) { return has_name_of_its_own(*r); });
      for (const Resource* resource : left) {
        if (has_name_of_its_own(*resource) || outlives_its_template(resource->key.kind)) continue;
        Resource* const counterpart = put_like(*resource, successors);
        if (!whole && !counterpart) continue;
        // What the service knows of it goes along: a receiver that agreed need not be asked again.
        if (counterpart && !catalog_.contains(counterpart->key)) counterpart->state = resource->state;
        plan_.deletes.push_back(resource->key);
        plan_.removals.push_back({owner, logical_id(*resource), resource->key,
                                  "what this template declared is " + in_quotes(*successors.begin()) + "'s now"});
      }
    }
  }

  Resource* put_like(const Resource& resource, const std::set<std::string>& owners) {
    const std::string id = logical_id(resource);
    const auto found = std::find_if(plan_.puts.begin(), plan_.puts.end(), [&](const Resource& put) {
      return owners.contains(put.owner) && put.key.kind == resource.key.kind && logical_id(put) == id;
    });
    return found == plan_.puts.end() ? nullptr : &*found;
  }

  // As DeleteTopic and DeleteEventBus: subscriptions go with their topic, and a bus that has rules does not go.
  Status remove_dependents() {
    const std::vector<Removal> removals = plan_.removals;
    std::string problems;
    for (const Removal& removal : removals) {
      if (removal.kept) continue;
      if (removal.key.kind == kTopic) remove_subscriptions(removal);
      const std::string rules = removal.key.kind == kinds::kEventBus ? rules_left_on(removal.key.name) : "";
      if (rules.empty()) continue;
      problems += (problems.empty() ? "" : "\n") + removal.template_name + ": the event bus " +
                  in_quotes(removal.key.name) + " (" + removal.logical_id + ") would be deleted, as " + removal.reason +
                  ", and has rules that no template here declares: " + rules +
                  "; apply the template as it was and delete them first, or give the bus DeletionPolicy: Retain";
    }
    if (!problems.empty()) return Error{ErrorCode::conflict, problems};
    return {};
  }

  void remove_subscriptions(const Removal& topic) {
    const std::string arn = text_member(body_of(*catalog_.at(topic.key)), "Arn");
    const std::string own = options_.place.topic(topic.key.name);
    for (const auto& [key, resource] : catalog_) {
      if (key.kind != kSubscription || !stays(key)) continue;
      const std::string of = text_member(body_of(*resource), "TopicArn");
      if (of != arn && of != own) continue;
      plan_.deletes.push_back(key);
      plan_.removals.push_back(
          {topic.template_name, logical_id(*resource), key, "its topic " + topic.key.name + " is deleted"});
    }
  }

  std::string rules_left_on(const std::string& bus) const {
    std::string rules;
    for (const auto& [key, resource] : catalog_) {
      if (key.kind != kinds::kRule || !key.name.starts_with(bus + "/") || !stays(key)) continue;
      rules += (rules.empty() ? "" : ", ") + key.name.substr(bus.size() + 1);
    }
    return rules;
  }

  // It is there, no template declares it, and it is not deleted.
  bool stays(const ResourceKey& key) const {
    return !claims_.contains(key) && std::find(plan_.deletes.begin(), plan_.deletes.end(), key) == plan_.deletes.end();
  }

  bool is_absent(const std::string& owner) const {
    return !owner.empty() && std::none_of(templates_.begin(), templates_.end(),
                                          [&](const LoadedTemplate& loaded) { return loaded.name == owner; });
  }

  // Templates that are not among these, and of which nothing is left.
  void forget() {
    std::set<std::string> owners;
    for (const auto& [key, resource] : catalog_) {
      if (stays(key)) owners.insert(resource->owner);
    }
    for (const auto& [name, fingerprint] : options_.applied) {
      if (is_absent(name) && !owners.contains(name)) plan_.forgotten.push_back(name);
    }
  }

  // Policies count as they were applied and, where the template still has the resource, as they are there now: who
  // renames a table and adds UpdateReplacePolicy in one edit wants it kept.
  Removal removal_of(const Resource& resource) const {
    Removal removal{resource.owner, logical_id(resource), resource.key, "the template no longer declares it",
                    retains(resource, "DeletionPolicy")};
    for (const LoadedTemplate& loaded : templates_) {
      if (loaded.name != resource.owner) continue;
      for (const Resource& declared : loaded.resources) {
        if (declared.key.kind != resource.key.kind || logical_id(declared) != removal.logical_id) continue;
        removal.reason = "the template calls it " + declared.key.name + " now";
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
  std::map<std::string, std::set<std::string>> successors_;  // of absent templates: who takes resources over
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

std::string display(const Removal& removal) {
  const std::string what = removal.key.kind + " " + removal.key.name;
  const std::string text = removal.template_name + ": " +
                           (removal.logical_id.empty() ? what : removal.logical_id + " (" + what + ")") + ": ";
  if (removal.kept) return text + "kept, and no template's any more, as " + removal.reason;
  return text + "deleted, as " + removal.reason;
}

}  // namespace waybill::templates
