#include "bus/rule_table.h"

#include "base/edit_distance.h"

namespace waybill::bus {

Result<std::shared_ptr<const RuleTable>> RuleTable::build(std::shared_ptr<const Topology> topology) {
  auto table = std::make_shared<RuleTable>();
  for (const auto& [name, bus] : topology->buses()) {
    std::vector<Rule>& rules = table->rules_[name];
    for (const RuleSpec& spec : bus.rules) {
      if (!spec.enabled || spec.pattern.empty()) continue;
      auto pattern = pattern::Pattern::parse(spec.pattern);
      if (!pattern) return invalid("rule " + spec.arn + ": " + pattern.error().message);
      rules.push_back({&spec, std::move(*pattern)});
    }
  }
  table->topology_ = std::move(topology);
  return std::shared_ptr<const RuleTable>(std::move(table));
}

const std::vector<RuleTable::Rule>& RuleTable::rules(std::string_view bus) const {
  static const std::vector<Rule> kNone;
  const auto found = rules_.find(bus);
  return found == rules_.end() ? kNone : found->second;
}

std::string RuleTable::nearest_bus(std::string_view name) const {
  std::string best;
  std::size_t least = static_cast<std::size_t>(-1);
  for (const auto& [candidate, rules] : rules_) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace waybill::bus
