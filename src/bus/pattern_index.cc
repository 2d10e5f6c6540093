#include "bus/pattern_index.h"

namespace waybill::bus {

Result<PatternIndex::State> PatternIndex::bring_to(const std::vector<std::string_view>& wanted, std::size_t& failed) {
  return patterns_.with([&](Patterns& patterns) -> Result<State> {
    ++patterns.calls;
    State state;
    state.ids.reserve(wanted.size());
    for (const std::string_view text : wanted) {
      const auto id = patterns.id_of(text);
      if (!id) {
        // What is not wanted any more goes with the next call that succeeds.
        failed = state.ids.size();
        return id.error();
      }
      state.ids.push_back(*id);
    }
    patterns.forget_unwanted();
    state.matcher = patterns.rules.snapshot();
    return state;
  });
}

Result<pattern::RuleId> PatternIndex::Patterns::id_of(std::string_view text) {
  std::string key(text);
  if (const auto known = by_text.find(key); known != by_text.end()) {
    known->second.last_wanted = calls;
    return known->second.id;
  }
  WAYBILL_TRY(const auto pattern, pattern::Pattern::parse(text));
  auto id = static_cast<pattern::RuleId>(by_text.size());
  if (!free_ids.empty()) {
    id = free_ids.back();
    free_ids.pop_back();
  }
  rules.add(id, pattern);
  by_text.emplace(std::move(key), Known{id, calls});
  return id;
}

void PatternIndex::Patterns::forget_unwanted() {
  for (auto known = by_text.begin(); known != by_text.end();) {
    if (known->second.last_wanted == calls) {
      ++known;
      continue;
    }
    rules.remove(known->second.id);
    free_ids.push_back(known->second.id);
    known = by_text.erase(known);
  }
}

std::size_t PatternIndex::size() const {
  return patterns_.with([](const Patterns& patterns) { return patterns.by_text.size(); });
}

}  // namespace waybill::bus
