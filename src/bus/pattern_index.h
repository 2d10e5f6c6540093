// PatternIndex: the patterns of one bus in the engine. It outlives the rule tables that are made with it, so that a
// change of one rule costs one pattern, whatever the others are; rules with the same pattern share it.
//
// Thread-safe: tables may be made on any thread, one after the other.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/guarded.h"
#include "base/result.h"
#include "pattern/engine/rule_set.h"

namespace waybill::bus {

class PatternIndex {
 public:
  struct State {
    std::vector<pattern::RuleId> ids;  // of each wanted pattern; patterns that are alike have the same
    std::shared_ptr<const pattern::RuleMatcher> matcher;
  };

  // Brings the index to just these patterns. Error: invalid, for the first that is not valid; `failed` is its place.
  Result<State> bring_to(const std::vector<std::string_view>& wanted, std::size_t& failed);

  std::size_t size() const;

 private:
  struct Known {
    pattern::RuleId id;
    std::uint64_t last_wanted;  // the call that wanted it last
  };
  struct Patterns {
    pattern::RuleSet rules;
    std::unordered_map<std::string, Known> by_text;
    std::vector<pattern::RuleId> free_ids;
    std::uint64_t calls = 0;

    Result<pattern::RuleId> id_of(std::string_view text);
    void forget_unwanted();
  };
  Guarded<Patterns> patterns_;
};

}  // namespace waybill::bus
