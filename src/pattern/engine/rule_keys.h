// RuleKeys: the keys that a rule is found under. Of each reading of its pattern one test is taken, the one that the
// fewest events will pass, and every leaf which that test accepts has one of the keys.
//
// Writer only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "pattern/compiled_pattern.h"
#include "pattern/engine/field_plan.h"

namespace waybill::pattern {

// How many rules asked for a key so far, roughly: an estimate that never is too low, in memory that is little beside
// that of the rules. Each key is counted in two places, which it shares with different others; the lower count is
// nearer.
class KeyCounts {
 public:
  std::uint32_t of(std::uint64_t key) const { return std::min(rows_[0][place(key, 0)], rows_[1][place(key, 1)]); }
  void count(std::uint64_t key) {
    if (++counted_ > rows_[0].size() && shift_ > kLeastShift) grow();
    const std::uint32_t now = of(key) + 1;
    for (int row = 0; row < 2; ++row) {
      std::uint32_t& count = rows_[row][place(key, row)];
      count = std::max(count, now);
    }
  }
  std::size_t memory_bytes() const { return 2 * rows_[0].size() * sizeof rows_[0][0]; }

 private:
  using Row = std::vector<std::uint32_t>;
  static constexpr int kLeastShift = 64 - 17;
  static constexpr int kFirstShift = 64 - 9;

  std::size_t place(std::uint64_t key, int row) const { return (row == 0 ? key : key * kHashOdd1) >> shift_; }
  // Each count is one of several keys; where these are told apart, each may be all of it.
  void grow();

  int shift_ = kFirstShift;
  std::size_t counted_ = 0;
  Row rows_[2] = {Row(std::size_t{1} << 9), Row(std::size_t{1} << 9)};
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
