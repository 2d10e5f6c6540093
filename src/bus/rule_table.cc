#include "bus/rule_table.h"

#include "base/edit_distance.h"

namespace waybill::bus {

Result<pattern::Pattern> RuleTable::compile(const std::string& text, const RuleTable* before) {
  if (const auto known = patterns_.find(text); known != patterns_.end()) return known->second;
  if (before) {
    const auto known = before->patterns_.find(text);
    if (known != before->patterns_.end()) return patterns_.emplace(text, known->second).first->second;
  }
  WAYBILL_TRY(auto pattern, pattern::Pattern::parse(text));
  return patterns_.emplace(text, std::move(pattern)).first->second;
}

Result<std::shared_ptr<const RuleTable>> RuleTable::build(std::shared_ptr<const Topology> topology,
                                                          const RuleTable* before) {
  auto table = std::make_shared<RuleTable>();
  for (const auto& [arn, spec] : topology->buses()) {
    Bus& bus = table->buses_[arn];
    bus.spec = &spec;
    for (const RuleSpec& rule : spec.rules) {
      if (!rule.enabled || rule.pattern.empty()) continue;
      auto pattern = table->compile(rule.pattern, before);
      if (!pattern) return invalid("rule " + rule.arn + ": " + pattern.error().message);
      bus.rules.push_back({&rule, std::move(*pattern)});
    }
    for (const ArchiveSpec& archive : spec.archives) {
      std::optional<pattern::Pattern> pattern;
      if (!archive.pattern.empty()) {
        auto compiled = table->compile(archive.pattern, before);
        if (!compiled) return invalid("archive " + archive.arn + ": " + compiled.error().message);
        pattern = std::move(*compiled);
      }
      bus.archives.push_back({&archive, std::move(pattern)});
    }
  }
  table->topology_ = std::move(topology);
  return std::shared_ptr<const RuleTable>(std::move(table));
}

const RuleTable::Bus* RuleTable::bus(std::string_view arn) const {
  const auto found = buses_.find(arn);
  return found == buses_.end() ? nullptr : &found->second;
}

std::string RuleTable::nearest_bus(const Place& place, std::string_view name) const {
  std::string best;
  std::size_t least = static_cast<std::size_t>(-1);
  for (const auto& [arn, bus] : buses_) {
    if (arn != place.event_bus(bus.spec->name)) continue;
    const std::size_t distance = edit_distance(name, bus.spec->name);
    if (distance < least) {
      least = distance;
      best = bus.spec->name;
    }
  }
  return best;
}

}  // namespace waybill::bus
