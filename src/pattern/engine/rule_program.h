// RuleProgram: one pattern in one small block of memory, ready to be judged against a read event. It is what stays of
// a pattern inside the engine; operators that need more keep the pattern itself.
//
// Immutable; may be used from many threads, each with its own scratch.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <vector>

#include "pattern/compiled_pattern.h"
#include "pattern/engine/field_plan.h"
#include "pattern/engine/rule_cell.h"
#include "pattern/engine/scratch.h"

namespace waybill::pattern {

class RuleProgram {
 public:
  // `fields` are the numbers of the pattern's tests, `keys` what the rule is found under.
  static std::shared_ptr<const RuleProgram> make(RuleId id, std::shared_ptr<const CompiledPattern> pattern,
                                                 std::span<const FieldId> fields, std::span<const KeyedProbe> keys);

  RuleId id() const { return id_; }
  // What the rule is found under.
  std::span<const KeyedProbe> keys() const;
  void mark_fields(std::vector<bool>& used) const {
    for (std::uint32_t i = 0; i < test_count_; ++i) used[tests()[i].field] = true;
  }
  bool matches(Scratch& scratch) const;
  // As much of it as a cell can hold.
  RuleCell cell() const;
  // The pattern's memory is counted too, where it is kept.
  std::size_t memory_bytes() const;

  enum class OpKind : std::uint8_t {
    text,
    literal,
    number,
    spelling,
    prefix,
    suffix,
    range,
    any,
    anything_but,
    wildcard,
    kept
  };
  // One matcher of a field's array. Its text, or its numbers as doubles, lie at `offset`; anything_but is followed by
  // the `length` ops it excludes; a wildcard has `length` literals, each a 16-bit length and its bytes; kept is number
  // `offset` of the kept pattern's test number `length`.
  struct Op {
    OpKind kind;
    std::uint8_t flags;  // of a literal: its kind; of a range: kHas…
    std::uint32_t offset;
    std::uint32_t length;
  };
  static constexpr std::uint8_t kHasLower = 1, kLowerOpen = 2, kHasUpper = 4, kUpperOpen = 8;

  struct Test {
    FieldId field;
    std::uint32_t first_op;
    std::uint32_t end_op : 31;
    std::uint32_t accepts_absence : 1;
  };

 private:
  friend class RuleProgramWriter;
  struct Parts;

  explicit RuleProgram(RuleId id) : id_(id) {}
  // Blocks begin where cache lines do.
  static constexpr std::align_val_t kAlignment{64};

  using Met = Scratch::Met;
  enum class Quick : std::uint8_t { no, yes, not_so_simple };
  Quick matches_quickly(Scratch& scratch) const;
  bool reading_matches(std::span<const std::uint32_t> tests, Scratch& scratch) const;
  bool choice_exists(std::span<const std::uint32_t> tests, Scratch& scratch) const;
  Met how_met(const Test& test, Scratch& scratch) const;
  void make_offer(const Test& test, Scratch& scratch, FieldOffer& offer) const;
  bool accepts(const Test& test, SeenLeaf& leaf) const;
  bool accepts(const Op& op, SeenLeaf& leaf) const;
  bool accepts_number(const Op& op, SeenLeaf& leaf) const;
  bool excludes_any(const Op& but, SeenLeaf& leaf) const;

  bool put(const Test& test, RuleCell::Test& into) const;
  bool put_text(const Op& op, RuleCell::Test& into) const;
  bool put_texts(const Op* ops, std::uint32_t count, RuleCell::Test& into) const;
  bool put_numbers(const Op& op, RuleCell::Test& into) const;
  bool put_wildcard(const Op& op, RuleCell::Test& into) const;

  bool accepts_wildcard(const Op& op, std::string_view text) const;
  // The wildcard's literal at `at`, which then is behind it.
  static std::string_view next_literal(const char*& at);
  bool is_text(const Op& op, std::string_view text) const {
    return text.size() == op.length && same_text(text.data(), texts() + op.offset, op.length);
  }
  std::string_view text_of(const Op& op) const { return {texts() + op.offset, op.length}; }
  double number_at(std::uint32_t offset) const;

  // The block behind this object: first what judging needs.
  const Test* tests() const { return reinterpret_cast<const Test*>(this + 1); }
  const Op* ops() const { return reinterpret_cast<const Op*>(tests() + test_count_); }
  // Readings one after the other, each as its number of tests and their indexes.
  const std::uint32_t* readings() const { return reinterpret_cast<const std::uint32_t*>(ops() + op_count_); }
  const char* texts() const { return reinterpret_cast<const char*>(readings() + reading_words_); }

  RuleId id_;
  std::uint32_t key_count_ = 0;
  std::uint32_t keys_offset_ = 0;  // from the start of the block
  std::uint32_t test_count_ = 0;
  std::uint32_t op_count_ = 0;
  std::uint32_t reading_count_ = 0;
  std::uint32_t reading_words_ = 0;
  std::uint32_t size_ = 0;  // of the whole block, in bytes
  std::shared_ptr<const CompiledPattern> kept_;
};

// Does the rule match? Most often its cell can say.
inline bool matches(const RuleCell& cell, Scratch& scratch) {
  bool is_sure = cell.is_whole;
  for (int i = 0; i < cell.test_count; ++i) {
    const RuleCell::Test& test = cell.tests[i];
    const std::uint32_t at = scratch.first_leaf(test.field);
    if (at == SeenLeaf::kNone) return false;
    SeenLeaf& leaf = scratch.leaves[at];
    if (!leaf.is_alone_outside_arrays()) {
      is_sure = false;
      break;
    }
    const RuleCell::Verdict verdict = RuleCell::judge(test, leaf);
    if (verdict == RuleCell::Verdict::no) return false;
    is_sure &= verdict == RuleCell::Verdict::yes;
  }
  return is_sure || (cell.program != nullptr && cell.program->matches(scratch));
}

}  // namespace waybill::pattern
