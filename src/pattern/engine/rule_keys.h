// RuleKeys: the keys that a rule is found under. Of each reading of its pattern one test is taken, the one that the
// fewest events will pass, and every leaf which that test accepts has one of the keys.
//
// Writer only.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "pattern/compiled_pattern.h"
#include "pattern/engine/field_plan.h"

namespace waybill::pattern {

// How many rules asked for a key so far, roughly: an estimate that never is too low, in a fixed amount of memory.
class KeyCounts {
 public:
  std::uint32_t of(std::uint64_t key) const { return counts_[key >> kShift]; }
  void count(std::uint64_t key) { ++counts_[key >> kShift]; }

 private:
  static constexpr int kShift = 64 - 16;
  std::vector<std::uint32_t> counts_ = std::vector<std::uint32_t>(std::size_t{1} << 16);
};

class RuleKeys {
 public:
  explicit RuleKeys(KeyCounts& counts) : counts_(counts) {}

  // `fields` are the numbers of the pattern's tests. Each key once.
  std::vector<KeyedProbe> choose(const CompiledPattern& pattern, std::span<const FieldId> fields) const;

 private:
  KeyCounts& counts_;
};

}  // namespace waybill::pattern
