// The rules and archives of every bus with their patterns compiled: an immutable snapshot, swapped whole when they
// change.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/topology.h"
#include "pattern/pattern.h"

namespace waybill::bus {

class RuleTable {
 public:
  // Errors name the rule or archive whose pattern is not valid. Disabled rules are left out. `before`: patterns with a
  // text that it has too are taken from it instead of being compiled again; may be null.
  static Result<std::shared_ptr<const RuleTable>> build(std::shared_ptr<const Topology> topology,
                                                        const RuleTable* before = nullptr);

  struct Rule {
    const RuleSpec* spec;  // owned by topology()
    pattern::Pattern pattern;
  };
  struct Archive {
    const ArchiveSpec* spec;                  // owned by topology()
    std::optional<pattern::Pattern> pattern;  // none: every event
  };
  struct Bus {
    const BusSpec* spec;      // owned by topology()
    std::vector<Rule> rules;  // those with a pattern
    std::vector<Archive> archives;
  };

  // Null for an unknown bus.
  const Bus* bus(std::string_view arn) const;
  const Topology& topology() const { return *topology_; }
  // Name of the bus of that place that is most like the given one: for the warning about an unknown bus.
  std::string nearest_bus(const Place& place, std::string_view name) const;

 private:
  Result<pattern::Pattern> compile(const std::string& text, const RuleTable* before);

  std::shared_ptr<const Topology> topology_;
  std::map<std::string, Bus, std::less<>> buses_;                  // by ARN
  std::map<std::string, pattern::Pattern, std::less<>> patterns_;  // by text
};

}  // namespace waybill::bus
