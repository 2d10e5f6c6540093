// RuleCell: what judging most rules takes, in one cache line: its id and up to two of its tests. What the cell cannot
// say for sure is asked of the rule's RuleProgram.
#pragma once

#include <algorithm>
#include <cstdint>

#include "pattern/engine/seen_leaf.h"

namespace waybill::pattern {

class RuleProgram;
using RuleId = std::uint32_t;

struct RuleCell {
  enum class Verdict : std::uint8_t { no, yes, unsure };

  enum class Kind : std::uint8_t {
    text,         // words: its ends
    prefix,       // words: of up to eight bytes, and the mask of these
    long_prefix,  // words: the ends of nine to sixteen bytes
    suffix,       // words: of one to eight bytes, the first the lowest
    literal,      // length: its kind
    number,       // words: the least and the greatest, as doubles
    wildcard,  // words: as of a prefix and a suffix of up to eight bytes each, their lengths in two bytes of `length`
    any,
    one_of,       // words: four hashes of texts, one of which it must be
    anything_but  // words: the same, and it must be none
  };
  struct Test {
    FieldId field = 0;
    Kind kind = Kind::any;
    bool is_more = false;      // a wildcard that has more literals than those at its ends
    std::uint16_t length = 0;  // of the text
    std::uint64_t words[2] = {0, 0};
  };
  static constexpr int kTests = 2;
  static constexpr int kHashes = 4;
  static std::uint64_t low_bytes(std::size_t count) {
    return count >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * count)) - 1;
  }
  static std::uint64_t short_hash(std::uint64_t hash) { return hash >> 32; }

  // Is it accepted as the only leaf of the field, outside of arrays?
  static Verdict judge(const Test& test, SeenLeaf& leaf);

  alignas(64) Test tests[kTests];
  const RuleProgram* program = nullptr;  // null: no rule here
  RuleId id = 0;
  std::uint8_t test_count = 0;
  bool is_whole = false;  // the tests are the whole pattern

 private:
  static Verdict is(bool accepted) { return accepted ? Verdict::yes : Verdict::no; }
  // REQUIRES: 0 < length <= 8, and the leaf is no shorter.
  static bool has_suffix(const SeenLeaf& leaf, std::uint64_t suffix, std::uint32_t length);
  static bool may_be_one_of(const Test& test, const SeenLeaf& leaf);
};

static_assert(sizeof(RuleCell) == 64);

inline bool RuleCell::has_suffix(const SeenLeaf& leaf, std::uint64_t suffix, std::uint32_t length) {
  const std::uint64_t last = leaf.length > 8 ? leaf.ends.back : leaf.ends.front;
  return last >> (8 * (std::min<std::uint32_t>(leaf.length, 8) - length)) == suffix;
}

inline bool RuleCell::may_be_one_of(const Test& test, const SeenLeaf& leaf) {
  const std::uint64_t hash = short_hash(leaf.hash());
  bool is_one = false;
  for (const std::uint64_t two : test.words) {
    is_one |= hash == (two & 0xFFFFFFFF);
    is_one |= hash == two >> 32;
  }
  return is_one;
}

inline RuleCell::Verdict RuleCell::judge(const Test& test, SeenLeaf& leaf) {
  const bool is_string = leaf.kind == LeafKind::string;
  switch (test.kind) {
    case Kind::text:
      // One branch, not four.
      return is(is_string & (((leaf.length ^ test.length) | (leaf.ends.front ^ test.words[0]) |
                              (leaf.ends.back ^ test.words[1])) == 0));
    case Kind::prefix:
      return is(is_string && leaf.length >= test.length && (leaf.ends.front & test.words[1]) == test.words[0]);
    case Kind::long_prefix:
      return is(is_string && leaf.length >= test.length && leaf.ends.front == test.words[0] &&
                eight_bytes(leaf.text + test.length - 8) == test.words[1]);
    case Kind::suffix:
      return is(is_string && leaf.length >= test.length && has_suffix(leaf, test.words[0], test.length));
    case Kind::wildcard: {
      const std::uint32_t front = test.length & 0xFF;
      const std::uint32_t back = test.length >> 8;
      if (!is_string || leaf.length < front + back) return Verdict::no;
      if (((leaf.ends.front ^ test.words[0]) & low_bytes(front)) != 0) return Verdict::no;
      if (back > 0 && !has_suffix(leaf, test.words[1], back)) return Verdict::no;
      return test.is_more ? Verdict::unsure : Verdict::yes;
    }
    case Kind::literal: return is(leaf.kind == static_cast<LeafKind>(test.length));
    case Kind::number: {
      if (leaf.kind != LeafKind::number || !read_number(leaf)) return Verdict::no;
      if (leaf.value < std::bit_cast<double>(test.words[0])) return Verdict::no;
      return is(leaf.value <= std::bit_cast<double>(test.words[1]) && is_comparable(leaf));
    }
    case Kind::any: return Verdict::yes;
    case Kind::one_of: return is_string && may_be_one_of(test, leaf) ? Verdict::unsure : Verdict::no;
    case Kind::anything_but: return is_string && may_be_one_of(test, leaf) ? Verdict::unsure : Verdict::yes;
  }
  return Verdict::unsure;
}

using RuleCells = CowVector<RuleCell, 128>;  // by the rule's place

}  // namespace waybill::pattern
