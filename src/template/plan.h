// From what the catalog has to what the templates say: the difference. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "template/loader.h"

namespace waybill::templates {

struct PlanOptions {
  Place place;                                 // resources of other accounts and regions are left alone
  std::map<std::string, std::string> applied;  // template name → fingerprint of what was last applied
  bool reload = false;                         // apply templates that did not change too, over what drifted
};

// A resource that is not as its template, applied earlier and unchanged since, says.
struct Drift {
  enum class Kind { changed, removed, replaced };  // replaced: it is there, and not the template's any more
  Kind kind = Kind::changed;
  std::string template_name;
  ResourceKey key;
  bool operator==(const Drift&) const = default;
};

// A resource that its template no longer declares, or declares by another name; or one that goes with such a resource.
struct Removal {
  std::string template_name;
  std::string logical_id;  // "" of what the API made
  ResourceKey key;
  std::string reason;  // "the template no longer declares it"
  bool kept = false;   // by its DeletionPolicy or UpdateReplacePolicy: it stays, without an owner
  bool operator==(const Removal&) const = default;
};

struct Plan {
  std::vector<Resource> puts;        // each after what it refers to
  std::vector<ResourceKey> deletes;  // each before what it refers to
  std::vector<Removal> removals;     // why each of the deletes, and what is kept in spite of them
  std::size_t untouched = 0;         // resources that are as their template says
  std::vector<Drift> drift;          // left as it is
  std::vector<Notice> notices;       // resources taken over
  // To be recorded in the same transaction: fingerprints by template name, and templates of which nothing is left.
  std::map<std::string, std::string> applied;
  std::vector<std::string> forgotten;

  bool changes_anything() const { return !puts.empty() || !deletes.empty(); }
};

// Templates whose fingerprint is the applied one are not applied again unless asked; what was changed through the API
// since stays and is drift. Of a changed template every resource that differs is put, also over such a change. What a
// template no longer has is deleted, or, with a DeletionPolicy that keeps it, put without an owner; so does an
// UpdateReplacePolicy where the template has the resource by another name. Subscriptions are deleted with their topic.
// What belongs to nobody, to a template that no longer has it, or to one that is not among these, is taken over. What
// else belongs to one that is not among these stays (decision 0010), except after such a take-over: then what has no
// name of its own, and would act beside its like in the new template, is deleted.
// Errors: two templates of one name, or two that claim one resource (the text names both files); a table to be deleted
// whose DeletionProtectionEnabled is true; an event bus to be deleted that has rules which are not.
Result<Plan> make_plan(const std::vector<Resource>& in_catalog, const std::vector<LoadedTemplate>& templates,
                       const PlanOptions& options);

// "logistics-events: AWS::Events::Rule bus/rule was changed since the template was applied".
std::string display(const Drift& drift);
// "logistics-events: EventsTable (AWS::DynamoDB::Table t): deleted, as the template no longer declares it".
std::string display(const Removal& removal);

}  // namespace waybill::templates
