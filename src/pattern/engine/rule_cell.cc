// What of a RuleProgram goes into the rule's cell.
#include "pattern/engine/rule_cell.h"

#include <cmath>
#include <limits>

#include "pattern/engine/rule_program.h"

namespace waybill::pattern {

bool RuleProgram::put_texts(const Op* ops, std::uint32_t count, RuleCell::Test& into) const {
  if (count == 0 || count > RuleCell::kHashes) return false;
  for (std::uint32_t i = 0; i < RuleCell::kHashes; ++i) {
    const Op& op = ops[std::min(i, count - 1)];
    if (op.kind != OpKind::text) return false;
    const std::string_view text = text_of(op);
    into.words[i / 2] |= RuleCell::short_hash(hash_text(text.data(), text.size())) << (32 * (i % 2));
  }
  return true;
}

bool RuleProgram::put_numbers(const Op& op, RuleCell::Test& into) const {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double lower = -kInfinity;
  double upper = kInfinity;
  if (op.kind == OpKind::number) {
    lower = upper = number_at(op.offset);
  } else {
    if ((op.flags & kHasLower) != 0) lower = number_at(op.offset);
    if ((op.flags & kHasUpper) != 0) upper = number_at(op.offset + sizeof(double));
    if ((op.flags & kLowerOpen) != 0) lower = std::nextafter(lower, kInfinity);
    if ((op.flags & kUpperOpen) != 0) upper = std::nextafter(upper, -kInfinity);
  }
  into.kind = RuleCell::Kind::number;
  into.words[0] = std::bit_cast<std::uint64_t>(lower);
  into.words[1] = std::bit_cast<std::uint64_t>(upper);
  return true;
}

bool RuleProgram::put_text(const Op& op, RuleCell::Test& into) const {
  using Kind = RuleCell::Kind;
  const std::string_view text = text_of(op);
  if (text.size() > 16) {
    into.kind = Kind::one_of;
    return op.kind == OpKind::text && put_texts(&op, 1, into);
  }
  const TextEnds ends = ends_of(text.data(), text.size());
  into.length = static_cast<std::uint16_t>(text.size());
  into.words[0] = ends.front;
  into.words[1] = ends.back;
  const bool is_long = text.size() > 8;
  if (op.kind == OpKind::text) {
    into.kind = Kind::text;
  } else if (op.kind == OpKind::prefix) {
    into.kind = is_long ? Kind::long_prefix : Kind::prefix;
    if (!is_long) into.words[1] = RuleCell::low_bytes(text.size());
  } else {
    into.kind = Kind::suffix;
    return !is_long && !text.empty();
  }
  return true;
}

bool RuleProgram::put_wildcard(const Op& op, RuleCell::Test& into) const {
  const char* at = texts() + op.offset;
  const std::string_view front = next_literal(at);
  const std::string_view back = next_literal(at);
  if (front.size() > 8 || back.size() > 8) return false;
  into.kind = RuleCell::Kind::wildcard;
  into.is_more = op.length > 2;
  into.length = static_cast<std::uint16_t>(front.size() | back.size() << 8);
  into.words[0] = ends_of(front.data(), front.size()).front;
  into.words[1] = ends_of(back.data(), back.size()).front;
  return true;
}

// False if the test has no place in a cell.
bool RuleProgram::put(const Test& test, RuleCell::Test& into) const {
  using Kind = RuleCell::Kind;
  if (test.accepts_absence) return false;
  into.field = test.field;
  const Op* first = ops() + test.first_op;
  const std::uint32_t count = test.end_op - test.first_op;
  if (count == 0) return false;
  if (first->kind == OpKind::anything_but && count == first->length + 1) {
    into.kind = Kind::anything_but;
    return put_texts(first + 1, first->length, into);
  }
  if (count > 1) {
    into.kind = Kind::one_of;
    return put_texts(first, count, into);
  }
  switch (first->kind) {
    case OpKind::text:
    case OpKind::prefix:
    case OpKind::suffix: return put_text(*first, into);
    case OpKind::number:
    case OpKind::range: return put_numbers(*first, into);
    case OpKind::literal:
      into.kind = Kind::literal;
      into.length = first->flags;
      return true;
    case OpKind::wildcard: return put_wildcard(*first, into);
    case OpKind::any: return true;
    default: return false;
  }
}

RuleCell RuleProgram::cell() const {
  RuleCell cell;
  cell.program = this;
  cell.id = id_;
  if (reading_count_ != 1) return cell;
  const std::span<const std::uint32_t> reading(readings() + 1, readings()[0]);
  cell.is_whole = true;
  const auto put_those = [&](bool is_key) {
    for (const std::uint32_t test : reading) {
      const FieldId field = tests()[test].field;
      const bool has_key =
          std::any_of(keys().begin(), keys().end(), [field](const KeyedProbe& key) { return key.field == field; });
      if (has_key != is_key) continue;
      RuleCell::Test into;
      const bool fits = cell.test_count < RuleCell::kTests && put(tests()[test], into);
      if (fits) cell.tests[cell.test_count++] = into;
      cell.is_whole &= fits;
    }
  };
  // What the rule was found by is likely met: first the others.
  put_those(false);
  put_those(true);
  return cell;
}

}  // namespace waybill::pattern
