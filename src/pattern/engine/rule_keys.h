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

// How many rules asked for a key so far, roughly: an estimate that never is too low, in memory that is little beside
// that of the rules.
class KeyCounts {
 public:
  std::uint32_t of(std::uint64_t key) const { return counts_[key >> shift_]; }
  void count(std::uint64_t key) {
    if (++counted_ > counts_.size() && shift_ > kLeastShift) grow();
    ++counts_[key >> shift_];
  }
  std::size_t memory_bytes() const { return counts_.size() * sizeof counts_[0]; }

 private:
  static constexpr int kLeastShift = 64 - 17;

  // Each count is one of several keys; where these are told apart, each may be all of it.
  void grow();

  int shift_ = 64 - 6;
  std::size_t counted_ = 0;
  std::vector<std::uint32_t> counts_ = std::vector<std::uint32_t>(std::size_t{1} << 6);
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
