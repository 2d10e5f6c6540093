#include "template/sections.h"

#include <algorithm>
#include <utility>

#include "template/nearest.h"
#include "template/text.h"

namespace waybill::templates {

namespace {

const std::vector<std::string> kSections = {"AWSTemplateFormatVersion",
                                            "Description",
                                            "Metadata",
                                            "Parameters",
                                            "Mappings",
                                            "Conditions",
                                            "Resources",
                                            "Outputs"};
const std::vector<std::string> kResourceMembers = {
    "Type",           "Properties",   "Condition",           "DependsOn",     "Metadata",
    "DeletionPolicy", "UpdatePolicy", "UpdateReplacePolicy", "CreationPolicy"};
const std::vector<std::string> kDeletionPolicies = {"Delete", "Retain", "RetainExceptOnCreate", "Snapshot"};
const std::vector<std::string> kReplacePolicies = {"Delete", "Retain", "Snapshot"};

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void check_section_name(const std::string& name, Problems& problems) {
  if (contains(kSections, name) || problems.full()) return;
  if (name == "Transform" || name == "Globals") {
    problems.add({name}, "is not supported: macros and the Serverless transform run on AWS only");
  } else if (name == "Rules") {
    problems.add({name}, "is not supported: check values with a parameter's AllowedValues or AllowedPattern");
  } else {
    problems.add({name}, "is no section of a template; the nearest is " + nearest(name, kSections));
  }
}

void check_count(const Json& root, const char* section, std::size_t most, Problems& problems) {
  const Json* found = find_member(root, section);
  if (found && found->size() > most) {
    problems.add({section},
                 "has " + std::to_string(found->size()) + " entries, at most " + std::to_string(most) + " are allowed");
  }
}

bool is_logical_id(const std::string& id) {
  return !id.empty() && id.size() <= 255 && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

}  // namespace

bool check_sections(const Document& document, Problems& problems) {
  const Json& root = document.root();
  if (!root.is_object()) {
    problems.add({}, "a template is a map with Resources, not " + kind_of(root));
    return false;
  }
  for (const auto& [name, value] : root.get_ref<const Json::object_t&>()) check_section_name(name, problems);
  if (const Json* version = find_member(root, "AWSTemplateFormatVersion"); version && *version != "2010-09-09") {
    problems.add({"AWSTemplateFormatVersion"}, "must be 2010-09-09");
  }
  check_count(root, "Resources", 500, problems);
  check_count(root, "Outputs", 200, problems);
  check_count(root, "Mappings", 200, problems);
  check_count(root, "Conditions", 500, problems);
  if (!problems.empty()) return false;
  const Json* resources = find_member(root, "Resources");
  if (resources && resources->is_object() && !resources->empty()) return true;
  problems.add({"Resources"},
               resources ? "must be a map with at least one resource" : "is missing: a template has resources");
  return false;
}

const Json* checked_mappings(const Document& document, Problems& problems) {
  const Json* mappings = find_member(document.root(), "Mappings");
  if (!mappings || mappings->is_null()) return nullptr;
  if (!mappings->is_object()) {
    problems.add({"Mappings"}, "must be a map of mappings, not " + kind_of(*mappings));
    return nullptr;
  }
  for (const auto& [name, mapping] : mappings->get_ref<const Json::object_t&>()) {
    if (mapping.size() > 200) {
      problems.add({"Mappings", name}, "has " + std::to_string(mapping.size()) + " keys, at most 200 are allowed");
      return nullptr;
    }
    bool two_levels = mapping.is_object();
    if (two_levels) {
      for (const auto& [key, second] : mapping.get_ref<const Json::object_t&>()) {
        two_levels = two_levels && second.is_object() && second.size() <= 200;
      }
    }
    if (!two_levels) problems.add({"Mappings", name}, "must be a map of maps: key, second key (200 at most), value");
  }
  return mappings;
}

bool check_resource_shape(const std::string& id, const Json& resource, Problems& problems) {
  const Path path = {"Resources", id};
  if (!is_logical_id(id)) {
    problems.add(path, "a logical id has letters and digits only, 255 at most");
    return false;
  }
  if (!resource.is_object()) {
    problems.add(path, "must be a map with Type and Properties, not " + kind_of(resource));
    return false;
  }
  for (const auto& [name, value] : resource.get_ref<const Json::object_t&>()) {
    if (!contains(kResourceMembers, name) && !problems.full()) {
      problems.add(path / name, "is not known beside Type; the nearest is " + nearest(name, kResourceMembers));
    }
  }
  const Json* properties = find_member(resource, "Properties");
  if (properties && !properties->is_object() && !properties->is_null()) {
    problems.add(path / "Properties", "must be a map, not " + kind_of(*properties));
    return false;
  }
  for (const auto& [name, allowed] :
       {std::pair("DeletionPolicy", &kDeletionPolicies), std::pair("UpdateReplacePolicy", &kReplacePolicies)}) {
    if (find_member(resource, name) && !contains(*allowed, text_member(resource, name))) {
      problems.add(path / name, "must be " + list_of(*allowed));
    }
  }
  if (text_member(resource, "Type").empty()) {
    problems.add(path, "Type is missing");
    return false;
  }
  return true;
}

}  // namespace waybill::templates
