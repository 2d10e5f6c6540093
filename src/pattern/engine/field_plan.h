// What the index holds of one field, and so what has to be looked up for a leaf there; and the keys it is found under.
//
// Every matcher of a pattern has keys such that each leaf it accepts has one of them. Long texts are known by
// their beginnings only, up to one of a few lengths, so that the number of look-ups is bounded whatever patterns say.
#pragma once

#include <bit>
#include <cstdint>

#include "pattern/engine/path_tree.h"
#include "pattern/engine/text_hash.h"

namespace waybill::pattern {

enum class Probe : std::uint8_t {
  any,       // whatever leaf is there
  absent,    // no leaf is
  text,      // a string
  literal,   // true, false, null
  number,    // a block of numbers, see NumberBlock
  spelling,  // a number as spelled
  prefix,    // the first bytes of a string, suffix: the last
  suffix,
  folded,  // the same three of the string's case_key()
  folded_prefix,
  folded_suffix,
  piece,    // some bytes in a row, anywhere in a string
  address,  // a string that is an IP address
  block,    // the first bits of such an address
};

// The key of `what`, a hash, for that field.
inline std::uint64_t index_key(FieldId field, Probe probe, std::uint64_t what) {
  return mix(what ^ ((std::uint64_t{field} + 1) * kHashOdd1),
             kHashOdd2 + 2 * static_cast<std::uint64_t>(probe) * kHashOdd1);
}

// The lengths that beginnings and ends of texts are known by.
class LengthSet {
 public:
  bool operator==(const LengthSet&) const = default;

  static constexpr int kMaxExact = 32;  // all up to this, then steps of a quarter to a half

  static constexpr std::uint32_t length_of(int step) {
    if (step < kMaxExact) return static_cast<std::uint32_t>(step) + 1;
    const int over = step - kMaxExact + 1;  // 40, 48, 56, 64, 80, 96, …
    return static_cast<std::uint32_t>(8 + 2 * (over % 4 == 0 ? 4 : over % 4)) << (2 + (over - 1) / 4);
  }
  static constexpr int kSteps = 60;

  // The longest known length within `length`, which goes into the set. REQUIRES: length > 0.
  std::uint32_t add(std::size_t length) {
    int step = kSteps - 1;
    while (length_of(step) > length) --step;
    steps_ |= std::uint64_t{1} << step;
    return length_of(step);
  }
  // Calls `visit` with each length of the set up to `most`, the shortest first.
  template <class Visit>
  void for_each(std::size_t most, Visit&& visit) const {
    for (std::uint64_t steps = steps_; steps != 0; steps &= steps - 1) {
      const std::uint32_t length = length_of(std::countr_zero(steps));
      if (length > most) return;
      visit(length);
    }
  }

 private:
  std::uint64_t steps_ = 0;
};

// Doubles as integers in the same order; a range of them is covered by a few blocks of 2^level in a row.
struct NumberBlock {
  static std::uint64_t ordered(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    return bits >> 63 != 0 ? ~bits : bits | std::uint64_t{1} << 63;
  }
  // Blocks of an eighth to a quarter of the range: five to nine of them cover it, with little to spare.
  static int level_for(std::uint64_t first, std::uint64_t last) {
    const int width = static_cast<int>(std::bit_width(last - first));
    return width > 3 ? width - 3 : 0;
  }
  static std::uint64_t hash(int level, std::uint64_t number) {
    return mix((number >> level) ^ kHashOdd2, kHashOdd1 + 2 * static_cast<std::uint64_t>(level));
  }
};

struct FieldPlan {
  static constexpr std::uint32_t bit(Probe probe) { return std::uint32_t{1} << static_cast<int>(probe); }
  bool has(Probe probe) const { return (probes & bit(probe)) != 0; }

  bool operator==(const FieldPlan&) const = default;

  // False for most keys that lead nowhere, where there are few.
  bool may_lead_on(std::uint64_t key) const { return (keys >> (key >> 58) & 1) != 0; }

  std::uint64_t keys = 0;  // one bit for each key
  std::uint32_t probes = 0;
  std::uint32_t piece_lengths = 0;  // bit n: pieces of n bytes
  LengthSet prefixes, suffixes, folded_prefixes, folded_suffixes;
  std::uint64_t number_levels = 0;
  std::uint64_t block_bits_v4 = 0;  // bit n: blocks of the first n bits
  std::uint64_t block_bits_v6[2] = {0, 0};
};

using FieldPlans = CowVector<FieldPlan, 16>;  // by field

// A key, and what the plan must know for it to be found.
struct KeyedProbe {
  std::uint64_t key;
  FieldId field;
  std::uint16_t length;  // of a prefix, suffix or piece; bits of a block, level of a number
  Probe probe;
  bool is_v6;
};

// Enters into the plan what has to be looked up for the probe to be found.
void plan_for(const KeyedProbe& probe, FieldPlan& plan);

// Pieces of wildcards are known by up to this many bytes.
inline constexpr std::size_t kMaxPiece = 4;

}  // namespace waybill::pattern
