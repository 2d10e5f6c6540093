// RuleProgram: one pattern in one small block of memory, ready to be judged against a read event. It is what stays of
// a pattern inside the engine; operators that need more keep the pattern itself.
//
// Immutable; may be used from many threads, each with its own scratch.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "pattern/compiled_pattern.h"
#include "pattern/engine/field_plan.h"
#include "pattern/engine/scratch.h"

namespace waybill::pattern {

using RuleId = std::uint32_t;

class RuleProgram {
 public:
  // `fields` are the numbers of the pattern's tests, `keys` what the rule is found under.
  static std::shared_ptr<const RuleProgram> make(RuleId id, std::shared_ptr<const CompiledPattern> pattern,
                                                 std::span<const FieldId> fields, std::span<const KeyedProbe> keys);

  RuleId id() const { return id_; }
  std::span<const KeyedProbe> keys() const { return {reinterpret_cast<const KeyedProbe*>(this + 1), key_count_}; }
  bool matches(Scratch& scratch) const;
  // The pattern's memory is counted too, where it is kept.
  std::size_t memory_bytes() const;

  enum class OpKind : std::uint8_t { text, literal, number, spelling, prefix, suffix, range, any, anything_but, kept };
  // One matcher of a field's array. Its text, or its numbers as doubles, lie at `offset`; anything_but is followed by
  // the `length` ops it excludes; kept is number `offset` of the kept pattern's test number `length`.
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

  using Met = Scratch::Met;
  bool reading_matches(std::span<const std::uint32_t> tests, Scratch& scratch) const;
  bool choice_exists(std::span<const std::uint32_t> tests, Scratch& scratch) const;
  Met how_met(const Test& test, Scratch& scratch) const;
  void make_offer(const Test& test, Scratch& scratch, FieldOffer& offer) const;
  bool accepts(const Test& test, SeenLeaf& leaf) const;
  bool accepts(const Op& op, SeenLeaf& leaf) const;
  bool accepts_number(const Op& op, SeenLeaf& leaf) const;
  bool excludes_any(const Op& but, SeenLeaf& leaf) const;

  std::string_view text_of(const Op& op) const { return {texts() + op.offset, op.length}; }
  double number_at(std::uint32_t offset) const;

  std::span<const Test> tests() const;
  const Op* ops() const;
  // Readings one after the other, each as its number of tests and their indexes.
  const std::uint32_t* readings() const;
  const char* texts() const;

  RuleId id_;
  // What follows in the block: keys, tests, ops, readings, texts.
  std::uint32_t key_count_ = 0;
  std::uint32_t test_count_ = 0;
  std::uint32_t op_count_ = 0;
  std::uint32_t reading_count_ = 0;
  std::uint32_t reading_words_ = 0;
  std::uint32_t size_ = 0;  // of the whole block, in bytes
  std::shared_ptr<const CompiledPattern> kept_;
};

// The leaf's number; false if it has none. Whether it is comparable is found out when it matters.
bool read_number(SeenLeaf& leaf);
bool is_comparable(SeenLeaf& leaf);

}  // namespace waybill::pattern
