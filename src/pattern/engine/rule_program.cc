#include "pattern/engine/rule_program.h"

#include <algorithm>
#include <cstring>

namespace waybill::pattern {

std::span<const KeyedProbe> RuleProgram::keys() const {
  return {reinterpret_cast<const KeyedProbe*>(reinterpret_cast<const char*>(this) + keys_offset_), key_count_};
}

double RuleProgram::number_at(std::uint32_t offset) const {
  double value = 0;
  std::memcpy(&value, texts() + offset, sizeof value);
  return value;
}

// Most rules have one reading, and most events one leaf for each of its fields, outside of arrays.
RuleProgram::Quick RuleProgram::matches_quickly(Scratch& scratch) const {
  const std::uint32_t* reading = readings();
  for (std::uint32_t i = 1; i <= reading[0]; ++i) {
    const Test& test = tests()[reading[i]];
    const std::uint32_t at = scratch.first_leaf(test.field);
    if (at == SeenLeaf::kNone) {
      if (!test.accepts_absence) return Quick::no;
      continue;
    }
    SeenLeaf& leaf = scratch.leaves[at];
    if (leaf.next != SeenLeaf::kNone || leaf.place != PlaceTree::kOutsideArrays) return Quick::not_so_simple;
    if (!accepts(test, leaf)) return Quick::no;
  }
  return Quick::yes;
}

bool RuleProgram::matches(Scratch& scratch) const {
  if (reading_count_ == 1) {
    const Quick quick = matches_quickly(scratch);
    if (quick != Quick::not_so_simple) return quick == Quick::yes;
  }
  // With several readings a test is judged once for all.
  if (reading_count_ > 1) scratch.met.assign(test_count_, Met::unknown);
  const std::uint32_t* at = readings();
  for (std::uint32_t i = 0; i < reading_count_; ++i) {
    const std::span<const std::uint32_t> tests(at + 1, at[0]);
    if (reading_matches(tests, scratch)) return true;
    at += 1 + tests.size();
  }
  return false;
}

bool RuleProgram::reading_matches(std::span<const std::uint32_t> tests, Scratch& scratch) const {
  std::size_t in_arrays = 0;
  bool needs_absence = false;
  for (const std::uint32_t test : tests) {
    Met met = Met::unknown;
    if (reading_count_ > 1) met = scratch.met[test];
    if (met == Met::unknown) {
      met = how_met(this->tests()[test], scratch);
      if (reading_count_ > 1) scratch.met[test] = met;
    }
    if (met == Met::no) return false;
    if (met != Met::outside_arrays) ++in_arrays;
    if (met == Met::only_by_absence) needs_absence = true;
  }
  // What lies outside arrays goes with everything, and a single field is free to choose.
  if (in_arrays <= 1) return !needs_absence;
  return choice_exists(tests, scratch);
}

RuleProgram::Met RuleProgram::how_met(const Test& test, Scratch& scratch) const {
  std::uint32_t at = scratch.first_leaf(test.field);
  if (at == SeenLeaf::kNone) return test.accepts_absence ? Met::outside_arrays : Met::no;
  bool any_in_array = false;
  bool is_accepted = false;
  for (; at != SeenLeaf::kNone; at = scratch.leaves[at].next) {
    SeenLeaf& leaf = scratch.leaves[at];
    const bool is_outside = leaf.place == PlaceTree::kOutsideArrays;
    any_in_array |= !is_outside;
    if (is_accepted && !is_outside) continue;
    if (!accepts(test, leaf)) continue;
    if (is_outside) return Met::outside_arrays;
    is_accepted = true;
  }
  if (is_accepted) return Met::in_array;
  return test.accepts_absence && any_in_array ? Met::only_by_absence : Met::no;
}

bool RuleProgram::choice_exists(std::span<const std::uint32_t> tests, Scratch& scratch) const {
  if (scratch.offers.size() < tests.size()) scratch.offers.resize(tests.size());
  scratch.chosen_from.clear();
  for (std::size_t i = 0; i < tests.size(); ++i) {
    make_offer(this->tests()[tests[i]], scratch, scratch.offers[i]);
    scratch.chosen_from.push_back(&scratch.offers[i]);
  }
  return scratch.choice.exists(scratch.places, scratch.chosen_from);
}

void RuleProgram::make_offer(const Test& test, Scratch& scratch, FieldOffer& offer) const {
  const auto make_unique = [](std::vector<PlaceTree::Place>& places) {
    std::sort(places.begin(), places.end());
    places.erase(std::unique(places.begin(), places.end()), places.end());
  };
  offer.accepted.clear();
  offer.present.clear();
  offer.accepts_absence = test.accepts_absence;
  for (std::uint32_t at = scratch.first_leaf(test.field); at != SeenLeaf::kNone; at = scratch.leaves[at].next) {
    SeenLeaf& leaf = scratch.leaves[at];
    if (test.accepts_absence) offer.present.push_back(leaf.place);
    if (accepts(test, leaf)) offer.accepted.push_back(leaf.place);
  }
  make_unique(offer.accepted);
  make_unique(offer.present);
  // A leaf outside all arrays goes with every other choice: no need for a better one.
  if (!offer.accepted.empty() && offer.accepted.front() == PlaceTree::kOutsideArrays) offer.accepted.resize(1);
}

bool RuleProgram::accepts(const Test& test, SeenLeaf& leaf) const {
  for (std::uint32_t at = test.first_op; at < test.end_op; ++at) {
    const Op& op = ops()[at];
    if (accepts(op, leaf)) return true;
    if (op.kind == OpKind::anything_but) at += op.length;
  }
  return false;
}

bool RuleProgram::accepts(const Op& op, SeenLeaf& leaf) const {
  const bool is_string = leaf.kind == LeafKind::string;
  switch (op.kind) {
    case OpKind::text: return is_string && is_text(op, leaf.view());
    case OpKind::literal: return leaf.kind == static_cast<LeafKind>(op.flags);
    case OpKind::spelling: return leaf.kind == LeafKind::number && leaf.view() == text_of(op);
    case OpKind::prefix: return is_string && leaf.length >= op.length && is_text(op, leaf.view().substr(0, op.length));
    case OpKind::suffix:
      return is_string && leaf.length >= op.length && is_text(op, leaf.view().substr(leaf.length - op.length));
    case OpKind::number:
    case OpKind::range: return leaf.kind == LeafKind::number && accepts_number(op, leaf);
    case OpKind::any: return true;
    case OpKind::wildcard: return is_string && accepts_wildcard(op, leaf.view());
    case OpKind::anything_but: return !excludes_any(op, leaf);
    case OpKind::kept: {
      const Matcher& matcher = kept_->tests[op.length].values.matchers[op.offset];
      const Leaf plain{leaf.kind, leaf.view()};
      return std::visit([&plain](const auto& one) { return one.accepts(plain); }, matcher);
    }
  }
  return false;
}

bool RuleProgram::accepts_number(const Op& op, SeenLeaf& leaf) const {
  if (!read_number(leaf)) return false;
  const double value = leaf.value;
  if (op.kind == OpKind::number) return value == number_at(op.offset) && is_comparable(leaf);
  if ((op.flags & kHasLower) != 0) {
    const double lower = number_at(op.offset);
    if ((op.flags & kLowerOpen) != 0 ? value <= lower : value < lower) return false;
  }
  if ((op.flags & kHasUpper) != 0) {
    const double upper = number_at(op.offset + sizeof(double));
    if ((op.flags & kUpperOpen) != 0 ? value >= upper : value > upper) return false;
  }
  return is_comparable(leaf);
}

std::string_view RuleProgram::next_literal(const char*& at) {
  std::uint16_t length = 0;
  std::memcpy(&length, at, sizeof length);
  const std::string_view literal(at + sizeof length, length);
  at += sizeof length + length;
  return literal;
}

// As Wildcard::matches: the first literal at the front, the last at the end, the others where they first occur.
bool RuleProgram::accepts_wildcard(const Op& op, std::string_view text) const {
  const char* at = texts() + op.offset;
  const std::string_view front = next_literal(at);
  const std::string_view back = next_literal(at);
  if (text.size() < front.size() + back.size() || !text.starts_with(front) || !text.ends_with(back)) return false;
  text.remove_prefix(front.size());
  text.remove_suffix(back.size());
  for (std::uint32_t i = 2; i < op.length; ++i) {
    const std::string_view literal = next_literal(at);
    const std::size_t found = text.find(literal);
    if (found == text.npos) return false;
    text.remove_prefix(found + literal.size());
  }
  return true;
}

bool RuleProgram::excludes_any(const Op& but, SeenLeaf& leaf) const {
  return std::any_of(&but + 1, &but + 1 + but.length, [&](const Op& op) { return accepts(op, leaf); });
}

std::size_t RuleProgram::memory_bytes() const {
  std::size_t bytes = size_ + 48;  // with what the allocator and the shared count take
  if (kept_) {
    for (const FieldTest& test : kept_->tests) {
      bytes += sizeof(FieldTest) + test.path.text().size() + test.values.matchers.size() * (sizeof(Matcher) + 32);
    }
  }
  return bytes;
}

}  // namespace waybill::pattern
