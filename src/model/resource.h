// A row of the catalog: anything with a name that templates or the API create.
#pragma once

#include <compare>
#include <string>

namespace waybill {

struct ResourceKey {
  std::string account;  // 12 digits
  std::string region;
  std::string kind;  // the CloudFormation type, e.g. "AWS::Events::Rule"
  std::string name;  // unique within the kind; a rule is "bus/rule", also on the default bus
  auto operator<=>(const ResourceKey&) const = default;
};

struct Resource {
  ResourceKey key;
  std::string owner;  // the template's file stem, or "" when the API created it
  std::string body;   // JSON object: the properties
  // JSON object: what Waybill keeps about it (times, ids, progress), "" for none. Never part of a template's drift.
  std::string state = {};
  bool operator==(const Resource&) const = default;
};

}  // namespace waybill
