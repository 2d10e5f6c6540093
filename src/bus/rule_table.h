// The rules of every bus with their patterns compiled: an immutable snapshot, swapped whole when rules change.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/topology.h"
#include "pattern/pattern.h"

namespace waybill::bus {

class RuleTable {
 public:
  // Errors name the rule whose pattern is not valid. Disabled rules are left out.
  static Result<std::shared_ptr<const RuleTable>> build(std::shared_ptr<const Topology> topology);

  struct Rule {
    const RuleSpec* spec;  // owned by topology()
    pattern::Pattern pattern;
  };

  bool has_bus(std::string_view name) const { return rules_.find(name) != rules_.end(); }
  // Rules of a bus with a pattern; empty for an unknown bus.
  const std::vector<Rule>& rules(std::string_view bus) const;
  const Topology& topology() const { return *topology_; }
  // Bus name that is most like the given one: for the warning about an unknown bus.
  std::string nearest_bus(std::string_view name) const;

 private:
  std::shared_ptr<const Topology> topology_;
  std::map<std::string, std::vector<Rule>, std::less<>> rules_;
};

}  // namespace waybill::bus
