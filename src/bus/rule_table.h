// The rules and archives of every bus with their patterns compiled: an immutable snapshot, swapped whole when they
// change.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bus/pattern_index.h"
#include "model/topology.h"

namespace waybill::bus {

class RuleTable {
 public:
  // Errors name the rule or archive whose pattern is not valid. Disabled rules are left out. `before`: its patterns are
  // kept where they are still wanted, so that a change costs what changes; may be null.
  static Result<std::shared_ptr<const RuleTable>> build(std::shared_ptr<const Topology> topology,
                                                        const RuleTable* before = nullptr);

  // What an event matches, each in the order of the bus.
  struct Matching {
    std::vector<const RuleSpec*> rules;
    std::vector<const ArchiveSpec*> archives;
  };

  class Bus {
   public:
    const BusSpec* spec() const { return spec_; }
    // Those with a pattern that are enabled.
    const std::vector<const RuleSpec*>& rules() const { return rules_; }

    // False when the event is noticed to be no JSON object. REQUIRES that it is one: this does not check it.
    bool match(std::string_view event, Matching& matching) const;

   private:
    friend class RuleTable;
    Status compile(PatternIndex* index);
    const std::string& pattern(std::size_t user) const;

    static constexpr std::uint32_t kNone = UINT32_MAX;

    const BusSpec* spec_ = nullptr;  // this and what follows: owned by topology()
    std::vector<const RuleSpec*> rules_;
    std::vector<const ArchiveSpec*> archives_;
    // Users of patterns: rules, and behind them archives. Those with the same pattern are in one chain.
    std::vector<std::uint32_t> first_user_;  // by pattern id
    std::vector<std::uint32_t> next_user_;   // by user
    std::vector<std::uint32_t> always_;      // archives without a pattern
    std::shared_ptr<PatternIndex> index_;
    std::shared_ptr<const pattern::RuleMatcher> matcher_;
  };

  // Null for an unknown bus.
  const Bus* bus(std::string_view arn) const;
  const Topology& topology() const { return *topology_; }
  // Name of the bus of that place that is most like the given one: for the warning about an unknown bus.
  std::string nearest_bus(const Place& place, std::string_view name) const;

 private:
  std::shared_ptr<const Topology> topology_;
  std::map<std::string, Bus, std::less<>> buses_;  // by ARN
};

}  // namespace waybill::bus
